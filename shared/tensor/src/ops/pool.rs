//! Pooling: the largest number, or the average, of each region of an image.
//!
//! Maximum pooling remembers where it found each maximum. From then on it is linear, a choice of elements, whose
//! adjoint puts them back; average pooling is linear to begin with. So both have backward passes that can be
//! differentiated again.

use std::sync::Arc;

use crate::autograd::{Backward, Grads, Op};
use crate::error::OrPanic;
use crate::kernels::{Regions, Span};
use crate::ops::unfold::images;
use crate::window::{Axis, Rounding, Sizes, lower, reach};
use crate::{Error, Float, Result, Shape, Tensor};

/// How pooling over `D` dimensions slides its window. A number or an array alone stands for a window of that size
/// that moves by its own size.
///
/// ```
/// use tensor::{Pooling, Tensor};
/// let x: Tensor = Tensor::zeros([8, 4, 32, 32]);
/// assert_eq!(x.max_pool2d(2).shape(), [8, 4, 16, 16]);
/// assert_eq!(x.max_pool2d(Pooling::kernel(3).stride(2).padding(1)).shape(), [8, 4, 16, 16]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pooling<const D: usize> {
    /// The size of the window.
    pub kernel: [usize; D],
    /// The step from one window to the next; the kernel's size if not set.
    pub stride: [usize; D],
    /// The places around the input, at most half a window: minus infinity to a maximum, zeros to an average.
    pub padding: [usize; D],
    /// The distance between neighbours in a window; 1 where they touch, as they must in an average.
    pub dilation: [usize; D],
    /// Whether a last window that does not fit whole is there nevertheless.
    pub ceil_mode: bool,
    /// Whether the padding counts as zeros in an average, or not at all.
    pub count_include_pad: bool,
}

impl<const D: usize> Pooling<D> {
    /// A window of this size that moves by its own size.
    pub fn kernel(kernel: impl Sizes<D>) -> Self {
        let kernel = kernel.sizes();
        Self {
            kernel,
            stride: kernel,
            padding: [0; D],
            dilation: [1; D],
            ceil_mode: false,
            count_include_pad: true,
        }
    }

    /// Sets the step from one window to the next.
    #[must_use]
    pub fn stride(self, stride: impl Sizes<D>) -> Self {
        Self { stride: stride.sizes(), ..self }
    }

    /// Sets the padding.
    #[must_use]
    pub fn padding(self, padding: impl Sizes<D>) -> Self {
        Self { padding: padding.sizes(), ..self }
    }

    /// Sets the dilation.
    #[must_use]
    pub fn dilation(self, dilation: impl Sizes<D>) -> Self {
        Self { dilation: dilation.sizes(), ..self }
    }

    /// Rounds the size of the result up: PyTorch's `ceil_mode=True`.
    #[must_use]
    pub fn ceil_mode(self) -> Self {
        Self { ceil_mode: true, ..self }
    }

    /// Averages over what is inside the input only: PyTorch's `count_include_pad=False`.
    #[must_use]
    pub fn exclude_padding(self) -> Self {
        Self { count_include_pad: false, ..self }
    }

    /// The size of the result: as for [`Convolution::output_size`](crate::Convolution::output_size), rounded up in
    /// [`ceil_mode`](Self::ceil_mode) unless the last window would begin behind the input.
    ///
    /// # Errors
    /// If the window does not fit, or the padding is more than half of it, or a size, stride or dilation is 0.
    pub fn output_size(&self, input: [usize; D]) -> Result<[usize; D]> {
        Ok(lower(self.regions("output_size", input)?.spans.map(|spans| spans.len())))
    }

    fn regions(&self, op: &'static str, input: [usize; D]) -> Result<Regions> {
        const { assert!(D >= 1 && D <= 3, "windows have one to three dimensions") };
        let mut regions = whole(input);
        for (dim, &size) in input.iter().enumerate() {
            let at = 3 - D + dim;
            regions.spans[at] = self.spans(op, dim, size)?;
            regions.steps[at] = self.dilation[dim];
        }
        Ok(regions)
    }

