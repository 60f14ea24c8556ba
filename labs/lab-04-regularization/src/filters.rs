//! Noise, blur and edges. An image is a tensor \[C, H, W\].
//!
//! Both filters are separable: their two-dimensional kernels are products of one along the rows and one along the
//! columns, so two passes of k products each do the work of k².

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::{Float, Tensor};

/// The image with independent noise 𝒩(0, σ²) on every number, cut off at 0 and 1.
///
/// It draws from the current generator ([`tensor::manual_seed`]).
pub fn add_noise<T: Float>(image: &Tensor<T>, sigma: f64) -> Tensor<T> {
    todo!("8.1: add normal random numbers, then cut off")
}

/// The weighted sums along a dimension (1 for columns of pixels, 2 for rows), with an odd number of taps, the middle
/// one of which lies on the pixel itself:
///
/// y\[i\] = Σₜ taps\[t\]·x\[i + t − radius\], where radius = ⌊taps/2⌋.
///
/// Beyond the edge, the pixels on the edge go on. The size stays the same.
///
/// # Panics
/// If the number of taps is even.
pub fn correlate<T: Float>(image: &Tensor<T>, taps: &[f64], dim: usize) -> Tensor<T> {
    assert!(taps.len() % 2 == 1, "correlate: {} taps have no middle", taps.len());
    let radius = taps.len() / 2;
    let size = image.size(dim);
    let mut padding = [(0, 0); 3];
    padding[dim] = (radius, radius);
    let padded = image.pad_replicate(&padding);
    todo!("8.2: add up the padded image, shifted by t (`narrow`) and times taps[t]")
}

/// A bell curve to weight pixels by: exp(−t²/2σ²) for whole t from −r to r, where r = ⌈3σ⌉, divided by their sum.
pub fn gaussian_taps(sigma: f64) -> Vec<f64> {
    todo!("8.3: the values of the bell curve, which add up to 1")
}

/// The image blurred by a bell curve of standard deviation σ > 0, in pixels, in both directions.
pub fn gaussian_blur<T: Float>(image: &Tensor<T>, sigma: f64) -> Tensor<T> {
    todo!("8.4: weighted sums along both dimensions")
}

/// The edges of the image: how steep it is at each pixel, √(gx² + gy²), channel by channel.
///
/// The slope in one direction is (x\[i + 1\] − x\[i − 1\])/2, averaged across it with the weights ¼, ½, ¼: Sobel's
/// kernel (Sobel and Feldman, 1968), scaled so that a ramp has its slope.
pub fn sobel<T: Float>(image: &Tensor<T>) -> Tensor<T> {
    todo!("8.5: slopes along each dimension, averaged along the other, and the length of both")
}
