//! Convolution as a matrix product, forward and backward.
//!
//! With the windows as columns ([`im2col`]), all output channels at all places are one product Y = W·X per image. Its
//! gradient has the two products of every linear layer, dX = Wᵀ·dY and dW = dY·Xᵀ, and [`col2im`] brings dX back
//! from columns to an image.
//!
//! Groups are a batch of smaller products: the rows of the columns are ordered by channel, so that cutting them into G
//! pieces cuts the channels into G groups.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::{Backward, Float, Grads, Op, Tensor, no_grad};

use crate::{Sizes, Window, col2im, im2col};

/// The convolution of images `x` \[N, C, H, W\] with kernels `weight` \[O, C/G, kh, kw\], plus `bias` \[O\]: what
/// [`conv2d_direct`](crate::conv2d_direct) computes, faster and with a gradient.
///
/// # Panics
/// If the shapes do not fit together.
#[track_caller]
pub fn conv2d<T: Float>(
    x: &Tensor<T>,
    weight: &Tensor<T>,
    bias: &Tensor<T>,
    window: &Window,
    groups: usize,
) -> Tensor<T> {
    let sizes = Sizes::of(x, weight, bias, window, groups);
    let convolution = Convolution::new(x, weight, window, sizes);
    let y = convolution.forward(&bias.detach());
    y.record(&[x, weight, bias], || convolution)
}

/// The convolution as an operation of the graph: what the forward pass saves, and the backward pass.
///
/// With K = C/G·kh·kw (the taps of one group) and P = OH·OW (the places of the window):
struct Convolution<T: Float> {
    /// W: \[G, O/G, K\]
    weight: Tensor<T>,
    /// X: \[N, G, K, P\]
    columns: Tensor<T>,
    window: Window,
    sizes: Sizes,
}

impl<T: Float> Convolution<T> {
    fn new(x: &Tensor<T>, weight: &Tensor<T>, window: &Window, sizes: Sizes) -> Self {
        let Sizes { batch, channels, out_channels, out_image: [oh, ow], groups, .. } = sizes;
        let [kh, kw] = window.kernel;
        let taps = channels / groups * kh * kw;
        Convolution {
            weight: weight.detach().reshape([groups, out_channels / groups, taps]),
            columns: im2col(x, window).reshape([batch, groups, taps, oh * ow]),
            window: *window,
            sizes,
        }
    }

    /// Y = W·X + b, as images \[N, O, OH, OW\].
    fn forward(&self, bias: &Tensor<T>) -> Tensor<T> {
        let Sizes { batch, out_channels, out_image: [oh, ow], .. } = self.sizes;
        todo!("4.1: the matrix product, cut into images again, plus one number for every output channel")
    }

    /// The gradient of the images \[N, C, H, W\] from that of the product, `dy` \[N, G, O/G, P\]:
    /// dx = col2im(Wᵀ·dY).
    fn images_gradient(&self, dy: &Tensor<T>) -> Tensor<T> {
        let Sizes { batch, channels, image: [height, width], out_image: [oh, ow], .. } = self.sizes;
        let [kh, kw] = self.window.kernel;
        todo!("4.2: the gradient of the columns, and from the columns to the images")
    }

    /// The gradient of the kernels \[O, C/G, kh, kw\]: dW = Σₙ dYₙ·Xₙᵀ, summed over the images of the batch.
    fn weight_gradient(&self, dy: &Tensor<T>) -> Tensor<T> {
        let Sizes { channels, out_channels, groups, .. } = self.sizes;
        let [kh, kw] = self.window.kernel;
        todo!("4.3: one product for every image, summed over the batch, in the shape of the kernels")
    }

    /// The gradient of the bias \[O\]: b\[o\] is added at every place of every image.
    fn bias_gradient(&self, dy: &Tensor<T>) -> Tensor<T> {
        let out_channels = self.sizes.out_channels;
        todo!("4.4: the sum of dy over the images and the places")
    }
}

impl<T: Float> Op<T> for Convolution<T> {
    fn name(&self) -> &'static str {
        "Conv2d"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let Sizes { batch, out_channels, out_image: [oh, ow], groups, .. } = self.sizes;
        let dy = cx.dy.detach().reshape([batch, groups, out_channels / groups, oh * ow]);
        // Bare numbers, not to be differentiated again: the saved columns do not know which images they come from.
        no_grad(|| {
            vec![
                cx.needs(0).then(|| self.images_gradient(&dy)),
                cx.needs(1).then(|| self.weight_gradient(&dy)),
                cx.needs(2).then(|| self.bias_gradient(&dy)),
            ]
        })
    }
}
