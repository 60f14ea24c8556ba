//! Batch normalization of features: Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by
//! Reducing Internal Covariate Shift*, 2015.
//!
//! In training, each feature is standardized by its mean and variance over the batch. In evaluation there may be no
//! batch, so running estimates stand in for them. The batch's mean and variance depend on every sample of it, and so
//! does the gradient: that is what the backward pass below is about.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use nn::{Buffer, Mode, Module, Parameter, Visitor};
use tensor::{Backward, Float, Grads, Op, Tensor, no_grad};

/// Mean and variance of each feature over a batch.
#[derive(Debug, Clone)]
pub struct Statistics<T: Float = f32> {
    /// μ: \[D\]
    pub mean: Tensor<T>,
    /// σ²: \[D\], the mean squared distance from the mean (divided by N, not N − 1).
    pub var: Tensor<T>,
}

/// Mean and variance of each feature of a batch `x` \[N, D\].
pub fn statistics<T: Float>(x: &Tensor<T>) -> Statistics<T> {
    todo!("5.1: the mean over the batch, and the mean of the squared distances from it")
}

/// The standardized input x̂ = (x − μ)/√(σ² + ε) \[N, D\], and 1/√(σ² + ε) \[D\].
fn standardize<T: Float>(x: &Tensor<T>, statistics: &Statistics<T>, eps: f64) -> (Tensor<T>, Tensor<T>) {
    todo!("5.2: subtract the mean and divide by the square root; answer 1/√(σ² + ε) too")
}

/// Batch normalization in training: y = γ·x̂ + β for a batch `x` \[N, D\], `weight` γ \[D\] and `bias` β \[D\], with
/// the statistics of the batch. The statistics are constants for autograd; y is not.
///
/// # Panics
/// If the shapes do not fit, or the batch has fewer than two samples: one number has no variance.
#[track_caller]
pub fn batch_norm<T: Float>(
    x: &Tensor<T>,
    weight: &Tensor<T>,
    bias: &Tensor<T>,
    eps: f64,
) -> (Tensor<T>, Statistics<T>) {
    assert!(
        x.rank() == 2 && weight.shape() == [x.size(1)] && bias.shape() == [x.size(1)],
        "batch_norm: x of shape {:?} needs a weight and a bias of one number for each feature, got {:?} and {:?}",
        x.shape(),
        weight.shape(),
        bias.shape()
    );
    assert!(
        x.size(0) > 1,
        "batch_norm: a batch of {} has no variance; use larger batches, or .eval()",
        x.size(0)
    );
    let (y, saved, statistics) = no_grad(|| {
        let statistics = statistics(x);
        let (x_hat, scale) = standardize(x, &statistics, eps);
        let y = &x_hat * weight + bias;
        (y, BatchNorm { x_hat, scale, weight: weight.detach() }, statistics)
    });
    (y.record(&[x, weight, bias], || saved), statistics)
}

/// Batch normalization as an operation of the graph: what the forward pass saves, and the backward pass.
struct BatchNorm<T: Float> {
    /// x̂: \[N, D\]
    x_hat: Tensor<T>,
    /// 1/√(σ² + ε): \[D\]
    scale: Tensor<T>,
    /// γ: \[D\]
    weight: Tensor<T>,
}

impl<T: Float> BatchNorm<T> {
    /// The gradients of γ and β, both \[D\], from that of y, `dy` \[N, D\]: dγ = Σₙ dy·x̂ and dβ = Σₙ dy.
    fn affine_gradients(&self, dy: &Tensor<T>) -> (Tensor<T>, Tensor<T>) {
        todo!("5.3: the sums over the batch of dy·x̂ and of dy")
    }

    /// The gradient of x \[N, D\]: dx = γ/√(σ² + ε)·(dy − mean(dy) − x̂·mean(dy·x̂)), with means over the batch.
    fn input_gradient(&self, dy: &Tensor<T>) -> Tensor<T> {
        todo!("5.4: the three terms, times γ/√(σ² + ε)")
    }
}

impl<T: Float> Op<T> for BatchNorm<T> {
    fn name(&self) -> &'static str {
        "BatchNorm"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        no_grad(|| {
            let (dweight, dbias) = self.affine_gradients(cx.dy);
            vec![cx.needs(0).then(|| self.input_gradient(cx.dy)), Some(dweight), Some(dbias)]
        })
    }
}

/// The layer, for features \[N, D\].
///
/// ```
/// use lab_04_regularization::BatchNorm1d;
/// use nn::{Linear, Module, ReLU, Sequential, sequential};
///
/// let network: Sequential = sequential![Linear::new(3, 128), BatchNorm1d::new(128), ReLU];
/// ```
#[derive(Debug)]
pub struct BatchNorm1d<T: Float = f32> {
    /// γ: \[D\], ones at first.
    pub weight: Parameter<T>,
    /// β: \[D\], zeros at first.
    pub bias: Parameter<T>,
    /// The estimate of the mean: \[D\], zeros at first.
    pub running_mean: Buffer<T>,
    /// The estimate of the variance: \[D\], ones at first.
    pub running_var: Buffer<T>,
    eps: f64,
    momentum: f64,
    mode: Mode,
}

impl<T: Float> BatchNorm1d<T> {
    /// A layer for D features, with ε = 10⁻⁵ and momentum 0.1.
    pub fn new(features: usize) -> Self {
        BatchNorm1d {
            weight: Parameter::new(Tensor::ones(features)),
            bias: Parameter::new(Tensor::zeros(features)),
            running_mean: Buffer::new(Tensor::zeros(features)),
            running_var: Buffer::new(Tensor::ones(features)),
            eps: 1e-5,
            momentum: 0.1,
            mode: Mode::new(),
        }
    }

    /// The layer with another share of the newest batch in the running estimates.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        BatchNorm1d { momentum, ..self }
    }

    /// The layer with another ε.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        BatchNorm1d { eps, ..self }
    }

    /// Lets the running estimates follow the statistics of a batch of n samples:
    ///
    /// running ← (1 − momentum)·running + momentum·batch,
    ///
    /// for the mean, and for the variance, where the batch's is the unbiased one, σ²·n/(n − 1).
    fn track(&self, batch: &Statistics<T>, n: usize) {
        todo!(
            "5.5: both running estimates move by the momentum towards the batch's; the variance is unbiased"
        )
    }
}

impl<T: Float> Module<T> for BatchNorm1d<T> {
    /// In training, [`batch_norm`] of the batch, whose statistics are tracked. In evaluation γ·x̂ + β, where the
    /// running estimates standardize x: each sample for itself, and nothing is tracked.
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        let (weight, bias) = (self.weight.get(), self.bias.get());
        todo!("5.6: the batch's statistics in training, the running ones in evaluation")
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        v.parameter("weight", &self.weight);
        v.parameter("bias", &self.bias);
        v.buffer("running_mean", &self.running_mean);
        v.buffer("running_var", &self.running_var);
        v.mode(&self.mode);
    }

    fn describe(&self) -> String {
        format!("BatchNorm1d({})", self.weight.numel())
    }
}
