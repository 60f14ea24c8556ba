//! Batch normalisation as one operation.

use crate::autograd::{Backward, Grads, Op, is_grad_enabled};
use crate::error::OrPanic;
use crate::kernels::Planes;
use crate::ops::arithmetic::same_device;
use crate::{Float, Tensor};

/// y = γ·x̂ + β with x̂ = (x − μ) / √(σ² + ε), where μ and σ² are those of each channel.
struct BatchNorm<T: Float> {
    x: Tensor<T>,
    weight: Option<Tensor<T>>,
    mean: Tensor<T>,
    var: Tensor<T>,
    eps: f64,
}

impl<T: Float> BatchNorm<T> {
    fn kernel(&self, dy: &Tensor<T>) -> [Tensor<T>; 3] {
        let (x, dy) = (&self.x, dy.contiguous());
        let channels = self.mean.layout.shape;
        let weight = self.weight.as_ref().map(Tensor::contiguous);
        let mut dbias = None;
        let mut dx = None;
        let dweight = Tensor::compute(channels, x.device(), |dweight| {
            dbias = Some(Tensor::compute(channels, x.device(), |dbias| {
                dx = Some(Tensor::compute(x.layout.shape, x.device(), |dx| {
                    T::batch_norm_backward(
                        [x.row_major(), dy.row_major()],
                        planes(x),
                        weight.as_ref().map(Tensor::row_major),
                        T::from_f64(self.eps),
                        [self.mean.row_major(), self.var.row_major()],
                        dx,
                        [dweight, dbias],
                    );
                }));
            }));
        });
        [dx.expect("computed"), dweight, dbias.expect("computed")]
    }

    /// The same in tensor operations, for the derivative of the gradient.
    fn composed(&self, dy: &Tensor<T>) -> [Tensor<T>; 3] {
        let x = &self.x;
        let dims: Vec<usize> = (0..x.rank()).filter(|&dim| dim != 1).collect();
        let centred = x - x.mean_keepdim(&dims[..]);
        let rstd = (centred.square().mean_keepdim(&dims[..]) + self.eps).rsqrt_();
        let standard = centred * &rstd;
        let scaled = match &self.weight {
            Some(weight) => dy * by_channel(weight, x.rank()),
            None => dy.clone(),
        };
        let along = (&scaled * &standard).mean_keepdim(&dims[..]);
        let dx = rstd * (&scaled - scaled.mean_keepdim(&dims[..]) - &standard * along);
        [dx, (dy * standard).sum(&dims[..]), dy.sum(&dims[..])]
    }
}

impl<T: Float> Op<T> for BatchNorm<T> {
    fn name(&self) -> &'static str {
        "BatchNorm"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let grads = if is_grad_enabled() { self.composed(cx.dy) } else { self.kernel(cx.dy) };
        let [dx, dweight, dbias] = grads.map(Some);
        if self.weight.is_some() { vec![dx, dweight, dbias] } else { vec![dx] }
    }
}

/// One number per channel, in a shape that broadcasts to [batch, channels, …].
fn by_channel<T: Float>(numbers: &Tensor<T>, rank: usize) -> Tensor<T> {
    let mut shape = vec![1; rank];
    shape[1] = numbers.numel();
    numbers.reshape(&shape)
}

fn planes<T: Float>(x: &Tensor<T>) -> Planes {
    Planes { batch: x.size(0), channels: x.size(1), plane: x.shape()[2..].iter().product() }
}

impl<T: Float> Tensor<T> {
    /// Standardises every channel of [batch, channels, …] over all its numbers, then scales and shifts it by `affine`,
    /// γ and β of shape `[channels]`: γ·(x − μ) / √(σ² + ε) + β. Returned with it are the mean μ and the biased variance
    /// σ² of each channel, constants to autograd.
    ///
    /// # Panics
    /// If there are fewer than two dimensions, γ or β are of another shape, or the devices differ.
    #[track_caller]
    pub fn batch_norm(&self, affine: Option<[&Self; 2]>, eps: f64) -> (Self, Self, Self) {
        assert!(self.rank() >= 2, "batch_norm: {:?} is not [batch, channels, …]", self.layout.shape);
        let channels = self.size(1);
        for parameter in affine.into_iter().flatten() {
            same_device("batch_norm", self.device(), parameter.device()).or_panic();
            assert!(
                parameter.shape() == [channels],
                "batch_norm: {:?} has {channels} channels, weight and bias must be of shape [{channels}], not {:?}",
                self.layout.shape,
                parameter.layout.shape
            );
        }
        let x = self.contiguous();
        let contiguous = affine.map(|affine| affine.map(Tensor::contiguous));
        let numbers = |i: usize| contiguous.as_ref().map(|affine| affine[i].row_major());
        let mut var = None;
        let mut y = None;
        let mean = Self::compute(channels.into(), x.device(), |mean| {
            var = Some(Self::compute(channels.into(), x.device(), |var| {
                y = Some(Self::compute(x.layout.shape, x.device(), |y| {
                    let affine = [numbers(0), numbers(1)];
                    T::batch_norm(x.row_major(), planes(&x), affine, T::from_f64(eps), y, [mean, var]);
                }));
            }));
        });
        let (y, var) = (y.expect("computed"), var.expect("computed"));
        let mut inputs = vec![&x];
        inputs.extend(affine.into_iter().flatten());
        let y = y.record(&inputs, || BatchNorm {
            x: x.clone(),
            weight: affine.map(|[weight, _]| weight.clone()),
            mean: mean.clone(),
            var: var.clone(),
            eps,
        });
        (y, mean, var)
    }
}
