//! Changing colours: brightness, contrast, saturation, and none at all. An image is a tensor \[C, H, W\] of numbers from
//! 0 to 1, with three channels (red, green, blue) or one (grey).
//!
//! Brightness, contrast and saturation are one idea: mix the image with something poorer (black, its own mean grey,
//! itself in grey). More than all of the image means away from the poorer one, which exaggerates what it lacks
//! (Haeberli and Voorhies, *Image Processing by Linear Interpolation and Extrapolation*, 1994).

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::{Float, Tensor};

/// How bright red, green and blue seem to the eye, for the colours of television (ITU-R BT.601).
pub(crate) const LUMA: [f64; 3] = [0.299, 0.587, 0.114];

/// The image without colours: every channel becomes the brightness 0.299·R + 0.587·G + 0.114·B. An image with one
/// channel stays as it is.
///
/// # Panics
/// If the image has neither one nor three channels.
pub fn grayscale<T: Float>(image: &Tensor<T>) -> Tensor<T> {
    let [channels, height, width] = image.dims();
    assert!(
        channels == 1 || channels == 3,
        "grayscale: an image of shape {:?} has neither one nor three channels",
        image.shape()
    );
    todo!("7.1: the weighted sum over the channels, three times; one channel stays")
}

/// A mixture: factor·image + (1 − factor)·other, cut off at 0 and 1. The other image may be broadcast.
///
/// A factor of 1 gives the image and 0 the other one; beyond 1 the image moves away from the other one.
pub fn blend<T: Float>(image: &Tensor<T>, other: &Tensor<T>, factor: f64) -> Tensor<T> {
    todo!("7.2: the mixture, between 0 and 1")
}

/// The image with so many times its brightness: mixed with black.
pub fn adjust_brightness<T: Float>(image: &Tensor<T>, factor: f64) -> Tensor<T> {
    blend(image, &Tensor::scalar(0.0), factor)
}

/// The image with so many times its contrast: mixed with the mean of its [`grayscale`], one number for all pixels.
pub fn adjust_contrast<T: Float>(image: &Tensor<T>, factor: f64) -> Tensor<T> {
    todo!("7.3: mix with the mean brightness")
}

/// The image with so many times its saturation: mixed with its [`grayscale`].
pub fn adjust_saturation<T: Float>(image: &Tensor<T>, factor: f64) -> Tensor<T> {
    todo!("7.4: mix with the image in grey")
}
