//! Where a sliding window goes: the settings of convolutions, and the arithmetic of sizes.
//!
//! Convolution, pooling and unfolding all slide a window of *kernel* taps, *dilation* apart, over an input that is
//! padded with zeros, in steps of *stride*. `ops` asks here how large the result is and whether the window fits at
//! all; the kernels ask which outputs a tap may visit. One and two dimensions are three whose first sizes are 1.

use std::ops::Range;

use crate::{Error, Result};

/// One size for each of `D` dimensions: an array, or a single number for all of them.
pub trait Sizes<const D: usize> {
    #[doc(hidden)]
    fn sizes(self) -> [usize; D];
}

impl<const D: usize> Sizes<D> for usize {
    fn sizes(self) -> [usize; D] {
        [self; D]
    }
}

impl<const D: usize> Sizes<D> for [usize; D] {
    fn sizes(self) -> [usize; D] {
        self
    }
}

/// How many zeros surround the input of a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Padding<const D: usize> {
    /// None: the window stays inside the input.
    #[default]
    Valid,
    /// As many as keep the size, d(k − 1) in all, for a stride of 1. If that is odd, the end gets one more.
    Same,
    /// This many at each end of each dimension.
    Zeros([usize; D]),
}

impl<const D: usize> From<usize> for Padding<D> {
    fn from(zeros: usize) -> Self {
        Self::Zeros([zeros; D])
    }
}

impl<const D: usize> From<[usize; D]> for Padding<D> {
    fn from(zeros: [usize; D]) -> Self {
        Self::Zeros(zeros)
    }
}

impl<const D: usize> Padding<D> {
    /// The zeros before and after dimension `dim`, for a window that spans `reach` + 1 places.
    fn ends(&self, dim: usize, reach: usize) -> (usize, usize) {
        match self {
            Self::Valid => (0, 0),
            Self::Same => (reach / 2, reach - reach / 2),
            Self::Zeros(zeros) => (zeros[dim], zeros[dim]),
        }
    }
}

/// How a convolution over `D` dimensions slides its kernel.
///
/// ```
/// use tensor::{Convolution, Padding, Tensor};
/// let (x, w) = (Tensor::<f32>::zeros([8, 4, 32, 32]), Tensor::zeros([16, 4, 3, 3]));
/// let y = x.conv2d(&w, &Convolution::default().stride(2).padding(1));
/// assert_eq!(y.shape(), [8, 16, 16, 16]);
/// let y = x.conv2d(&w, &Convolution::default().padding(Padding::Same));
/// assert_eq!(y.shape(), [8, 16, 32, 32]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution<const D: usize> {
    /// The step from one place of the window to the next.
    pub stride: [usize; D],
    /// The zeros around the input.
    pub padding: Padding<D>,
    /// The distance between neighbouring taps of the kernel; 1 where they touch.
    pub dilation: [usize; D],
    /// Into how many groups the channels are split that do not see each other.
    pub groups: usize,
    /// How many places a transposed convolution adds at the end, to choose among the sizes that a stride maps to
    /// one; 0 for a convolution.
    pub output_padding: [usize; D],
}

impl<const D: usize> Default for Convolution<D> {
    fn default() -> Self {
        Self { stride: [1; D], padding: Padding::Valid, dilation: [1; D], groups: 1, output_padding: [0; D] }
    }
}

impl<const D: usize> Convolution<D> {
    /// Sets the stride.
    #[must_use]
    pub fn stride(self, stride: impl Sizes<D>) -> Self {
        Self { stride: stride.sizes(), ..self }
    }

    /// Sets the padding: a number, one for each dimension, or a [`Padding`].
    #[must_use]
    pub fn padding(self, padding: impl Into<Padding<D>>) -> Self {
        Self { padding: padding.into(), ..self }
    }

    /// Sets the dilation.
    #[must_use]
    pub fn dilation(self, dilation: impl Sizes<D>) -> Self {
        Self { dilation: dilation.sizes(), ..self }
    }

    /// Sets the number of groups.
    #[must_use]
    pub fn groups(self, groups: usize) -> Self {
        Self { groups, ..self }
    }

    /// Sets the output padding of a transposed convolution.
    #[must_use]
    pub fn output_padding(self, output_padding: impl Sizes<D>) -> Self {
        Self { output_padding: output_padding.sizes(), ..self }
    }

