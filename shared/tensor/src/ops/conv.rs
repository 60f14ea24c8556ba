//! Convolution in one, two and three dimensions, and its transpose.
//!
//! What is called convolution here, as everywhere in deep learning, is cross-correlation: the kernel is not mirrored.
//! ⟨conv(x, w), dy⟩ is linear in each of x, w and dy. So there are three operations, each the derivative of this
//! number by one of them, and the backward pass of each is written with the other two. One of them is the transposed
//! convolution.

use crate::autograd::{Backward, Grads, Op};
use crate::error::OrPanic;
use crate::kernels::Geometry;
use crate::ops::arithmetic::same_device;
use crate::ops::unfold::images;
use crate::window::lower;
use crate::{Convolution, Error, Float, Result, Shape, Tensor};

/// The shapes of x, w and y = conv(x, w), and how the kernel slides.
#[derive(Clone, Copy)]
struct Shapes {
    x: Shape,
    w: Shape,
    y: Shape,
    geometry: Geometry,
}

impl Shapes {
    fn conv<T: Float>(self, x: &Tensor<T>, w: &Tensor<T>) -> Tensor<T> {
        let (x, w) = (x.contiguous(), w.contiguous());
        let y = Tensor::compute(self.y, x.device(), |y| {
            T::conv(x.row_major(), w.row_major(), &self.geometry, y);
        });
        y.record(&[&x, &w], || Conv { x: x.clone(), w: w.clone(), shapes: self })
    }

    fn conv_input<T: Float>(self, dy: &Tensor<T>, w: &Tensor<T>) -> Tensor<T> {
        let (dy, w) = (dy.contiguous(), w.contiguous());
        let dx = Tensor::compute(self.x, dy.device(), |dx| {
            T::conv_input(dy.row_major(), w.row_major(), &self.geometry, dx);
        });
        dx.record(&[&dy, &w], || ConvInput { dy: dy.clone(), w: w.clone(), shapes: self })
    }

    fn conv_weight<T: Float>(self, x: &Tensor<T>, dy: &Tensor<T>) -> Tensor<T> {
        let (x, dy) = (x.contiguous(), dy.contiguous());
        let dw = Tensor::compute(self.w, x.device(), |dw| {
            T::conv_weight(x.row_major(), dy.row_major(), &self.geometry, dw);
        });
        dw.record(&[&x, &dy], || ConvWeight { x: x.clone(), dy: dy.clone(), shapes: self })
    }
}

/// y = conv(x, w)
struct Conv<T: Float> {
    x: Tensor<T>,
    w: Tensor<T>,
    shapes: Shapes,
}

impl<T: Float> Op<T> for Conv<T> {
    fn name(&self) -> &'static str {
        "Conv"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![
            cx.needs(0).then(|| self.shapes.conv_input(cx.dy, &self.w)),
            cx.needs(1).then(|| self.shapes.conv_weight(&self.x, cx.dy)),
        ]
    }
}

/// dx = ∂⟨conv(x, w), dy⟩/∂x
struct ConvInput<T: Float> {
    dy: Tensor<T>,
    w: Tensor<T>,
    shapes: Shapes,
}

impl<T: Float> Op<T> for ConvInput<T> {
    fn name(&self) -> &'static str {
        "ConvTranspose"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![
            cx.needs(0).then(|| self.shapes.conv(cx.dy, &self.w)),
            cx.needs(1).then(|| self.shapes.conv_weight(cx.dy, &self.dy)),
        ]
    }
}

/// dw = ∂⟨conv(x, w), dy⟩/∂w
struct ConvWeight<T: Float> {
    x: Tensor<T>,
    dy: Tensor<T>,
    shapes: Shapes,
}

impl<T: Float> Op<T> for ConvWeight<T> {
    fn name(&self) -> &'static str {
        "ConvWeight"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![
            cx.needs(0).then(|| self.shapes.conv_input(&self.dy, cx.dy)),
            cx.needs(1).then(|| self.shapes.conv(&self.x, cx.dy)),
        ]
    }
}

/// Takes a weight [filters, channels, …] apart.
fn kernel<const D: usize>(op: &'static str, input: Shape, weight: Shape) -> Result<[usize; D]> {
    match weight[..] {
        [_, _, ref space @ ..] if space.len() == D => Ok(std::array::from_fn(|dim| space[dim])),
        _ => {
            let detail = format!(
                "input {input:?} has {D} dimensions behind batch and channels, weight {weight:?} must have \
                 as many behind its first two"
            );
            Err(Error::shape(op, detail))
        }
    }
}

/// Whether each of the groups gets as many of the channels.
fn divides(op: &'static str, groups: usize, count: usize, what: &str, shape: Shape) -> Result<()> {
    if groups > 0 && count.is_multiple_of(groups) {
        return Ok(());
    }
    Err(Error::shape(op, format!("{what} {shape:?}: {count} channels do not divide into {groups} groups")))
}

fn plural(groups: usize) -> String {
    if groups == 1 { "1 group".into() } else { format!("{groups} groups") }
}

