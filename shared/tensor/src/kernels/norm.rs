//! Batch normalisation in a few passes over each channel, which stays in the cache between them.

use rayon::prelude::*;

use super::{GRAIN, vectorized};
use crate::Float;

/// The sizes of [batch, channels, …]: how many images, channels, and numbers of a channel of an image.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Planes {
    pub(crate) batch: usize,
    pub(crate) channels: usize,
    pub(crate) plane: usize,
}

impl Planes {
    /// The planes of a channel, one of each image.
    fn of<'x, T>(&self, x: &'x [T], channel: usize) -> impl Iterator<Item = &'x [T]> {
        x.chunks_exact(self.plane).skip(channel).step_by(self.channels)
    }

    /// Every channel's planes, to be written by different threads.
    fn split<'x, T>(&self, y: &'x mut [T]) -> Vec<Vec<&'x mut [T]>> {
        let mut channels: Vec<Vec<&mut [T]>> =
            (0..self.channels).map(|_| Vec::with_capacity(self.batch)).collect();
        y.chunks_exact_mut(self.plane).enumerate().for_each(|(i, y)| channels[i % self.channels].push(y));
        channels
    }

    /// How many channels a task takes at least.
    fn grain(&self) -> usize {
        (GRAIN / (self.batch * self.plane)).max(1)
    }

    fn count<T: Float>(&self) -> T {
        T::from_f64((self.batch * self.plane) as f64)
    }
}

/// Σ f(xᵢ, yᵢ) in 32 lanes side by side.
#[inline(always)]
fn sum<T: Float>(x: &[T], y: &[T], f: impl Fn(T, T) -> T) -> T {
    let mut lanes = [T::zero(); 32];
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<32>(), y.as_chunks::<32>());
    for (x, y) in x.iter().zip(y) {
        for i in 0..32 {
            lanes[i] += f(x[i], y[i]);
        }
    }
    for (lane, (&x, &y)) in lanes.iter_mut().zip(x_rest.iter().zip(y_rest)) {
        *lane += f(x, y);
    }
    let mut width = 16;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// y = γ·(x − μ) / √(σ² + ε) + β with the mean and the biased variance of each channel, which are written too.
/// Two passes for these: E[x²] − μ² would cancel.
pub(crate) fn batch_norm<T: Float>(
    x: &[T],
    planes: Planes,
    [weight, bias]: [Option<&[T]>; 2],
    eps: T,
    y: &mut [T],
    [mean, var]: [&mut [T]; 2],
) {
    let count = planes.count::<T>();
    planes
        .split(y)
        .into_par_iter()
        .zip(mean.par_iter_mut().zip(var.par_iter_mut()))
        .enumerate()
        .with_min_len(planes.grain())
        .for_each(|(channel, (y, (mean, var)))| {
            vectorized(
                #[inline(always)]
                || {
                    let mut total = T::zero();
                    planes.of(x, channel).for_each(|x| total += sum(x, x, |x, _| x));
                    let mu = total / count;
                    let mut total = T::zero();
                    planes.of(x, channel).for_each(|x| total += sum(x, x, |x, _| (x - mu) * (x - mu)));
                    (*mean, *var) = (mu, total / count);
                    let scale =
                        (*var + eps).sqrt().recip() * weight.map_or(T::one(), |weight| weight[channel]);
                    let shift = bias.map_or(T::zero(), |bias| bias[channel]);
                    for (x, y) in planes.of(x, channel).zip(y) {
                        y.iter_mut().zip(x).for_each(|(y, &x)| *y = (x - mu) * scale + shift);
                    }
                },
            );
        });
}

/// With x̂ = (x − μ) / √(σ² + ε): dγ = Σ dy·x̂, dβ = Σ dy, and dx = γ / √(σ² + ε) · (dy − dβ / n − x̂·dγ / n).
pub(crate) fn batch_norm_backward<T: Float>(
    [x, dy]: [&[T]; 2],
    planes: Planes,
    weight: Option<&[T]>,
    eps: T,
    [mean, var]: [&[T]; 2],
    dx: &mut [T],
    [dweight, dbias]: [&mut [T]; 2],
) {
    let count = planes.count::<T>();
    planes
        .split(dx)
        .into_par_iter()
        .zip(dweight.par_iter_mut().zip(dbias.par_iter_mut()))
        .enumerate()
        .with_min_len(planes.grain())
        .for_each(|(channel, (dx, (dweight, dbias)))| {
            vectorized(
                #[inline(always)]
                || {
                    let mu = mean[channel];
                    let rstd = (var[channel] + eps).sqrt().recip();
                    let (mut total, mut product) = (T::zero(), T::zero());
                    for (x, dy) in planes.of(x, channel).zip(planes.of(dy, channel)) {
                        total += sum(dy, dy, |dy, _| dy);
                        product += sum(x, dy, |x, dy| (x - mu) * dy);
                    }
                    (*dbias, *dweight) = (total, product * rstd);
                    let scale = rstd * weight.map_or(T::one(), |weight| weight[channel]);
                    let (shift, slope) = (total / count, product / count * rstd * rstd);
                    for ((x, dy), dx) in planes.of(x, channel).zip(planes.of(dy, channel)).zip(dx) {
                        for ((dx, &x), &dy) in dx.iter_mut().zip(x).zip(dy) {
                            *dx = scale * (dy - shift - (x - mu) * slope);
                        }
                    }
                },
            );
        });
}