    /// The size of the result, in each dimension ⌊(n + p₀ + p₁ − d(k − 1) − 1)/s⌋ + 1, for an input of n places
    /// with p₀ and p₁ zeros at its ends, k taps at dilation d, and stride s.
    ///
    /// ```
    /// use tensor::Convolution;
    /// let convolution = Convolution::default().stride(2).padding(3);
    /// assert_eq!(convolution.output_size([224, 224], [7, 7]), Ok([112, 112]));
    /// ```
    ///
    /// # Errors
    /// If the kernel does not fit into the padded input, or a size, stride or dilation is 0 that must not be.
    pub fn output_size(&self, input: [usize; D], kernel: [usize; D]) -> Result<[usize; D]> {
        Ok(lower(self.window("output_size", input, kernel)?.axes.map(|axis| axis.output)))
    }

    /// The size of the result of the transposed convolution, in each dimension
    /// (n − 1)s − p₀ − p₁ + d(k − 1) + 1 + output padding.
    ///
    /// ```
    /// use tensor::Convolution;
    /// let convolution = Convolution::default().stride(2).padding(1).output_padding(1);
    /// assert_eq!(convolution.transposed_output_size([16], [3]), Ok([32]));
    /// ```
    ///
    /// # Errors
    /// If nothing would be left, the output padding is larger than a stride can make up, or a size, stride or
    /// dilation is 0 that must not be.
    pub fn transposed_output_size(&self, input: [usize; D], kernel: [usize; D]) -> Result<[usize; D]> {
        let window = self.transposed_window("transposed_output_size", input, kernel)?;
        Ok(lower(window.axes.map(|axis| axis.input)))
    }

    /// The window of the convolution of an input.
    pub(crate) fn window(&self, op: &'static str, input: [usize; D], kernel: [usize; D]) -> Result<Window> {
        if self.output_padding != [0; D] {
            let detail = "output padding belongs to transposed convolutions; set .padding(…) instead";
            return Err(Error::shape(op, detail));
        }
        self.each_axis(op, kernel, |dim, reach, (before, after)| {
            let axis = Axis {
                input: input[dim],
                kernel: kernel[dim],
                stride: self.stride[dim],
                dilation: self.dilation[dim],
                before,
                output: 0,
            };
            let output = axis.steps(op, reach, after, Rounding::Down)?;
            Ok(Axis { output, ..axis })
        })
    }

    /// The window of the convolution of which this one, of `output`, is the transpose.
    pub(crate) fn transposed_window(
        &self,
        op: &'static str,
        output: [usize; D],
        kernel: [usize; D],
    ) -> Result<Window> {
        self.each_axis(op, kernel, |dim, reach, (before, after)| {
            let (n, stride, more) = (output[dim], self.stride[dim], self.output_padding[dim]);
            if more >= stride.max(self.dilation[dim]) {
                let detail = format!(
                    "an output padding of {more} is not less than the stride {stride} or the dilation {}: \
                     the places it adds would depend on no input",
                    self.dilation[dim]
                );
                return Err(Error::shape(op, detail));
            }
            let size = n
                .checked_sub(1)
                .and_then(|steps| steps.checked_mul(stride)?.checked_add(reach)?.checked_add(more + 1))
                .and_then(|size| size.checked_sub(before)?.checked_sub(after));
            let Some(input) = size.filter(|&size| size > 0) else {
                let detail = format!(
                    "nothing is left of {n} places at stride {stride} and a kernel that spans {} after \
                     {before} + {after} places of padding are cut off",
                    reach + 1
                );
                return Err(Error::shape(op, detail));
            };
            let (kernel, dilation) = (kernel[dim], self.dilation[dim]);
            Ok(Axis { input, kernel, stride, dilation, before, output: n })
        })
    }

    /// Makes the window from its axes; `axis` gets the dimension, d(k − 1), and the zeros at both ends.
    fn each_axis(
        &self,
        op: &'static str,
        kernel: [usize; D],
        axis: impl Fn(usize, usize, (usize, usize)) -> Result<Axis>,
    ) -> Result<Window> {
        const { assert!(D >= 1 && D <= 3, "windows have one to three dimensions") };
        let mut axes = [Axis::POINT; 3];
        for dim in 0..D {
            let reach = reach(op, kernel[dim], self.stride[dim], self.dilation[dim])?;
            if self.padding == Padding::Same && self.stride[dim] != 1 {
                let detail = format!(
                    "padding that keeps the size needs a stride of 1, not {}; give numbers, e.g. .padding({})",
                    self.stride[dim],
                    reach / 2
                );
                return Err(Error::shape(op, detail));
            }
            axes[3 - D + dim] = axis(dim, reach, self.padding.ends(dim, reach))?;
        }
        Ok(Window { axes })
    }
}

