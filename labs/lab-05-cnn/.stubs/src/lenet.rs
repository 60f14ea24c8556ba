//! LeNet-5, the network that read cheques (LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to
//! Document Recognition*, 1998), with ReLU and max pooling where the original has tanh and a learned average.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use nn::{Linear, Module, Parameter, Visitor};
use tensor::{Float, Tensor};

use crate::{Padding, Window, conv2d, max_pool2d};

/// A convolution that learns its kernels.
#[derive(Debug)]
pub struct Conv2d<T: Float = f32> {
    /// \[O, C/G, kh, kw\]
    pub weight: Parameter<T>,
    /// \[O\]
    pub bias: Parameter<T>,
    /// Where the kernels stand.
    pub window: Window,
    /// G: input and output channels are cut into so many groups, which do not see each other.
    pub groups: usize,
}

impl<T: Float> Conv2d<T> {
    /// A convolution from C to O channels with random kernels.
    ///
    /// Like PyTorch's, weights and biases are uniform on \[−1/√K, 1/√K), where K = C/G·kh·kw is the number of inputs
    /// that each output sums up: then the sum is of the size of one input, whatever K is.
    pub fn new(channels: usize, out_channels: usize, window: Window, groups: usize) -> Self {
        let [kh, kw] = window.kernel;
        let shape = [out_channels, channels / groups, kh, kw];
        todo!("7.1: weights of this shape and one bias per output channel, from the uniform distribution")
    }
}

impl<T: Float> Module<T> for Conv2d<T> {
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        conv2d(x, &self.weight.get(), &self.bias.get(), &self.window, self.groups)
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        v.parameter("weight", &self.weight);
        v.parameter("bias", &self.bias);
    }
}

/// LeNet-5 for grey images of 28 × 28 pixels and ten classes: 61,706 parameters.
pub struct LeNet5<T: Float = f32> {
    /// 1 → 6 channels, 5 × 5, padded by 2: \[N, 6, 28, 28\], pooled to \[N, 6, 14, 14\].
    pub conv1: Conv2d<T>,
    /// 6 → 16 channels, 5 × 5, no padding: \[N, 16, 10, 10\], pooled to \[N, 16, 5, 5\].
    pub conv2: Conv2d<T>,
    /// 400 → 120.
    pub linear1: Linear<T>,
    /// 120 → 84.
    pub linear2: Linear<T>,
    /// 84 → 10.
    pub linear3: Linear<T>,
}

impl<T: Float> LeNet5<T> {
    /// The network with random parameters.
    #[expect(clippy::new_without_default, reason = "no two are equal")]
    pub fn new() -> Self {
        todo!("7.2: the five layers")
    }

    /// The convolutional part: from images \[N, 1, 28, 28\] to features \[N, 16, 5, 5\], by convolution, ReLU and max
    /// pooling with 2 × 2 windows, twice.
    pub fn features(&self, x: &Tensor<T>) -> Tensor<T> {
        todo!("7.3: convolution, ReLU and pooling, twice")
    }
}

impl<T: Float> Module<T> for LeNet5<T> {
    /// From images \[N, 1, 28, 28\] to ten logits each, \[N, 10\]: the features of each image in a row, then three
    /// linear layers with ReLU between them. Logits may have any sign.
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        todo!("7.4: the features in a row, and the three linear layers")
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        v.module("conv1", &self.conv1);
        v.module("conv2", &self.conv2);
        v.module("linear1", &self.linear1);
        v.module("linear2", &self.linear2);
        v.module("linear3", &self.linear3);
    }
}
