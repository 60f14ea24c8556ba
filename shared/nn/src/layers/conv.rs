//! Convolutions and their transposes.

use tensor::{Convolution, Float, Padding, Sizes, Tensor};

use crate::{Module, Parameter, Visitor, init};

/// The sizes that a weight's shape is made of.
struct Channels {
    inputs: usize,
    outputs: usize,
}

/// `[3, 3]` as `3`, `[3, 5]` as it is.
fn text(sizes: &[usize]) -> String {
    match sizes {
        [first, others @ ..] if others.iter().all(|size| size == first) => first.to_string(),
        _ => format!("{sizes:?}"),
    }
}

/// What differs from a stride of 1 without padding, dilation or groups.
fn settings<const D: usize>(convolution: &Convolution<D>) -> String {
    let plain = Convolution::<D>::default();
    let mut out = String::new();
    if convolution.stride != plain.stride {
        out += &format!(", stride {}", text(&convolution.stride));
    }
    match convolution.padding {
        Padding::Valid => {}
        Padding::Same => out += ", padding same",
        Padding::Zeros(zeros) => out += &format!(", padding {}", text(&zeros)),
    }
    if convolution.dilation != plain.dilation {
        out += &format!(", dilation {}", text(&convolution.dilation));
    }
    if convolution.groups != 1 {
        out += &format!(", groups {}", convolution.groups);
    }
    if convolution.output_padding != plain.output_padding {
        out += &format!(", output padding {}", text(&convolution.output_padding));
    }
    out
}

macro_rules! convolutions {
    ($($(#[$doc:meta])+ $name:ident $dimensions:literal $method:ident $weight:literal [$first:ident, $second:ident];)+) => {$(
        $(#[$doc])+
        ///
        /// Weight and bias start as U(−1/√n, 1/√n), where n is the number of elements of one slice `weight[0]`: for a
        /// convolution the number of products that an output is the sum of.
        #[derive(Debug)]
        pub struct $name<T: Float = f32> {
            #[doc = $weight]
            pub weight: Parameter<T>,
            /// `[outputs]`.
            pub bias: Option<Parameter<T>>,
            inputs: usize,
            outputs: usize,
            kernel: [usize; $dimensions],
            convolution: Convolution<$dimensions>,
        }

        impl<T: Float> $name<T> {
            /// A layer with random weights, stride 1 and no padding.
            pub fn new(inputs: usize, outputs: usize, kernel: impl Sizes<$dimensions>) -> Self {
                Self::with_random_weights(inputs, outputs, kernel.sizes(), Convolution::default())
            }

            #[track_caller]
            fn with_random_weights(
                inputs: usize,
                outputs: usize,
                kernel: [usize; $dimensions],
                convolution: Convolution<$dimensions>,
            ) -> Self {
                let groups = convolution.groups;
                assert!(
                    groups > 0 && inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups),
                    "{}: {inputs} input and {outputs} output channels do not split into {groups} groups",
                    stringify!($name)
                );
                let channels = Channels { inputs, outputs };
                let mut shape = vec![channels.$first, channels.$second / groups];
                shape.extend(kernel);
                let fan_in = shape[1..].iter().product();
                Self {
                    weight: Parameter::new(init::by_fan_in(&shape, fan_in)),
                    bias: Some(Parameter::new(init::by_fan_in(outputs, fan_in))),
                    inputs,
                    outputs,
                    kernel,
                    convolution,
                }
            }

            /// Sets the step from one place of the window to the next.
            #[must_use]
            pub fn stride(mut self, stride: impl Sizes<$dimensions>) -> Self {
                self.convolution = self.convolution.stride(stride);
                self
            }

            /// Sets the zeros around the input: a number, one for each dimension, or a [`Padding`].
            #[must_use]
            pub fn padding(mut self, padding: impl Into<Padding<$dimensions>>) -> Self {
                self.convolution = self.convolution.padding(padding);
                self
            }

            /// Sets the distance between neighbouring taps of the kernel.
            #[must_use]
            pub fn dilation(mut self, dilation: impl Sizes<$dimensions>) -> Self {
                self.convolution = self.convolution.dilation(dilation);
                self
            }

            /// Splits the channels into groups that do not see each other. The weights have another shape then and
            /// are drawn anew.
            ///
            /// # Panics
            /// If the numbers of channels are not multiples of the number of groups.
            #[must_use]
            #[track_caller]
            pub fn groups(self, groups: usize) -> Self {
                let convolution = self.convolution.groups(groups);
                let layer = Self::with_random_weights(self.inputs, self.outputs, self.kernel, convolution);
                if self.bias.is_some() { layer } else { layer.without_bias() }
            }

            /// The layer without a bias.
            #[must_use]
            pub fn without_bias(mut self) -> Self {
                self.bias = None;
                self
            }
        }

        impl<T: Float> Module<T> for $name<T> {
            #[track_caller]
            fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
                let y = x.$method(&self.weight.get(), &self.convolution);
                match &self.bias {
                    Some(bias) => {
                        let mut shape = [1; $dimensions + 1];
                        shape[0] = self.outputs;
                        y + bias.get().reshape(shape)
                    }
                    None => y,
                }
            }

            fn visit(&self, v: &mut Visitor<'_, T>) {
                v.parameter("weight", &self.weight);
                v.parameter("bias", &self.bias);
            }

            fn describe(&self) -> String {
                let bias = if self.bias.is_some() { "" } else { ", no bias" };
                let (inputs, outputs, kernel) = (self.inputs, self.outputs, text(&self.kernel));
                let settings = settings(&self.convolution);
                format!("{}({inputs}, {outputs}, {kernel}{settings}{bias})", stringify!($name))
            }
        }
    )+};
}