    fn spans(&self, op: &'static str, dim: usize, input: usize) -> Result<Vec<Span>> {
        let (kernel, stride) = (self.kernel[dim], self.stride[dim]);
        let (padding, dilation) = (self.padding[dim], self.dilation[dim]);
        let reach = reach(op, kernel, stride, dilation)?;
        if padding > reach.saturating_add(1) / 2 {
            let detail = format!("a padding of {padding} is more than half of the window of {kernel}");
            return Err(Error::shape(op, detail));
        }
        let axis = Axis { input, kernel, stride, dilation, before: padding, output: 0 };
        let rounding = if self.ceil_mode { Rounding::Up } else { Rounding::Down };
        (0..axis.steps(op, reach, padding, rounding)?)
            .map(|step| {
                // Both count from where the padding begins; the last window may reach beyond where it ends.
                let (first, past) = (step * stride, step * stride + reach + 1);
                let taps_before = padding.saturating_sub(first).div_ceil(dilation);
                let start = first + taps_before * dilation - padding;
                let end = past.min(input + padding).saturating_sub(padding);
                if start >= end {
                    let detail = format!("window {step} of dimension {dim} sees nothing but padding");
                    return Err(Error::shape(op, detail));
                }
                let counted =
                    if self.count_include_pad { past.min(input + 2 * padding) - first } else { end - start };
                Ok(Span { start, end, counted })
            })
            .collect()
    }
}

impl<const D: usize> From<usize> for Pooling<D> {
    fn from(kernel: usize) -> Self {
        Self::kernel(kernel)
    }
}

impl<const D: usize> From<[usize; D]> for Pooling<D> {
    fn from(kernel: [usize; D]) -> Self {
        Self::kernel(kernel)
    }
}

impl<const D: usize> From<&Self> for Pooling<D> {
    fn from(pooling: &Self) -> Self {
        *pooling
    }
}

/// One region for every place, in the dimensions that a tensor of less than three of space does not have.
fn whole<const D: usize>(input: [usize; D]) -> Regions {
    let mut sizes = [1; 3];
    sizes[3 - D..].copy_from_slice(&input);
    Regions { input: sizes, spans: [(); 3].map(|()| vec![Span::new(0, 1)]), steps: [1; 3] }
}

/// Region i of o along a dimension of n: from ⌊i·n/o⌋ to ⌈(i + 1)·n/o⌉.
fn adaptive<const D: usize>(op: &'static str, input: [usize; D], output: [usize; D]) -> Result<Regions> {
    const { assert!(D >= 1 && D <= 3, "windows have one to three dimensions") };
    let mut regions = whole(input);
    for (dim, (&n, &o)) in input.iter().zip(&output).enumerate() {
        if n == 0 || o == 0 {
            let detail = format!("cannot pool a size of {input:?} to {output:?}: no size may be 0");
            return Err(Error::shape(op, detail));
        }
        regions.spans[3 - D + dim] =
            (0..o).map(|i| Span::new(i * n / o, ((i + 1) * n).div_ceil(o))).collect();
    }
    Ok(regions)
}

/// y = the elements of each channel of x at some places; what a maximum is once its place is known.
struct Pick {
    name: &'static str,
    places: Arc<Vec<u32>>,
    from: Shape,
    plane: usize,
}

impl<T: Float> Op<T> for Pick {
    fn name(&self) -> &'static str {
        self.name
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let dy = cx.dy.contiguous();
        let dx = Tensor::compute(self.from, dy.device(), |dx| {
            T::put(dy.row_major(), self.plane, &self.places, dx);
        });
        vec![Some(dx.record(&[&dy], || Put {
            places: Arc::clone(&self.places),
            from: dy.layout.shape,
            plane: self.plane,
        }))]
    }
}

/// The adjoint of [`Pick`].
struct Put {
    places: Arc<Vec<u32>>,
    from: Shape,
    plane: usize,
}

impl<T: Float> Op<T> for Put {
    fn name(&self) -> &'static str {
        "MaxUnpool"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let dy = cx.dy.contiguous();
        let dx = Tensor::compute(self.from, dy.device(), |dx| {
            T::pick(dy.row_major(), self.plane, &self.places, dx);
        });
        vec![Some(dx.record(&[&dy], || Pick {
            name: "Pick",
            places: Arc::clone(&self.places),
            from: dy.layout.shape,
            plane: self.plane,
        }))]
    }
}

