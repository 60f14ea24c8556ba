//! Convolution as the lecture draws it: a localized weighted sum, written as seven nested loops.
//!
//! It is slow and easy to trust. Everything faster is compared with it.

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
    // BEGIN SOLUTION 2.1: the weighted sum at every image, output channel and place; x.get([n, c, i, j]) reads a number
    //> let mut y: Vec<T> = Vec::with_capacity(batch * out_channels * oh * ow);
    let mut y: Vec<T> = Vec::with_capacity(batch * out_channels * oh * ow);
    for n in 0..batch {
        for o in 0..out_channels {
            let first = o / outputs * inputs;
            for i in 0..oh {
                for j in 0..ow {
                    let mut sum = bias.get([o]);
                    for c in 0..inputs {
                        for a in 0..kh {
                            let Some(row) = window.source(0, i, a, height) else { continue };
                            for b in 0..kw {
                                let Some(column) = window.source(1, j, b, width) else { continue };
                                sum += weight.get([o, c, a, b]) * x.get([n, first + c, row, column]);
                            }
                        }
                    }
                    y.push(sum);
                }
            }
        }
    }
    Tensor::from_vec(y, [batch, out_channels, oh, ow])
    // END SOLUTION
}