convolutions! {
    /// Convolution of sequences [N, inputs, L].
    Conv1d 1 conv1d "[outputs, inputs / groups, taps]." [outputs, inputs];

    /// Convolution of images [N, inputs, H, W].
    ///
    /// ```
    /// use nn::{Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, sequential};
    /// use tensor::{Padding, Tensor};
    ///
    /// let cnn = sequential![
    ///     Conv2d::new(3, 16, 3).padding(Padding::Same),
    ///     ReLU,
    ///     Conv2d::new(16, 32, 3).padding(Padding::Same),
    ///     MaxPool2d::new(2),
    ///     Flatten,
    ///     Linear::new(32 * 4 * 4, 10),
    /// ];
    /// let images: Tensor = Tensor::zeros([2, 3, 8, 8]);
    /// assert_eq!(cnn.forward(&images).shape(), [2, 10]);
    /// ```
    Conv2d 2 conv2d "[outputs, inputs / groups, height, width]." [outputs, inputs];

    /// Convolution of volumes [N, inputs, D, H, W].
    Conv3d 3 conv3d "[outputs, inputs / groups, depth, height, width]." [outputs, inputs];

    /// Transposed convolution of sequences [N, inputs, L].
    ConvTranspose1d 1 conv_transpose1d "[inputs, outputs / groups, taps]." [inputs, outputs];

    /// Transposed convolution of images [N, inputs, H, W]: with a stride it makes them larger, as in a decoder.
    ///
    /// ```
    /// use nn::{ConvTranspose2d, Module};
    /// use tensor::Tensor;
    ///
    /// let up = ConvTranspose2d::new(32, 16, 2).stride(2);
    /// let images: Tensor = Tensor::zeros([1, 32, 7, 7]);
    /// assert_eq!(up.forward(&images).shape(), [1, 16, 14, 14]);
    /// ```
    ConvTranspose2d 2 conv_transpose2d "[inputs, outputs / groups, height, width]." [inputs, outputs];

    /// Transposed convolution of volumes [N, inputs, D, H, W].
    ConvTranspose3d 3 conv_transpose3d "[inputs, outputs / groups, depth, height, width]." [inputs, outputs];
}

macro_rules! output_padding {
    ($($name:ident $dimensions:literal),+) => {$(
        impl<T: Float> $name<T> {
            /// Sets how many places are added at the end of the output, to choose among the sizes that a stride maps
            /// to one.
            #[must_use]
            pub fn output_padding(mut self, output_padding: impl Sizes<$dimensions>) -> Self {
                self.convolution = self.convolution.output_padding(output_padding);
                self
            }
        }
    )+};
}

output_padding!(ConvTranspose1d 1, ConvTranspose2d 2, ConvTranspose3d 3);
