//! Step 5: batch normalization, its gradient and its running statistics.

use grading::prelude::*;
use grading::proptest::collection::vec;
use tensor::Tensor;

use crate::cases::{Batch, Lab, batches, moments, normalized};
use crate::contract::{Contract, Settings};

/// One number for each feature.
fn features(numbers: Vec<f64>) -> Tensor<f64> {
    let d = numbers.len();
    Tensor::from_vec(numbers, [d])
}

/// A layer's settings, some batches to train on and one to evaluate on.
pub(crate) type Training = (Settings, Vec<Tensor<f64>>, Tensor<f64>);

pub(crate) fn trainings() -> impl Strategy<Value = Training> {
    (1..=3_usize, 1..=10_u32, 1..=10_u32).prop_flat_map(|(d, eps, momentum)| {
        let batch = (2..=5_usize).prop_flat_map(move |n| tensors([n, d]));
        let evaluated = (1..=4_usize).prop_flat_map(move |n| tensors([n, d]));
        (tensors([d]), tensors([d]), vec(batch, 1..=4), evaluated).prop_map(
            move |(weight, bias, training, evaluation)| {
                let (momentum, eps) = (f64::from(momentum) / 10.0, f64::from(eps) / 10.0);
                (Settings { weight, bias, momentum, eps }, training, evaluation)
            },
        )
    })
}

/// The running estimates after some batches; the variance with this correction for a batch of n.
pub(crate) fn running(
    training: &[Tensor<f64>],
    momentum: f64,
    correction: impl Fn(f64) -> f64,
) -> Vec<(f64, f64)> {
    let start = vec![(0.0, 1.0); training[0].size(1)];
    training.iter().fold(start, |running, batch| {
        let n = batch.size(0) as f64;
        let follow = |old: f64, new: f64| old + momentum * (new - old);
        let pairs = running.into_iter().zip(moments(batch));
        pairs.map(|((m, v), (mean, var))| (follow(m, mean), follow(v, var * correction(n)))).collect()
    })
}

