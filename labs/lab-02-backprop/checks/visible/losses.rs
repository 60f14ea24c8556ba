//! Step 5: losses.

use grading::prelude::*;
use tensor::Tensor;

use crate::cases::{Named, logits, multiples};
use crate::contract::Contract;
use crate::visible::Lab;

/// The loss of a row, −ln p(label) = ln Σ exp(z − z[label]), and the probabilities. Only for small logits.
fn by_definition(z: &[f64], label: usize) -> (f64, Vec<f64>) {
    let sum: f64 = z.iter().map(|z| z.exp()).sum();
    (sum.ln() - z[label], z.iter().map(|z| z.exp() / sum).collect())
}

/// The same for logits of any size, of which the largest is subtracted.
fn by_differences(z: &[f64], label: usize) -> (f64, Vec<f64>) {
    let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    by_definition(&z.iter().map(|z| z - largest).collect::<Vec<_>>(), label)
}

/// The mean loss and the probabilities of a batch, from those of a row.
fn of_batch(
    z: &Tensor<f64>,
    labels: &[usize],
    of_row: fn(&[f64], usize) -> (f64, Vec<f64>),
) -> (f64, Tensor<f64>) {
    let rows: Vec<(f64, Vec<f64>)> =
        labels.iter().enumerate().map(|(row, &label)| of_row(&z.select(0, row).to_vec(), label)).collect();
    let sum: f64 = rows.iter().map(|(loss, _)| loss).sum();
    let probabilities = rows.into_iter().flat_map(|(_, p)| p).collect();
    (sum / labels.len() as f64, Tensor::from_vec(probabilities, z.shape()))
}