impl<T: Float> Tensor<T> {
    fn convolve<const D: usize>(
        &self,
        op: &'static str,
        w: &Self,
        convolution: &Convolution<D>,
    ) -> Result<Self> {
        same_device(op, self.device(), w.device())?;
        let (x, weight, groups) = (self.layout.shape, w.layout.shape, convolution.groups);
        let (batch, inputs, input) = images(op, x)?;
        let window = convolution.window(op, input, kernel(op, x, weight)?)?;
        let (outputs, channels) = (weight[0], weight[1]);
        divides(op, groups, outputs, "weight", weight)?;
        if channels.checked_mul(groups) != Some(inputs) {
            let detail = format!(
                "input {x:?} has {inputs} channels, weight {weight:?} with {} takes {}",
                plural(groups),
                channels.saturating_mul(groups)
            );
            return Err(Error::shape(op, detail));
        }
        let mut y = Shape::new(&[batch, outputs]);
        let output: [usize; D] = lower(window.axes.map(|axis| axis.output));
        output.iter().for_each(|&size| y.push(size));
        let geometry = Geometry { batch, groups, channels, filters: outputs / groups, window };
        Ok(Shapes { x, w: weight, y, geometry }.conv(self, w))
    }

    fn convolve_transposed<const D: usize>(
        &self,
        op: &'static str,
        w: &Self,
        convolution: &Convolution<D>,
    ) -> Result<Self> {
        same_device(op, self.device(), w.device())?;
        let (y, weight, groups) = (self.layout.shape, w.layout.shape, convolution.groups);
        let (batch, inputs, output) = images(op, y)?;
        let window = convolution.transposed_window(op, output, kernel(op, y, weight)?)?;
        let channels = weight[1];
        if weight[0] != inputs {
            let hint = if channels == inputs {
                "; it is [inputs, outputs, …] here, did you swap them?"
            } else {
                ""
            };
            let detail =
                format!("input {y:?} has {inputs} channels, weight {weight:?} takes {}{hint}", weight[0]);
            return Err(Error::shape(op, detail));
        }
        divides(op, groups, inputs, "input", y)?;
        let mut x = Shape::new(&[batch, channels * groups]);
        let input: [usize; D] = lower(window.axes.map(|axis| axis.input));
        input.iter().for_each(|&size| x.push(size));
        let geometry = Geometry { batch, groups, channels, filters: inputs / groups, window };
        Ok(Shapes { x, w: weight, y, geometry }.conv_input(self, w))
    }
}

macro_rules! convolutions {
    ($($(#[$doc:meta])+ $name:ident $try_name:ident $inner:ident $dimensions:literal;)+) => {
        impl<T: Float> Tensor<T> {
            $(
                $(#[$doc])+
                ///
                /// # Panics
                /// If the shapes do not fit each other or the settings, or the devices differ.
                #[track_caller]
                pub fn $name(&self, w: &Self, convolution: &Convolution<$dimensions>) -> Self {
                    self.$try_name(w, convolution).or_panic()
                }

                #[doc = concat!("Like [`", stringify!($name), "`](Self::", stringify!($name), "), with an error instead of a panic.")]
                pub fn $try_name(&self, w: &Self, convolution: &Convolution<$dimensions>) -> Result<Self> {
                    self.$inner(stringify!($name), w, convolution)
                }
            )+
        }
    };
}

convolutions! {
    /// The convolution of [batch, inputs, length] with a weight [outputs, inputs / groups, taps].
    conv1d try_conv1d convolve 1;
    /// The convolution of images [batch, inputs, height, width] with a weight [outputs, inputs / groups, height,
    /// width]: every output is a weighted sum over a window and all channels of its group. A bias of shape
    /// [outputs, 1, 1] is added with `+`.
    ///
    /// ```
    /// use tensor::{Convolution, Tensor};
    /// let image = Tensor::from([[0.0f32, 0.0, 9.0], [0.0, 0.0, 9.0], [0.0, 0.0, 9.0]]).reshape([1, 1, 3, 3]);
    /// let edges = Tensor::from([[-1.0f32, 1.0]]).reshape([1, 1, 1, 2]);
    /// let y = image.conv2d(&edges, &Convolution::default());
    /// assert_eq!(y.reshape([3, 2]).to_vec(), [0.0, 9.0, 0.0, 9.0, 0.0, 9.0]);
    /// ```
    conv2d try_conv2d convolve 2;
    /// The convolution of volumes [batch, inputs, depth, height, width] with a weight [outputs, inputs / groups,
    /// depth, height, width].
    conv3d try_conv3d convolve 3;
    /// The transpose of [`conv1d`](Self::conv1d), of [batch, inputs, length] with a weight [inputs, outputs /
    /// groups, taps].
    conv_transpose1d try_conv_transpose1d convolve_transposed 1;
    /// The transpose of [`conv2d`](Self::conv2d), of [batch, inputs, height, width] with a weight [inputs, outputs /
    /// groups, height, width]: every input adds its multiple of the kernel to a window of the output. With a stride
    /// it makes images larger, with padding it cuts them off at the edges.
    ///
    /// ```
    /// use tensor::{Convolution, Tensor};
    /// let x = Tensor::from([[1.0f32, 2.0]]).reshape([1, 1, 1, 2]);
    /// let y = x.conv_transpose2d(&Tensor::ones([1, 1, 2, 2]), &Convolution::default().stride(2));
    /// assert_eq!(y.reshape([2, 4]).to_vec(), [1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0]);
    /// ```
    conv_transpose2d try_conv_transpose2d convolve_transposed 2;
    /// The transpose of [`conv3d`](Self::conv3d), of [batch, inputs, depth, height, width] with a weight [inputs,
    /// outputs / groups, depth, height, width].
    conv_transpose3d try_conv_transpose3d convolve_transposed 3;
}

#[cfg(test)]
mod tests;
