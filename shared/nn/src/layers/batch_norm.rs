//! Batch normalisation: Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing
//! Internal Covariate Shift*, 2015.

use tensor::{Float, Tensor, no_grad};

use crate::{Buffer, Mode, Module, Parameter, Visitor};

/// Standardises every channel over the batch, then scales and shifts it:
/// y = γ·(x − μ) / √(σ² + ε) + β.
///
/// In training μ and σ² are the batch's mean and (biased) variance, and running estimates follow them:
/// running ← (1 − momentum)·running + momentum·batch, where the variance is the unbiased one. In evaluation the
/// running estimates take their place, so that a sample's output does not depend on the others in its batch.
///
/// `D` is the number of dimensions of space: [`BatchNorm1d`], [`BatchNorm2d`], [`BatchNorm3d`].
///
/// ```
/// use nn::{BatchNorm1d, Linear, Module, ReLU, Sequential, sequential};
///
/// let net: Sequential = sequential![Linear::new(3, 128), BatchNorm1d::new(128), ReLU];
/// let names: Vec<String> = net.state_dict().names().map(String::from).collect();
/// assert!(names.contains(&"1.running_mean".into()));
/// ```
#[derive(Debug)]
pub struct BatchNorm<const D: usize, T: Float = f32> {
    /// γ: `[channels]`, ones at first.
    pub weight: Option<Parameter<T>>,
    /// β: `[channels]`, zeros at first.
    pub bias: Option<Parameter<T>>,
    /// The estimate of the mean: `[channels]`.
    pub running_mean: Buffer<T>,
    /// The estimate of the variance: `[channels]`.
    pub running_var: Buffer<T>,
    /// How many batches the estimates are made from.
    pub num_batches_tracked: Buffer<T>,
    channels: usize,
    eps: f64,
    momentum: f64,
    mode: Mode,
}

/// Batch normalisation of [N, C] or [N, C, L].
pub type BatchNorm1d<T = f32> = BatchNorm<1, T>;
/// Batch normalisation of [N, C, H, W].
pub type BatchNorm2d<T = f32> = BatchNorm<2, T>;
/// Batch normalisation of [N, C, D, H, W].
pub type BatchNorm3d<T = f32> = BatchNorm<3, T>;

impl<const D: usize, T: Float> BatchNorm<D, T> {
    /// A layer with γ = 1, β = 0, ε = 10⁻⁵ and momentum 0.1.
    pub fn new(channels: usize) -> Self {
        Self {
            weight: Some(Parameter::new(Tensor::ones(channels))),
            bias: Some(Parameter::new(Tensor::zeros(channels))),
            running_mean: Buffer::new(Tensor::zeros(channels)),
            running_var: Buffer::new(Tensor::ones(channels)),
            num_batches_tracked: Buffer::new(Tensor::scalar(0.0)),
            channels,
            eps: 1e-5,
            momentum: 0.1,
            mode: Mode::new(),
        }
    }

    /// The layer with another ε.
    #[must_use]
    pub fn eps(mut self, eps: f64) -> Self {
        self.eps = eps;
        self
    }

    /// The layer with another weight of the newest batch in the running estimates.
    #[must_use]
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.momentum = momentum;
        self
    }

    /// The layer without γ and β.
    #[must_use]
    pub fn without_affine(mut self) -> Self {
        (self.weight, self.bias) = (None, None);
        self
    }

    /// One number per channel, in a shape that broadcasts to the input's.
    fn by_channel(&self, numbers: &Tensor<T>, rank: usize) -> Tensor<T> {
        let mut shape = vec![1; rank];
        shape[1] = self.channels;
        numbers.reshape(&shape)
    }

    #[track_caller]
    fn check(&self, x: &Tensor<T>) {
        let rank_fits = x.rank() == D + 2 || (D == 1 && x.rank() == 2);
        assert!(
            rank_fits && x.size(1) == self.channels,
            "BatchNorm{D}d({}): an input of shape {:?} is not [N, {}{}]",
            self.channels,
            x.shape(),
            self.channels,
            ["", " (, L)", ", H, W", ", D, H, W"].get(D).unwrap_or(&", …")
        );
    }

    fn track(&self, mean: &Tensor<T>, var: &Tensor<T>, count: usize) {
        let follow = |running: &Buffer<T>, batch: Tensor<T>| {
            running.set(&(running.get() * (1.0 - self.momentum) + batch * self.momentum));
        };
        no_grad(|| {
            let unbiased = count as f64 / (count as f64 - 1.0);
            follow(&self.running_mean, mean.clone());
            follow(&self.running_var, var * unbiased);
            self.num_batches_tracked.update(|batches| batches[0] += T::one());
        });
    }
}

impl<const D: usize, T: Float> Module<T> for BatchNorm<D, T> {
    #[track_caller]
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        self.check(x);
        let affine =
            self.weight.as_ref().zip(self.bias.as_ref()).map(|(weight, bias)| [weight.get(), bias.get()]);
        let affine = affine.as_ref();
        if self.mode.is_training() {
            let count = x.numel() / self.channels.max(1);
            assert!(
                count > 1,
                "BatchNorm{D}d: one value per channel has no variance; use larger batches, or .eval()"
            );
            let (y, mean, var) = x.batch_norm(affine.map(|[weight, bias]| [weight, bias]), self.eps);
            self.track(&mean, &var, count);
            return y;
        }
        let by_channel = |numbers: &Tensor<T>| self.by_channel(numbers, x.rank());
        // γ / √(σ² + ε) is one number per channel: multiplied first, the large tensor is read once less.
        let scale = by_channel(&(self.running_var.get() + self.eps).rsqrt_());
        let centred = x - by_channel(&self.running_mean.get());
        match affine {
            Some([weight, bias]) => centred * (scale * by_channel(weight)) + by_channel(bias),
            None => centred * scale,
        }
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        v.parameter("weight", &self.weight);
        v.parameter("bias", &self.bias);
        v.buffer("running_mean", &self.running_mean);
        v.buffer("running_var", &self.running_var);
        v.buffer("num_batches_tracked", &self.num_batches_tracked);
        v.mode(&self.mode);
    }

    fn describe(&self) -> String {
        format!("BatchNorm{D}d({})", self.channels)
    }
}