/// y = the averages of x over regions.
struct Average {
    regions: Arc<Regions>,
    from: Shape,
}

impl<T: Float> Op<T> for Average {
    fn name(&self) -> &'static str {
        "AvgPool"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let dy = cx.dy.contiguous();
        let dx = Tensor::compute(self.from, dy.device(), |dx| T::share(dy.row_major(), &self.regions, dx));
        vec![Some(dx.record(&[&dy], || Share { regions: Arc::clone(&self.regions), from: dy.layout.shape }))]
    }
}

/// The adjoint of [`Average`].
struct Share {
    regions: Arc<Regions>,
    from: Shape,
}

impl<T: Float> Op<T> for Share {
    fn name(&self) -> &'static str {
        "AvgUnpool"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.average(&self.regions, self.from))]
    }
}

/// The shape of an image of which regions become single numbers.
fn pooled<const D: usize>(from: Shape, regions: &Regions) -> Shape {
    let mut to = Shape::new(&from[..2]);
    regions.spans[3 - D..].iter().for_each(|spans| to.push(spans.len()));
    to
}

impl<T: Float> Tensor<T> {
    fn average(&self, regions: &Arc<Regions>, to: Shape) -> Self {
        let x = self.contiguous();
        let y = Self::compute(to, x.device(), |y| T::avg_pool(x.row_major(), regions, y));
        y.record(&[&x], || Average { regions: Arc::clone(regions), from: x.layout.shape })
    }

    fn maximum_of(&self, op: &'static str, regions: &Regions, to: Shape) -> Result<Self> {
        let (from, plane) = (self.layout.shape, regions.plane());
        if u32::try_from(plane).is_err() {
            let detail =
                format!("input {from:?} has channels of {plane} elements; at most 2³² − 1 can be pooled");
            return Err(Error::shape(op, detail));
        }
        let x = self.contiguous();
        let mut places = vec![0; to.numel()];
        let y = Self::compute(to, x.device(), |y| T::max_pool(x.row_major(), regions, y, &mut places));
        Ok(y.record(&[&x], || Pick { name: "MaxPool", places: Arc::new(places), from, plane }))
    }

    fn max_pool<const D: usize>(&self, op: &'static str, pooling: Pooling<D>) -> Result<Self> {
        let (_, _, input) = images(op, self.layout.shape)?;
        let regions = pooling.regions(op, input)?;
        self.maximum_of(op, &regions, pooled::<D>(self.layout.shape, &regions))
    }

    fn avg_pool<const D: usize>(&self, op: &'static str, pooling: Pooling<D>) -> Result<Self> {
        let (_, _, input) = images(op, self.layout.shape)?;
        if pooling.dilation != [1; D] {
            let detail = format!("an average has no dilation, got {:?}", pooling.dilation);
            return Err(Error::shape(op, detail));
        }
        let regions = pooling.regions(op, input)?;
        let to = pooled::<D>(self.layout.shape, &regions);
        Ok(self.average(&Arc::new(regions), to))
    }

    fn adaptive_max_pool<const D: usize>(&self, op: &'static str, size: impl Sizes<D>) -> Result<Self> {
        let (_, _, input) = images(op, self.layout.shape)?;
        let regions = adaptive(op, input, size.sizes())?;
        self.maximum_of(op, &regions, pooled::<D>(self.layout.shape, &regions))
    }

    fn adaptive_avg_pool<const D: usize>(&self, op: &'static str, size: impl Sizes<D>) -> Result<Self> {
        let (_, _, input) = images(op, self.layout.shape)?;
        let regions = adaptive(op, input, size.sizes())?;
        let to = pooled::<D>(self.layout.shape, &regions);
        Ok(self.average(&Arc::new(regions), to))
    }
}