/// The distance d(k − 1) from the first tap to the last, if there are taps and the window moves.
pub(crate) fn reach(op: &'static str, kernel: usize, stride: usize, dilation: usize) -> Result<usize> {
    for (name, value) in [("kernel size", kernel), ("stride", stride), ("dilation", dilation)] {
        if value == 0 {
            return Err(Error::shape(op, format!("the {name} is 0; it must be at least 1")));
        }
    }
    dilation.checked_mul(kernel - 1).ok_or_else(|| Error::shape(op, "the kernel spans too many places"))
}

/// What becomes of the places at the end that a whole step does not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounding {
    Down,
    Up,
}

/// One dimension of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Axis {
    pub(crate) input: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) dilation: usize,
    /// The zeros before the input.
    pub(crate) before: usize,
    pub(crate) output: usize,
}

impl Axis {
    /// The dimension that a tensor of less than three dimensions of space does not have.
    pub(crate) const POINT: Self = Self { input: 1, kernel: 1, stride: 1, dilation: 1, before: 0, output: 1 };

    /// How many steps the window has room for, with `after` zeros behind the input.
    pub(crate) fn steps(
        &self,
        op: &'static str,
        reach: usize,
        after: usize,
        rounding: Rounding,
    ) -> Result<usize> {
        let Self { input, kernel, stride, dilation, before, .. } = *self;
        let padded = input.checked_add(before).and_then(|size| size.checked_add(after));
        let Some(room) = padded.and_then(|padded| padded.checked_sub(reach)?.checked_sub(1)) else {
            let dilated = match dilation {
                1 => String::new(),
                _ => format!(" (it spans {} at dilation {dilation})", reach.saturating_add(1)),
            };
            let detail = format!(
                "a kernel of {kernel}{dilated} does not fit into {input} places with {before} + {after} of \
                 padding; pad more or take a smaller kernel"
            );
            return Err(Error::shape(op, detail));
        };
        match rounding {
            Rounding::Down => Ok(room / stride + 1),
            // The last window must begin in the input or the padding before it.
            Rounding::Up => {
                let steps = room.div_ceil(stride) + 1;
                Ok(if (steps - 1).saturating_mul(stride) >= input + before { steps - 1 } else { steps })
            }
        }
    }

    /// The outputs for which a tap of the kernel meets the input and not the padding.
    pub(crate) fn visited(&self, tap: usize) -> Range<usize> {
        let shift = tap * self.dilation;
        let first = self.before.saturating_sub(shift).div_ceil(self.stride);
        let end = (self.input + self.before).saturating_sub(shift).div_ceil(self.stride).min(self.output);
        first.min(end)..end
    }

    /// Which input a tap meets at one of its [`visited`](Self::visited) outputs.
    pub(crate) fn met(&self, tap: usize, output: usize) -> usize {
        output * self.stride + tap * self.dilation - self.before
    }
}

/// A window over three dimensions, with the sizes of what it reads and writes.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub(crate) axes: [Axis; 3],
}

impl Window {
    /// The elements of one channel of the input.
    pub(crate) fn plane(&self) -> usize {
        self.axes.iter().map(|axis| axis.input).product()
    }

    /// The elements of one channel of the output: how many places the window takes.
    pub(crate) fn positions(&self) -> usize {
        self.axes.iter().map(|axis| axis.output).product()
    }

    /// The taps of the kernel.
    pub(crate) fn taps(&self) -> usize {
        self.axes.iter().map(|axis| axis.kernel).product()
    }

    /// Whether the output is the input, place by place: one tap, no stride, no padding.
    pub(crate) fn is_pointwise(&self) -> bool {
        self.axes
            .iter()
            .all(|axis| axis.kernel == 1 && axis.stride == 1 && axis.before == 0 && axis.input == axis.output)
    }
}

/// The last `D` of three sizes.
pub(crate) fn lower<const D: usize>(sizes: [usize; 3]) -> [usize; D] {
    std::array::from_fn(|dim| sizes[3 - D + dim])
}

#[cfg(test)]
mod tests;