/// Predictions and targets of one shape.
fn pairs() -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>)> {
    [1..=3_usize, 1..=4].prop_flat_map(|shape| (tensors(shape), tensors(shape)))
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("cross_entropy_is_minus_the_log_probability", "5")
            .law("The loss is the mean over the samples of −ln softmax(z)[label]; the probabilities of a row sum to 1.")
            .points(2)
            .hints([
                "Softmax along which dimension? And what is averaged?",
                "ln p = (z − m) − ln Σ exp(z − m), with the maximum m of each row. `max_keepdim(1)` and \
                 `sum_keepdim(1)` keep the dimension, so that shapes fit.",
                "let shifted = logits - logits.max_keepdim(1); let log_probabilities = &shifted - \
                 shifted.exp().sum_keepdim(1).log(); and the mean of -log_probabilities.get([row, label])",
            ])
            .property(logits(3.0), |lab: Lab, (z, labels): &(Tensor<f64>, Vec<usize>)| {
                let (loss, probabilities) = lab.softmax_cross_entropy(z.clone(), labels.clone())?;
                let [n, k] = z.dims();
                let (mean, p) = of_batch(z, labels, by_definition);
                // Numbers up to 3 + ln 5 and exponentials of them, in relation to their sum.
                let tolerance = Tolerance::sum_of(n + k + 8).times(6.0);
                expect::close("the matrix of probabilities", &probabilities, &p, tolerance)
                    .suspect("the logarithms of the probabilities are returned", || p.log())?;
                expect::close("the loss", &loss, &mean, tolerance)
                    .suspect("the losses are summed, not averaged", || mean * n as f64)
                    .suspect("the sign is wrong", || -mean)?;
                Ok(())
            }),
        Check::new("cross_entropy_of_large_logits_is_finite", "5")
            .law("Logits of ±10,000 give a finite loss and probabilities; adding a constant to a row changes nothing.")
            .points(2)
            .hints([
                "exp(10000) is infinite, ∞/∞ is not a number, and ln 0 is −∞. Which of them do you compute?",
                "Subtract the maximum of each row before exp: then the largest exponential is 1. And compute ln p from \
                 the logits, not as the logarithm of a p that may have become 0.",
                "ln p = shifted − ln Σ exp(shifted)",
            ])
            .property((logits(1e4), multiples("shift", -9..=9, 1e3)), |lab: Lab, ((z, labels), shift): &((Tensor<f64>, Vec<usize>), Named<f64>)| {
                let (loss, probabilities) = lab.softmax_cross_entropy(z.clone(), labels.clone())?;
                let (mean, p) = of_batch(z, labels, by_differences);
                // Logits up to 2e4 and their differences.
                let tolerance = Tolerance::sum_of(16).times(4e4);
                // A NaN agrees with nothing, not even with the NaN of a suspect: what is finite is asked first.
                let finite = (loss.is_finite(), !probabilities.has_non_finite());
                expect::equal(&format!("whether the loss, {loss}, and the probabilities are finite"), finite, (true, true))
                    .suspect("∞/∞ or 0/0: the largest logit is not subtracted", || (false, false))
                    .suspect("ln 0 or ln ∞: ln p is not computed from the shifted logits", || (false, true))?;
                expect::close("the matrix of probabilities", &probabilities, &p, tolerance)?;
                expect::close("the loss", &loss, &mean, tolerance)?;
                let (shifted, _) = lab.softmax_cross_entropy(z + shift.value, labels.clone())?;
                expect::close("the loss of shifted logits", &shifted, &loss, tolerance)?;
                Ok(())
            }),
        Check::new("cross_entropy_gradient", "5")
            .law("The gradient of the logits is (softmax − one-hot)/N, times dloss.")
            .points(2)
            .hints([
                "Derive it: ∂(ln Σ exp z − z[label])/∂z[k].",
                "The first part gives p[k]; the second gives −1 for k = label. The mean gives 1/N.",
                "(probabilities - Tensor::one_hot(labels, classes)) * (dloss.as_f64() / n as f64)",
            ])
            .property((logits(3.0), multiples("dloss", -4..=4, 1.0)), |lab: Lab, ((z, labels), dloss): &((Tensor<f64>, Vec<usize>), Named<f64>)| {
                let [n, k] = z.dims();
                let (_, p) = of_batch(z, labels, by_definition);
                let dloss = dloss.value;
                let got = lab.softmax_cross_entropy_backward(p.clone(), labels.clone(), dloss)?;
                let difference =
                    Tensor::from_fn([n, k], |at| p.get([at[0], at[1]]) - f64::from(u8::from(labels[at[0]] == at[1])));
                let expected = &difference * (dloss / n as f64);
                expect::close("the gradient of the logits", &got, &expected, Tolerance::sum_of(4).times(4.0))
                    .suspect("1/N is forgotten", || &difference * dloss)
                    .suspect("the sign is wrong: one-hot − softmax", || -&expected)
                    .suspect("it is divided by all N·K numbers, not by the N samples", || &expected / k as f64)
                    .suspect("dloss is not multiplied in", || &difference / n as f64)?;
                Ok(())
            }),
        Check::new("mse_and_its_gradient", "5")
            .law("The loss is the mean of the squared differences over all numbers; its gradient 2(ŷ − y)/count, times dloss.")
            .points(2)
            .hints([
                "How many squares are averaged?",
                "ℒ = 1/(ND)·Σ (ŷ − y)². Each ŷ occurs in one square, whose derivative is 2(ŷ − y).",
                "(prediction - target).square().mean(..).item() and (prediction - target) * (2.0 * dloss.as_f64() / \
                 prediction.numel() as f64)",
            ])
            .property((pairs(), multiples("dloss", -4..=4, 1.0)), |lab: Lab, ((prediction, target), dloss): &((Tensor<f64>, Tensor<f64>), Named<f64>)| {
                let differences: Vec<f64> =
                    prediction.to_vec().iter().zip(target.to_vec()).map(|(a, b)| a - b).collect();
                let count = differences.len() as f64;
                let sum: f64 = differences.iter().map(|d| d * d).sum();
                let tolerance = Tolerance::sum_of(differences.len() + 4).times(4.0);
                let loss = lab.mse(prediction.clone(), target.clone())?;
                expect::close("the loss", &loss, &(sum / count), tolerance)
                    .suspect("the squares are summed, not averaged", || sum)
                    .suspect("it is averaged over the samples only", || sum / prediction.size(0) as f64)
                    .suspect("there is a factor of ½", || 0.5 * sum / count)?;
                let dloss = dloss.value;
                let gradient = Tensor::from_vec(differences, prediction.shape()) * (2.0 * dloss / count);
                let got = lab.mse_backward(prediction.clone(), target.clone(), dloss)?;
                expect::close("the gradient", &got, &gradient, tolerance.times(8.0))
                    .suspect("the factor 2 is missing", || &gradient * 0.5)
                    .suspect("it is not divided by the count", || &gradient * count)
                    .suspect("the sign is wrong: target − prediction", || -&gradient)?;
                Ok(())
            }),
    ]
}
