//! Images as columns: every window becomes a column of a matrix, so that a convolution becomes a matrix product.
//!
//! The trick is as old as fast convolutions on ordinary hardware (Chellapilla, Puri and Simard, *High Performance
//! Convolutional Neural Networks for Document Processing*, 2006). It repeats every number as often as windows see it,
//! and is still quicker than loops, because matrix products are what processors and their libraries do best.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::{Float, Tensor};

use crate::Window;

/// The windows of images `x` \[N, C, H, W\] as the columns of matrices \[N, C·kh·kw, OH·OW\]:
///
/// columns\[n, (c·kh + a)·kw + b, i·OW + j\] = x\[n, c, i·s + a·d − p, j·s + b·d − p\], or 0 in the padding.
///
/// Column (i, j) is the patch under the window at that place; row (c, a, b) is what one tap sees, from place to
/// place.
///
/// # Panics
/// If `x` has not four dimensions or is smaller than the window.
pub fn im2col<T: Float>(x: &Tensor<T>, window: &Window) -> Tensor<T> {
    let [batch, channels, height, width] = x.dims();
    let [oh, ow] = window.output_shape([height, width]);
    let [kh, kw] = window.kernel;
    let x = x.as_slice();
    let mut columns = Tensor::zeros([batch, channels * kh * kw, oh * ow]);
    let mut rows = columns.data_mut().chunks_exact_mut(oh * ow);
    for plane in x.chunks_exact(height * width) {
        // kh·kw rows for each plane, in the order of the taps: rows.next()
    }
    todo!("3.1: for every plane of x and every tap, copy what the tap sees into one row of the columns");
    columns
}

/// The adjoint of [`im2col`]: adds every entry of `columns` \[N, C·kh·kw, OH·OW\] to the place of the images
/// \[N, C, H, W\] that it would have been copied from. What would have come from the padding is dropped.
///
/// It is not the inverse: a place that several windows see gets the sum of what they hold.
///
/// # Panics
/// If the columns do not belong to images of this shape.
pub fn col2im<T: Float>(columns: &Tensor<T>, shape: [usize; 4], window: &Window) -> Tensor<T> {
    let [batch, channels, height, width] = shape;
    let [oh, ow] = window.output_shape([height, width]);
    let [kh, kw] = window.kernel;
    assert!(
        columns.shape() == [batch, channels * kh * kw, oh * ow],
        "columns of shape {:?} do not belong to images of shape {shape:?}, which have [{batch}, {}, {}]",
        columns.shape(),
        channels * kh * kw,
        oh * ow
    );
    let columns = columns.as_slice();
    let mut x = Tensor::zeros(shape);
    let mut rows = columns.chunks_exact(oh * ow);
    todo!("3.2: the loops of im2col, with the copy turned round into a sum");
    x
}

/// Copies every `stride`-th number of `from` to all of `to`: to\[j\] = from\[j·stride\].
fn copy<T: Float>(to: &mut [T], from: &[T], stride: usize) {
    if stride == 1 {
        to.copy_from_slice(&from[..to.len()]);
    } else {
        to.iter_mut().zip(from.iter().step_by(stride)).for_each(|(to, from)| *to = *from);
    }
}

/// Adds all of `from` to every `stride`-th number of `to`: to\[j·stride\] += from\[j\].
fn add<T: Float>(to: &mut [T], from: &[T], stride: usize) {
    if stride == 1 {
        to.iter_mut().zip(from).for_each(|(to, from)| *to += *from);
    } else {
        to.iter_mut().step_by(stride).zip(from).for_each(|(to, from)| *to += *from);
    }
}
