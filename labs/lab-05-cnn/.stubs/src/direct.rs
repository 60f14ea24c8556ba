//! Convolution as the lecture draws it: a localized weighted sum, written as seven nested loops.
//!
//! It is slow and easy to trust. Everything faster is compared with it.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::{Float, Tensor};

use crate::{Sizes, Window};

/// The convolution of images `x` \[N, C, H, W\] with kernels `weight` \[O, C/G, kh, kw\], plus `bias` \[O\]:
///
/// y\[n, o, i, j\] = b\[o\] + Σ_c Σ_a Σ_b w\[o, c, a, b\] · x\[n, c₀ + c, i·s + a·d − p, j·s + b·d − p\]
///
/// where x is 0 outside the image. Output channels o and input channels are cut into G = `groups` equal groups, and
/// c₀ = (group of o)·C/G is the first input channel of the group that o belongs to; with one group c₀ = 0.
///
/// In the lecture's formula (x ∗ k)\[n\] = Σ x\[n − m\]·k\[m\] the kernel runs backwards; here, as in PyTorch and in every
/// other framework, it runs forwards. Strictly, this is a cross-correlation. The kernel is learned, so that it does
/// not matter which.
///
/// # Panics
/// If the shapes do not fit together.
pub fn conv2d_direct<T: Float>(
    x: &Tensor<T>,
    weight: &Tensor<T>,
    bias: &Tensor<T>,
    window: &Window,
    groups: usize,
) -> Tensor<T> {
    let Sizes { batch, channels, image: [height, width], out_channels, out_image: [oh, ow], .. } =
        Sizes::of(x, weight, bias, window, groups);
    let [kh, kw] = window.kernel;
    // How many channels each group has.
    let (inputs, outputs) = (channels / groups, out_channels / groups);
    let mut y: Vec<T> = Vec::with_capacity(batch * out_channels * oh * ow);
    todo!(
        "2.1: the weighted sum at every image, output channel and place; x.get([n, c, i, j]) reads a number"
    )
}
