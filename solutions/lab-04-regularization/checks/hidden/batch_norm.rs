//! Batch normalization.

use grading::prelude::*;
use nn::Module;
use tensor::Tensor;

use crate::cases::{Batch, Lab, batches, moments, normalized};
use crate::contract::{Contract, Settings};
use crate::visible::{Training, running, trainings, unbiased};

/// One nonzero number for each feature.
fn factors(d: usize) -> impl Strategy<Value = Tensor<f64>> {
    tensors([d]).prop_map(|x| x.map(|v| if v < 0.0 { v - 0.2 } else { v + 0.2 }))
}

/// Larger batches, with a tiny ε.
fn larger_batches() -> impl Strategy<Value = Batch> {
    (6..=20_usize, 1..=5_usize).prop_flat_map(|(n, d)| {
        (tensors([n, d]), tensors([d]), tensors([d]), tensors([n, d]))
            .prop_map(|(x, weight, bias, dy)| Batch { x, weight, bias, eps: 1e-3, dy })
    })
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("batch_norm_ignores_affine_changes_of_its_input", "5")
            .law("For x' = a·x + b with a ≠ 0 in each feature and ε' = a²ε, x̂' = sign(a)·x̂.")
            .points(2)
            .hints(["The mean moves with b, the standard deviation grows by |a|."])
            .property(
                batches().prop_flat_map(|batch| {
                    let d = batch.weight.numel();
                    (Just(batch), factors(1), tensors([d]))
                }),
                |lab: Lab, (batch, a, b): &(Batch, Tensor<f64>, Tensor<f64>)| {
                    let Batch { x, weight, bias, eps, .. } = batch.clone();
                    let changed = &x * a + b;
                    let y = lab.batch_norm(x.clone(), weight.clone(), bias.zeros_like(), eps)?;
                    let a = a.get([0]);
                    let other = lab.batch_norm(changed, weight, bias.zeros_like(), eps * a * a)?;
                    // Numbers up to 2.2 with an error of a few ε, divided by at least 0.2·√0.1.
                    let tolerance = Tolerance::sum_of(8 * x.size(0) + 20).times(100.0);
                    expect::close("y'", &other, &(&y * a.signum()), tolerance)?;
                    Ok(())
                },
            ),
        Check::new("batch_norm_of_larger_batches", "5")
            .law("Output and gradients are those of nn::BatchNorm1d, whose gradient autograd derives from its formula.")
            .points(3)
            .hints(["Means over the batch, in every feature by itself."])
            .property(larger_batches(), |lab: Lab, batch: &Batch| {
                let Batch { x, weight, bias, eps, dy } = batch.clone();
                let layer = nn::BatchNorm1d::new(weight.numel()).eps(eps);
                let (gamma, beta) = (layer.weight.as_ref(), layer.bias.as_ref());
                let (Some(gamma), Some(beta)) = (gamma, beta) else { unreachable!("a layer with γ and β") };
                gamma.set(&weight);
                beta.set(&bias);
                let leaf = x.detach().requires_grad_();
                let right = layer.forward(&leaf);
                right.backward_with(&dy);
                // A feature that hardly varies is divided by √(σ² + ε), which √0.001 bounds.
                let tolerance = Tolerance::sum_of(10 * x.size(0)).times(2000.0);
                let y = lab.batch_norm(x.clone(), weight.clone(), bias.clone(), eps)?;
                expect::close("y", &y, &right.detach(), tolerance)?;
                let dx = lab.input_gradient(x.clone(), weight.clone(), bias.clone(), eps, dy.clone())?;
                expect::close("dx", &dx, &leaf.grad().unwrap_or(x.zeros_like()), tolerance)?;
                let [dweight, dbias] = lab.affine_gradients(x, weight.clone(), bias.clone(), eps, dy)?;
                expect::close("dγ", &dweight, &gamma.grad().unwrap_or(weight.zeros_like()), tolerance)?;
                expect::close("dβ", &dbias, &beta.grad().unwrap_or(bias.zeros_like()), tolerance)?;
                Ok(())
            }),
        Check::new("batch_norm_gradient_knows_what_cannot_change_the_output", "5")
            .law("A shift of a feature changes nothing: Σₙ dx = 0. Nor does a scaling, for small ε: Σₙ dx·x = 0.")
            .points(2)
            .hints(["Both invariances hold for the output; their derivatives hold for the gradient."])
            .property(larger_batches(), |lab: Lab, batch: &Batch| {
                let Batch { x, weight, bias, dy, .. } = batch.clone();
                // No feature is nearly constant.
                let x = Tensor::from_fn(x.shape(), |at| x.get([at[0], at[1]]) + if at[0] % 2 == 0 { 2.0 } else { -2.0 });
                let dx = lab.input_gradient(x.clone(), weight, bias.clone(), 1e-12, dy)?;
                let n = x.size(0);
                let tolerance = Tolerance::sum_of(12 * n).times(8.0);
                expect::close("Σ dx", &dx.sum(0), &bias.zeros_like(), tolerance)?;
                let bound = tolerance.plus(Tolerance::within(1e-11 * n as f64));
                expect::close("Σ dx·x", &(&dx * &x).sum(0), &bias.zeros_like(), bound)?;
                Ok(())
            }),
        Check::new("variance_far_from_zero", "5")
            .law("The variance of x + c is that of x, also where c² has swallowed all digits of x².")
            .hints(["Mean of the squares minus square of the mean loses all digits. Subtract the mean first."])
            .property((2..=6_usize).prop_flat_map(|n| tensors([n, 2])), |lab: Lab, x: &Tensor<f64>| {
                // Multiples of 2⁻²⁰, so that the sum with 2²⁴ is exact.
                let grid = 2_f64.powi(20);
                let x = x.map(|v| (v * grid).round() / grid);
                let shift = 2_f64.powi(24);
                let (mean, var) = lab.statistics(&x + shift)?;
                let (near_mean, near_var) = lab.statistics(x.clone())?;
                // The mean is off by a few ε·2²⁴ = 4e-9, and the distances from it, of up to 2, as much.
                let tolerance = Tolerance::sum_of(4 * x.size(0)).times(shift);
                expect::close("the mean", &(mean - shift), &near_mean, tolerance)?;
                expect::close("the variance", &var, &near_var, tolerance)?;
                Ok(())
            }),
        Check::new("evaluation_treats_each_sample_for_itself", "5")
            .law("In evaluation a batch's output is that of its samples one by one, and evaluating changes no estimate.")
            .points(2)
            .hints(["Nothing of the evaluated batch but the sample itself goes into its output."])
            .property(
                trainings(),
                |lab: Lab, (settings, training, x): &Training| {
                    let mut batches = vec![x.clone()];
                    batches.extend((0..x.size(0)).map(|n| x.narrow(0, n, 1)));
                    batches.push(x.clone());
                    let after = lab.batch_norm_layer(settings.clone(), training.clone(), batches)?;
                    let (first, rest) = after.evaluated.split_at(1);
                    let (single, last) = rest.split_at(rest.len() - 1);
                    expect::close("the samples one by one", &Tensor::cat(single, 0), &first[0], Tolerance::EXACT)?;
                    expect::close("the batch once more", &last[0], &first[0], Tolerance::EXACT)?;
                    let only = lab.batch_norm_layer(settings.clone(), training.clone(), Vec::new())?;
                    expect::close("the running mean", &after.running_mean, &only.running_mean, Tolerance::EXACT)?;
                    expect::close("the running variance", &after.running_var, &only.running_var, Tolerance::EXACT)?;
                    // And in training the batch's own statistics count.
                    let Settings { weight, bias, eps, .. } = settings.clone();
                    for (y, x) in after.trained.iter().zip(training) {
                        let right = normalized(x, &moments(x), &weight, &bias, eps);
                        let tolerance = Tolerance::sum_of(4 * x.size(0) + 10).times(20.0);
                        expect::close("the output in training", y, &right, tolerance)?;
                    }
                    Ok(())
                },
            ),
        Check::new("evaluation_has_the_gradient_of_an_affine_map", "5")
            .law("In evaluation y = γ·(x − m)/√(v + ε) + β with constant m and v: dx = γ/√(v + ε)·dy, dγ = Σ dy·x̂, dβ = Σ dy.")
            .points(2)
            .hints(["x.detach() and weight.detach() cut the graph; leave them out."])
            .property(
                trainings().prop_flat_map(|case| {
                    let dy = tensors(case.2.shape());
                    (Just(case), dy)
                }),
                |lab: Lab, ((settings, training, x), dy): &(Training, Tensor<f64>)| {
                    let Settings { weight, bias, momentum, eps } = settings.clone();
                    let moments = running(&training[..1], momentum, unbiased);
                    let [dx, dweight, dbias] = lab.batch_norm_gradients_in_evaluation(
                        settings.clone(),
                        training[0].clone(),
                        x.clone(),
                        dy.clone(),
                    )?;
                    let tolerance = Tolerance::sum_of(40).times(40.0);
                    let scaled = normalized(dy, &moments.iter().map(|(_, v)| (0.0, *v)).collect::<Vec<_>>(), &weight, &bias.zeros_like(), eps);
                    expect::close("dx", &dx, &scaled, tolerance)?;
                    let x_hat = normalized(x, &moments, &weight.ones_like(), &bias.zeros_like(), eps);
                    expect::close("dγ", &dweight, &(dy * x_hat).sum(0), tolerance)?;
                    expect::close("dβ", &dbias, &dy.sum(0), tolerance)?;
                    Ok(())
                },
            ),
    ]
}
