//! Early stopping, dropout, penalties and decay.

use grading::prelude::*;
use tensor::Tensor;

use crate::cases::{Lab, chance, losses, mean, parameters};
use crate::contract::{Contract, Method};
use crate::visible::{best_epoch, epochs, hundredths, weights};

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("early_stopping_on_long_trainings", "1")
            .law("With any patience and min_delta, training stops when it should and the best weights come back.")
            .points(2)
            .cases(100)
            .hints(["After an improvement the count begins anew, also when it was nearly used up."])
            .property(
                (losses(40), 1..=6_usize, 0..=3_u32),
                |lab: Lab, (losses, patience, quarters): &(Vec<f64>, usize, u32)| {
                    let min_delta = f64::from(*quarters) / 4.0;
                    let weights = weights(losses.len());
                    let (stopped, weight, buffer) =
                        lab.early_stopping(losses.clone(), weights.clone(), *patience, min_delta)?;
                    expect::equal("the number of epochs", stopped, epochs(losses, *patience, min_delta))?;
                    let best = &weights[best_epoch(&losses[..stopped], min_delta)];
                    expect::close("the parameter", &weight, best, Tolerance::EXACT)?;
                    expect::close("the buffer", &buffer, &-best, Tolerance::EXACT)?;
                    Ok(())
                },
            ),
        Check::new("dropout_keeps_the_expectation", "2")
            .law("The mean of many outputs of dropout in training is its input.")
            .points(2)
            .cases(6)
            .hints(["What is kept is multiplied by 1/(1 − p), and p is the share that is dropped."])
            .property(
                (any::<u64>(), tensors([2, 3]), 1..=8_u32),
                |lab: Lab, (seed, x, tenths): &(u64, Tensor<f64>, u32)| {
                    let (calls, p) = (2000, f64::from(*tenths) / 10.0);
                    let outputs = lab.dropout(*seed, x.clone(), p, true, calls)?;
                    for (place, value) in x.to_vec().into_iter().enumerate() {
                        let at: Vec<f64> = outputs.iter().map(|y| y.to_vec()[place]).collect();
                        let bound = chance(calls, value.abs() / (1.0 - p));
                        expect::that((mean(&at) - value).abs() <= bound, || {
                            format!("p = {p}: the mean of {calls} outputs is {}, {value} ± {bound} is right", mean(&at))
                        })?;
                    }
                    Ok(())
                },
            ),
        Check::new("dropout_drops_each_number_for_itself", "2")
            .law("The entries of a mask are independent: any two rows, any two columns and any two calls agree in a share \
                  of p² + (1 − p)² of their entries.")
            .points(2)
            .cases(6)
            .hints(["The mask has the shape of the input, and every call draws a new one."])
            .property((any::<u64>(), 2..=8_u32), |lab: Lab, &(seed, tenths): &(u64, u32)| {
                let (n, p) = (3000, f64::from(tenths) / 10.0);
                let right = p * p + (1.0 - p) * (1.0 - p);
                let bound = chance(n, 1.0);
                let agree = |name: &str, a: &Tensor<f64>, b: &Tensor<f64>| {
                    let pairs = a.to_vec().into_iter().zip(b.to_vec());
                    let share = pairs.filter(|(a, b)| (*a == 0.0) == (*b == 0.0)).count() as f64 / n as f64;
                    expect::that((share - right).abs() <= bound, || {
                        format!("p = {p}: {name} agree in a share of {share} of their entries, {right} ± {bound} is right")
                    })
                };
                let mask = lab.dropout_mask(seed, vec![2, n], p)?;
                agree("two rows of a mask", &mask.select(0, 0), &mask.select(0, 1))?;
                let mask = lab.dropout_mask(seed, vec![n, 2], p)?;
                agree("two columns of a mask", &mask.select(1, 0), &mask.select(1, 1))?;
                let calls = lab.dropout(seed, Tensor::ones([n, 1]), p, true, 2)?;
                agree("the masks of two calls", &calls[0], &calls[1])
            }),
        Check::new("dropout_at_both_ends", "2")
            .law("With p = 0 everything passes, with p = 1 nothing does, not even NaN.")
            .hints(["0·∞ is NaN."])
            .property((any::<u64>(), tensors([3, 2])), |lab: Lab, (seed, x): &(u64, Tensor<f64>)| {
                let all = lab.dropout(*seed, x.clone(), 0.0, true, 1)?;
                expect::close("the output of p = 0", &all[0], x, Tolerance::EXACT)?;
                let none = lab.dropout(*seed, x.clone(), 1.0, true, 1)?;
                expect::close("the output of p = 1", &none[0], &x.zeros_like(), Tolerance::EXACT)?;
                Ok(())
            }),
        Check::new("penalties_are_homogeneous", "3")
            .law("R₁(cθ) = |c|·R₁(θ) and R₂(cθ) = c²·R₂(θ); both are 0 without parameters.")
            .hints(["Sum over all parameters, starting from 0."])
            .property(
                (parameters(), -30..=30_i32),
                |lab: Lab, (parameters, tenths): &(Vec<Tensor<f64>>, i32)| {
                    let c = f64::from(*tenths) / 10.0;
                    let scaled: Vec<_> = parameters.iter().map(|parameter| parameter * c).collect();
                    let n: usize = parameters.iter().map(Tensor::numel).sum();
                    let (one, scaled_one) = (lab.l1_penalty(parameters.clone())?.0, lab.l1_penalty(scaled.clone())?.0);
                    expect::close("R₁(cθ)", &scaled_one, &(c.abs() * one), Tolerance::sum_of(n + 2).times(4.0))?;
                    let (two, scaled_two) = (lab.l2_penalty(parameters.clone())?.0, lab.l2_penalty(scaled)?.0);
                    expect::close("R₂(cθ)", &scaled_two, &(c * c * two), Tolerance::sum_of(n + 4).times(9.0))?;
                    expect::equal("R₁ of nothing", lab.l1_penalty(Vec::new())?.0, 0.0)?;
                    expect::equal("R₂ of nothing", lab.l2_penalty(Vec::new())?.0, 0.0)?;
                    Ok(())
                },
            ),
        Check::new("adam_divides_a_penalty_by_its_size", "4")
            .law(
                "Without any other gradient, Adam's first step with the L2 penalty moves every weight by η, however large \
                 it is; decoupled decay moves it in proportion.",
            )
            .points(2)
            .hints(["A penalty in the loss goes through Adam, decay goes past it."])
            .property(
                ((1..=5_usize).prop_flat_map(|n| tensors([n])), hundredths(), hundredths()),
                |lab: Lab, (start, rate, strength): &(Tensor<f64>, f64, f64)| {
                    let start = start.map(|v| if v < 0.0 { v - 0.1 } else { v + 0.1 });
                    let nothing = vec![start.zeros_like()];
                    let train =
                        |l2, decay| lab.train(Method::Adam, start.clone(), nothing.clone(), *rate, l2, decay);
                    let penalized = train(*strength, 0.0)?;
                    // Adam's 1e-8 beside gradients of at least 0.1·0.01.
                    let right = start.map(|v| v - rate * v.signum());
                    expect::close("the weights with a penalty", &penalized, &right, Tolerance::within(1e-4 * rate))?;
                    let decayed = train(0.0, *strength)?;
                    let right = &start * (1.0 - rate * strength);
                    expect::close("the weights with decay", &decayed, &right, Tolerance::operations(6))?;
                    Ok(())
                },
            ),
        Check::new("soft_threshold_never_moves_apart", "4")
            .law("|S(x, t) − S(y, t)| ≤ |x − y|; S(−x, t) = −S(x, t); S(S(x, s), t) = S(x, s + t).")
            .hints(["Shrink by t, stop at 0, keep the sign."])
            .property(
                ((1..=6_usize).prop_flat_map(|n| (tensors([n]), tensors([n]))), 0..=80_u32, 0..=80_u32),
                |lab: Lab, ((x, y), s, t): &((Tensor<f64>, Tensor<f64>), u32, u32)| {
                    let (s, t) = (f64::from(*s) / 100.0, f64::from(*t) / 100.0);
                    let (soft_x, soft_y) = (lab.soft_threshold(x.clone(), t)?, lab.soft_threshold(y.clone(), t)?);
                    let slack = Tolerance::sum_of(4).absolute;
                    let pairs = (&soft_x - &soft_y).to_vec().into_iter().zip((x - y).to_vec());
                    let apart = pairs.filter(|(after, before)| after.abs() > before.abs() + slack).count();
                    expect::equal("the number of pairs that moved apart", apart, 0)?;
                    expect::close("S(−x, t)", &lab.soft_threshold(-x, t)?, &-&soft_x, Tolerance::EXACT)?;
                    let twice = lab.soft_threshold(lab.soft_threshold(x.clone(), s)?, t)?;
                    expect::close("S(S(x, s), t)", &twice, &lab.soft_threshold(x.clone(), s + t)?, Tolerance::sum_of(4))?;
                    Ok(())
                },
            ),
        Check::new("proximal_step_is_soft_thresholding", "4")
            .law("The proximal step replaces every parameter by S(θ, ηλ), and decay by (1 − ηλ)θ, whatever its shape.")
            .points(2)
            .hints(["Every parameter of the list, also the second."])
            .property(
                (parameters(), hundredths(), hundredths()),
                |lab: Lab, (parameters, rate, strength): &(Vec<Tensor<f64>>, f64, f64)| {
                    let stepped = lab.proximal_step(parameters.clone(), *rate, *strength)?;
                    let t = rate * strength;
                    for (after, before) in stepped.iter().zip(parameters) {
                        let right = before.map(|v| v.signum() * (v.abs() - t).max(0.0));
                        expect::close("a parameter", after, &right, Tolerance::sum_of(3))?;
                    }
                    Ok(())
                },
            ),
    ]
}
