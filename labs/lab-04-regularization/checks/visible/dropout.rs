//! Step 2: dropout.

use grading::prelude::*;
use tensor::Tensor;

use crate::cases::{Lab, chance, mean};
use crate::contract::Contract;

/// Probabilities, in tenths.
fn probabilities() -> impl Strategy<Value = f64> {
    (0..=10_u32).prop_map(|tenths| f64::from(tenths) / 10.0)
}

/// x and dy of the same shape.
fn pairs() -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>)> {
    (1..=4_usize, 1..=4_usize).prop_flat_map(|(n, d)| (tensors([n, d]), tensors([n, d])))
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("mask_is_zero_or_scaled_up", "2")
            .law("Every entry of the mask is 0 or 1/(1 − p); for p = 0 all are 1, for p = 1 all are 0.")
            .hints([
                "By how much does the sum of many numbers shrink if a share p of them is dropped? What makes up for it?",
                "`Tensor::bernoulli(shape, q)` is 1 with probability q. And 1/(1 − p) is infinite for p = 1, where ∞·0 \
                 would be NaN.",
                "if p == 1.0 { return Tensor::zeros(shape); } then Tensor::bernoulli(shape, 1.0 - p) * (1.0 / (1.0 - p))",
            ])
            .property(
                (any::<u64>(), 1..=4_usize, 1..=9_usize, probabilities()),
                |lab: Lab, &(seed, n, d, p): &(u64, usize, usize, f64)| {
                    let mask = lab.dropout_mask(seed, vec![n, d], p)?;
                    expect::equal("the shape", mask.shape(), [n, d])?;
                    // One quotient and one product.
                    let tolerance = Tolerance::operations(3);
                    let full = |scale: f64| mask.map(|entry| if entry == 0.0 { 0.0 } else { scale });
                    let right = if p == 1.0 { mask.zeros_like() } else { full(1.0 / (1.0 - p)) };
                    expect::close("the mask", &mask, &right, tolerance)
                        .suspect("it is not scaled up", || full(1.0))
                        .suspect("it is scaled by 1/p; what is kept is 1 − p", || full(1.0 / p))
                        .suspect("it is scaled down", || full(1.0 - p))?;
                    if p == 0.0 {
                        expect::close("the mask of p = 0", &mask, &mask.ones_like(), tolerance)?;
                    }
                    Ok(())
                },
            ),
        Check::new("mask_has_the_mean_one", "2")
            .law("E[mask] = 1: a share p of the entries is 0, and the mean of many is 1.")
            .points(2)
            .cases(8)
            .hints([
                "Is p the probability that a number is dropped, or that it is kept?",
                "With p = 0.2 a mask of 10,000 entries has about 2,000 zeros.",
                "Tensor::bernoulli(shape, 1.0 - p): it is 1 with probability 1 − p",
            ])
            .property((any::<u64>(), 1..=9_u32), |lab: Lab, &(seed, tenths): &(u64, u32)| {
                let (n, p) = (10_000, f64::from(tenths) / 10.0);
                let mask = lab.dropout_mask(seed, vec![100, 100], p)?.to_vec();
                let dropped = mask.iter().filter(|&&entry| entry == 0.0).count() as f64 / n as f64;
                let bound = chance(n, 1.0);
                expect::that((dropped - p).abs() <= bound, || {
                    let hint = if (dropped - 1.0 + p).abs() <= bound { " (that is the share to keep)" } else { "" };
                    format!(
                        "p = {p}: a share of {dropped} of {n} entries is 0{hint}, which should be within {bound} of p"
                    )
                })?;
                let bound = chance(n, 1.0 / (1.0 - p));
                expect::that((mean(&mask) - 1.0).abs() <= bound, || {
                    format!("p = {p}: the mean of {n} entries is {}, which should be within {bound} of 1", mean(&mask))
                })
            }),
        Check::new("dropout_does_nothing_in_evaluation", "2")
            .law("In evaluation the output is the input, whatever p is.")
            .hints([
                "Why does every framework scale in training? So that nothing has to be done here.",
                "`self.mode.is_training()` says which of the two it is.",
                "if self.mode.is_training() { x * dropout_mask(x.shape(), self.p) } else { x.clone() }",
            ])
            .property(
                (any::<u64>(), pairs(), probabilities()),
                |lab: Lab, (seed, (x, _), p): &(u64, (Tensor<f64>, Tensor<f64>), f64)| {
                    for y in lab.dropout(*seed, x.clone(), *p, false, 2)? {
                        expect::close("the output", &y, x, Tolerance::EXACT)
                            .suspect("it scales in evaluation too", || x * (1.0 - p))
                            .suspect("it scales in evaluation too", || x * (1.0 / (1.0 - p)))?;
                    }
                    Ok(())
                },
            ),
        Check::new("dropout_passes_the_gradient_of_what_it_kept", "2")
            .law("In training y = m ⊙ x, and the gradient passes the same mask: dx = m ⊙ dy.")
            .points(2)
            .hints([
                "A number that was dropped has no influence on the loss. What is its gradient?",
                "Multiply by the mask with tensor operations on x itself, and autograd does the rest.",
                "x * dropout_mask(x.shape(), self.p)",
            ])
            .property(
                (any::<u64>(), pairs(), probabilities()),
                |lab: Lab, (seed, (x, dy), p): &(u64, (Tensor<f64>, Tensor<f64>), f64)| {
                    // No entry is 0, so that y tells the mask.
                    let x = x.map(|v| if v < 0.0 { v - 0.5 } else { v + 0.5 });
                    let (y, dx) = lab.dropout_gradient(*seed, x.clone(), *p, dy.clone())?;
                    let scale = if *p == 1.0 { 0.0 } else { 1.0 / (1.0 - p) };
                    let mask = y.map(|v| if v == 0.0 { 0.0 } else { scale });
                    expect::close("the output", &y, &(&x * &mask), Tolerance::operations(4))
                        .suspect("it is not scaled up", || &x * y.map(|v| f64::from(v != 0.0)))?;
                    expect::close("dx", &dx, &(dy * &mask), Tolerance::operations(4))
                        .suspect("the gradient passes without the mask", || dy.clone())?;
                    Ok(())
                },
            ),
    ]
}