/// n/(n − 1).
pub(crate) fn unbiased(n: f64) -> f64 {
    n / (n - 1.0)
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("statistics_are_mean_and_variance", "5")
            .law("μ is the mean of each feature over the batch, σ² the mean of (x − μ)², divided by N.")
            .hints([
                "x is [N, D]. Which dimension is the batch, and which one stays?",
                "`x.mean(0)` is [D]; x − μ broadcasts it over the batch.",
                "let mean = x.mean(0); let var = (x - &mean).square().mean(0);",
            ])
            .property(batches(), |lab: Lab, batch: &Batch| {
                let (mean, var) = lab.statistics(batch.x.clone())?;
                let [n, _] = batch.x.dims();
                let (means, vars): (Vec<f64>, Vec<f64>) = moments(&batch.x).into_iter().unzip();
                expect::close("μ", &mean, &features(means), Tolerance::sum_of(n + 1))?;
                let scaled = |factor: f64| features(vars.iter().map(|v| v * factor).collect());
                // Squares of numbers up to 2.
                expect::close("σ²", &var, &scaled(1.0), Tolerance::sum_of(n + 4).times(4.0))
                    .suspect("it is divided by N − 1", || scaled(unbiased(n as f64)))
                    .suspect("it is the sum, not the mean", || scaled(n as f64))
                    .suspect("this is the standard deviation", || scaled(1.0).sqrt())
                    .suspect("the mean is not subtracted", || batch.x.square().mean(0))?;
                Ok(())
            }),
        Check::new("output_has_mean_beta_and_variance_gamma_squared", "5")
            .law("Over the batch, each feature of y has the mean β and the variance γ²·σ²/(σ² + ε).")
            .points(2)
            .hints([
                "x̂ has the mean 0, and without ε the variance 1. What do γ and β do to that?",
                "x̂ = (x − μ)·scale with scale = 1/√(σ² + ε): ε goes under the root.",
                "let scale = (&statistics.var + eps).rsqrt(); ((x - &statistics.mean) * &scale, scale)",
            ])
            .property(batches(), |lab: Lab, batch: &Batch| {
                let Batch { x, weight, bias, eps, .. } = batch.clone();
                let y = lab.batch_norm(x.clone(), weight.clone(), bias.clone(), eps)?;
                expect::equal("the shape", y.shape(), x.shape())?;
                let (means, vars): (Vec<f64>, Vec<f64>) = moments(&y).into_iter().unzip();
                // |x̂| ≤ √N: a mean of N such numbers, and of their squares.
                let n = x.size(0);
                let tolerance = Tolerance::sum_of(4 * n + 10).times(4.0 * n as f64);
                expect::close("the mean of y", &features(means), &bias.contiguous(), tolerance)
                    .suspect("β is forgotten", || bias.zeros_like())?;
                let variance = |of: &dyn Fn(f64, f64) -> f64| {
                    let vars = moments(&x).into_iter().map(|(_, var)| var);
                    features(vars.zip(weight.to_vec()).map(|(var, weight)| of(var, weight)).collect())
                };
                let right = variance(&|var, weight| weight * weight * var / (var + eps));
                expect::close("the variance of y", &features(vars), &right, tolerance)
                    .suspect("γ is forgotten", || variance(&|var, _| var / (var + eps)))
                    .suspect("it divides by the variance, not by its root", || {
                        variance(&|var, weight| weight * weight * var / (var + eps).powi(2))
                    })
                    .suspect("ε is added to the standard deviation; it belongs under the root", || {
                        variance(&|var, weight| weight * weight * var / (var.sqrt() + eps).powi(2))
                    })?;
                let moments = moments(&x);
                let right = normalized(&x, &moments, &weight, &bias, eps);
                expect::close("y", &y, &right, tolerance)?;
                Ok(())
            }),
        Check::new("affine_gradients_sum_over_the_batch", "5")
            .law("dβ = Σₙ dy and dγ = Σₙ dy·x̂: every sample of the batch uses the same γ and β.")
            .points(2)
            .hints([
                "y[n, d] = γ[d]·x̂[n, d] + β[d]. Which entries of y does β[d] move, and by how much?",
                "Both are sums over dimension 0. The forward pass kept x̂.",
                "((dy * &self.x_hat).sum(0), dy.sum(0))",
            ])
            .property(batches(), |lab: Lab, batch: &Batch| {
                let Batch { x, weight, bias, eps, dy } = batch.clone();
                let [dweight, dbias] = lab.affine_gradients(x.clone(), weight, bias.clone(), eps, dy.clone())?;
                let (n, moments) = (x.size(0), moments(&x));
                let x_hat = normalized(&x, &moments, &bias.ones_like(), &bias.zeros_like(), eps);
                let sums = |of: &dyn Fn([usize; 2]) -> f64| {
                    features((0..bias.numel()).map(|d| (0..n).map(|n| of([n, d])).sum()).collect())
                };
                let tolerance = Tolerance::sum_of(4 * n + 8).times(2.0 * (n as f64).sqrt());
                let right = sums(&|at| dy.get(at));
                expect::close("dβ", &dbias, &right, tolerance)
                    .suspect("it is the mean, not the sum", || &right * (1.0 / n as f64))?;
                let right = sums(&|at| dy.get(at) * x_hat.get(at));
                expect::close("dγ", &dweight, &right, tolerance)
                    .suspect("it is the mean, not the sum", || &right * (1.0 / n as f64))
                    .suspect("x stands where x̂ belongs", || sums(&|at| dy.get(at) * x.get(at)))?;
                Ok(())
            }),
        Check::new("input_gradient_equals_differences", "5")
            .law("dx is the derivative of Σ dy·y, in which μ and σ² change with x too.")
            .points(4)
            .hints([
                "If x[n] grows, so does the mean, and all other samples' outputs fall. What does adding a constant to a \
                 whole feature change?",
                "Three terms: dy itself, minus its mean (that is μ's share), minus x̂ times the mean of dy·x̂ (that is σ²'s \
                 share); all times γ/√(σ² + ε).",
                "(dy - dy.mean(0) - &self.x_hat * (dy * &self.x_hat).mean(0)) * (&self.weight * &self.scale)",
            ])
            .property(batches(), |lab: Lab, batch: &Batch| {
                let Batch { x, weight, bias, eps, dy } = batch.clone();
                let dx = lab.input_gradient(x.clone(), weight.clone(), bias.clone(), eps, dy.clone())?;
                let objective = |x: &Tensor<f64>| {
                    (normalized(x, &moments(x), &weight, &bias, eps) * &dy).sum(..).item()
                };
                // The error of central differences is h²/6 times the third derivative, plus rounding over h: with
                // h = 1e-4 and ε ≥ 0.1, whose root is the smallest scale of change, below 1e-5.
                let h = 1e-4;
                let difference = Tensor::from_fn(x.shape(), |at| {
                    let moved = |by: f64| {
                        let step = Tensor::from_fn(x.shape(), |other| if other == at { by } else { 0.0 });
                        objective(&(&x + step))
                    };
                    (moved(h) - moved(-h)) / (2.0 * h)
                });
                let scale = features(moments(&x).iter().map(|(_, var)| 1.0 / (var + eps).sqrt()).collect());
                let moments = moments(&x);
                let x_hat = normalized(&x, &moments, &bias.ones_like(), &bias.zeros_like(), eps);
                let through_mean = || dy.mean(0);
                let through_var = || &x_hat * (&dy * &x_hat).mean(0);
                expect::close("dx", &dx, &difference, Tolerance::within(1e-5))
                    .suspect("μ and σ² are taken for constants", || &dy * &weight * &scale)
                    .suspect("the part through the variance is missing", || {
                        (&dy - through_mean()) * &weight * &scale
                    })
                    .suspect("the part through the mean is missing", || (&dy - through_var()) * &weight * &scale)
                    .suspect("γ is forgotten", || (&dy - through_mean() - through_var()) * &scale)
                    .suspect("1/√(σ² + ε) is forgotten", || (&dy - through_mean() - through_var()) * &weight)
                    .suspect("the means are sums", || {
                        let n = x.size(0) as f64;
                        (&dy - through_mean() * n - through_var() * n) * &weight * &scale
                    })?;
                Ok(())
            }),
        Check::new("running_statistics_follow_the_batches", "5")
            .law(
                "With each training batch, running ← (1 − momentum)·running + momentum·batch, from 0 and 1 on; the \
                 batch's variance is σ²·n/(n − 1).",
            )
            .points(2)
            .hints([
                "Where is momentum 1? There the running estimates are those of the last batch.",
                "The estimate for new data is the unbiased variance: the batch's σ² times n/(n − 1).",
                "self.running_mean.set(&(self.running_mean.get() * (1.0 - self.momentum) + &batch.mean * self.momentum)), \
                 and the variance with &batch.var * (n / (n − 1))",
            ])
            .property(
                trainings(),
                |lab: Lab, (settings, training, _): &Training| {
                    let after = lab.batch_norm_layer(settings.clone(), training.clone(), Vec::new())?;
                    let estimates = |momentum: f64, correction: fn(f64) -> f64| {
                        let (means, vars): (Vec<_>, Vec<_>) = running(training, momentum, correction).into_iter().unzip();
                        (features(means), features(vars))
                    };
                    let momentum = settings.momentum;
                    let (mean, var) = estimates(momentum, unbiased);
                    let tolerance = Tolerance::sum_of(12 * (training.len() + 1)).times(8.0);
                    expect::close("the running mean", &after.running_mean, &mean, tolerance)
                        .suspect("old and new have exchanged their shares", || estimates(1.0 - momentum, unbiased).0)
                        .suspect("it has not changed", || mean.zeros_like())?;
                    expect::close("the running variance", &after.running_var, &var, tolerance)
                        .suspect("the batch's variance is not made unbiased", || estimates(momentum, |_| 1.0).1)
                        .suspect("old and new have exchanged their shares", || estimates(1.0 - momentum, unbiased).1)
                        .suspect("it has not changed", || var.ones_like())?;
                    Ok(())
                },
            ),
        Check::new("evaluation_uses_the_running_statistics", "5")
            .law("In evaluation each sample is normalized by the running statistics, which stay as they are.")
            .points(2)
            .hints([
                "A batch of one sample must work in evaluation. Where do mean and variance come from?",
                "`self.mode.is_training()` decides. `standardize` takes any `Statistics`.",
                "let running = Statistics { mean: self.running_mean.get(), var: self.running_var.get() }; let (x_hat, _) = \
                 standardize(x, &running, self.eps); x_hat * weight + bias",
            ])
            .property(
                trainings(),
                |lab: Lab, (settings, training, x): &Training| {
                    let Settings { weight, bias, momentum, eps } = settings.clone();
                    let after = lab.batch_norm_layer(settings.clone(), training.clone(), vec![x.clone()])?;
                    let moments = running(training, momentum, unbiased);
                    let tolerance = Tolerance::sum_of(20 * (training.len() + 1)).times(40.0);
                    let right = normalized(x, &moments, &weight, &bias, eps);
                    expect::close("the output in evaluation", &after.evaluated[0], &right, tolerance)
                        .suspect("the evaluated batch's own statistics are used", || {
                            normalized(x, &crate::cases::moments(x), &weight, &bias, eps)
                        })?;
                    let vars = features(moments.iter().map(|(_, var)| *var).collect());
                    expect::close("the running variance afterwards", &after.running_var, &vars, tolerance)?;
                    let means = features(moments.iter().map(|(mean, _)| *mean).collect());
                    expect::close("the running mean afterwards", &after.running_mean, &means, tolerance)?;
                    Ok(())
                },
            ),
    ]
}