macro_rules! pools {
    ($($(#[$doc:meta])+ $name:ident $try_name:ident $inner:ident $dimensions:literal;)+) => {
        impl<T: Float> Tensor<T> {
            $(
                $(#[$doc])+
                ///
                /// # Panics
                /// If the tensor does not have that many dimensions, or the window does not fit.
                #[track_caller]
                pub fn $name(&self, pooling: impl Into<Pooling<$dimensions>>) -> Self {
                    self.$try_name(pooling).or_panic()
                }

                #[doc = concat!("Like [`", stringify!($name), "`](Self::", stringify!($name), "), with an error instead of a panic.")]
                pub fn $try_name(&self, pooling: impl Into<Pooling<$dimensions>>) -> Result<Self> {
                    self.$inner(stringify!($name), pooling.into())
                }
            )+
        }
    };
}

macro_rules! adaptive_pools {
    ($($(#[$doc:meta])+ $name:ident $try_name:ident $inner:ident $dimensions:literal;)+) => {
        impl<T: Float> Tensor<T> {
            $(
                $(#[$doc])+
                /// Region i of o along a dimension of n places goes from ⌊i·n/o⌋ to ⌈(i + 1)·n/o⌉.
                ///
                /// # Panics
                /// If the tensor does not have that many dimensions, or one of its or the new sizes is 0.
                #[track_caller]
                pub fn $name(&self, size: impl Sizes<$dimensions>) -> Self {
                    self.$try_name(size).or_panic()
                }

                #[doc = concat!("Like [`", stringify!($name), "`](Self::", stringify!($name), "), with an error instead of a panic.")]
                pub fn $try_name(&self, size: impl Sizes<$dimensions>) -> Result<Self> {
                    self.$inner(stringify!($name), size)
                }
            )+
        }
    };
}

pools! {
    /// The largest number of each window over [batch, channels, length].
    max_pool1d try_max_pool1d max_pool 1;
    /// The largest number of each window over [batch, channels, height, width]. The gradient goes to the first
    /// place that has it; NaN is larger than any number.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0, 5.0, 0.0], [4.0, 3.0, 0.0, 6.0]]).reshape([1, 1, 2, 4]);
    /// assert_eq!(x.max_pool2d(2).to_vec(), [4.0, 6.0]);
    /// assert_eq!(x.avg_pool2d(2).to_vec(), [2.5, 2.75]);
    /// ```
    max_pool2d try_max_pool2d max_pool 2;
    /// The largest number of each window over [batch, channels, depth, height, width].
    max_pool3d try_max_pool3d max_pool 3;
    /// The average of each window over [batch, channels, length].
    avg_pool1d try_avg_pool1d avg_pool 1;
    /// The average of each window over [batch, channels, height, width].
    avg_pool2d try_avg_pool2d avg_pool 2;
    /// The average of each window over [batch, channels, depth, height, width].
    avg_pool3d try_avg_pool3d avg_pool 3;
}

adaptive_pools! {
    /// The largest numbers of as many regions of [batch, channels, length] as asked for.
    adaptive_max_pool1d try_adaptive_max_pool1d adaptive_max_pool 1;
    /// The largest numbers of as many regions of [batch, channels, height, width] as asked for.
    adaptive_max_pool2d try_adaptive_max_pool2d adaptive_max_pool 2;
    /// The largest numbers of as many regions of [batch, channels, depth, height, width] as asked for.
    adaptive_max_pool3d try_adaptive_max_pool3d adaptive_max_pool 3;
    /// The averages of as many regions of [batch, channels, length] as asked for.
    adaptive_avg_pool1d try_adaptive_avg_pool1d adaptive_avg_pool 1;
    /// The averages of as many regions of [batch, channels, height, width] as asked for; one is global average
    /// pooling.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x: Tensor = Tensor::ones([8, 4, 7, 5]);
    /// assert_eq!(x.adaptive_avg_pool2d(1).shape(), [8, 4, 1, 1]);
    /// assert_eq!(x.adaptive_avg_pool2d([3, 2]).shape(), [8, 4, 3, 2]);
    /// ```
    adaptive_avg_pool2d try_adaptive_avg_pool2d adaptive_avg_pool 2;
    /// The averages of as many regions of [batch, channels, depth, height, width] as asked for.
    adaptive_avg_pool3d try_adaptive_avg_pool3d adaptive_avg_pool 3;
}

#[cfg(test)]
mod tests;
