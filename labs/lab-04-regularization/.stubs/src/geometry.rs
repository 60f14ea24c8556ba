//! Moving pixels: flips, turns, crops, rotations, and a hole. An image is a tensor \[C, H, W\].
//!
//! Flips and quarter turns only rearrange pixels. Crops that are made larger, and rotations by other angles, ask for
//! the image between its pixels, which bilinear interpolation answers. In both cases one goes through the pixels of
//! the *result* and asks where each comes from; the other way round would leave holes.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use serde::{Deserialize, Serialize};
use tensor::{Float, Tensor};

/// A rectangle of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Its first row.
    pub top: usize,
    /// Its first column.
    pub left: usize,
    /// How many rows it has.
    pub height: usize,
    /// How many columns it has.
    pub width: usize,
}

impl Region {
    #[track_caller]
    fn check<T: Float>(&self, image: &Tensor<T>) {
        let [_, height, width] = image.dims();
        assert!(
            self.top + self.height <= height && self.left + self.width <= width,
            "{self:?} reaches over the edge of an image of shape {:?}",
            image.shape()
        );
    }
}

/// The image in a mirror: left and right exchanged.
pub fn hflip<T: Float>(image: &Tensor<T>) -> Tensor<T> {
    todo!("6.1: the columns in the opposite order")
}

/// The image turned by `turns` quarters, counter-clockwise: an image of H × W pixels has W × H after an odd number.
pub fn quarter_turns<T: Float>(image: &Tensor<T>, turns: usize) -> Tensor<T> {
    todo!("6.2: a quarter turn is a transposition and a flip; how do two and three look?")
}

/// The brightness between the pixels of a plane of `height` × `width` numbers, row by row: the four pixels around the
/// place count by how near they are. Outside the plane everything is 0.
///
/// With row = i + u and column = j + v, where i and j are whole and 0 ≤ u, v < 1:
///
/// (1−u)(1−v)·p\[i, j\] + (1−u)v·p\[i, j+1\] + u(1−v)·p\[i+1, j\] + uv·p\[i+1, j+1\].
pub fn bilinear<T: Float>(plane: &[T], [height, width]: [usize; 2], row: f64, column: f64) -> T {
    let pixel = |i: f64, j: f64| -> T {
        let inside = i >= 0.0 && j >= 0.0 && i < height as f64 && j < width as f64;
        if inside { plane[i as usize * width + j as usize] } else { T::zero() }
    };
    let (i, j) = (row.floor(), column.floor());
    todo!("6.3: the four pixels around (row, column), each with its weight")
}

/// An image of `size` (height, width) whose pixels are looked up in `image`: `source(i, j)` is the row and column that
/// pixel (i, j) comes from.
fn resample<T: Float>(
    image: &Tensor<T>,
    [height, width]: [usize; 2],
    source: impl Fn(f64, f64) -> (f64, f64),
) -> Tensor<T> {
    let [channels, rows, columns] = image.dims();
    let pixels = image.as_slice();
    let mut values = Vec::with_capacity(channels * height * width);
    for plane in pixels.chunks_exact(rows * columns) {
        for i in 0..height {
            for j in 0..width {
                let (row, column) = source(i as f64, j as f64);
                values.push(bilinear(plane, [rows, columns], row, column));
            }
        }
    }
    Tensor::from_vec(values, [channels, height, width])
}

/// A region of the image, made as large as `size` (height, width).
///
/// Pixels are squares, and their values belong to the squares' middles: the middle of pixel i is at i + ½. So pixel i of
/// H' pixels comes from the row top + (i + ½)·h/H' − ½, where h is the height of the region; columns likewise. Rows and
/// columns beyond the middle of the region's outermost pixels are moved there.
///
/// # Panics
/// If the region is empty or reaches over the edge.
#[track_caller]
pub fn resized_crop<T: Float>(image: &Tensor<T>, region: &Region, size: [usize; 2]) -> Tensor<T> {
    region.check(image);
    assert!(region.height > 0 && region.width > 0, "resized_crop: {region:?} is empty");
    todo!("6.4: call `resample` with where pixel (i, j) comes from")
}

/// The image rotated about its middle by an angle in degrees, counter-clockwise, at the same size. What comes from
/// outside is 0.
///
/// With the distances y and x of a pixel from the middle ((H − 1)/2, (W − 1)/2), downwards and to the right, the pixel
/// comes from the distances y' = x·sin α + y·cos α and x' = x·cos α − y·sin α.
pub fn rotate<T: Float>(image: &Tensor<T>, degrees: f64) -> Tensor<T> {
    let [_, height, width] = image.dims();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (middle_row, middle_column) = ((height as f64 - 1.0) / 2.0, (width as f64 - 1.0) / 2.0);
    todo!("6.5: call `resample` with where pixel (i, j) comes from")
}

/// The image with a black hole (DeVries and Taylor, *Improved Regularization of Convolutional Neural Networks with
/// Cutout*, 2017): 0 in the region, in all channels, and unchanged elsewhere.
///
/// # Panics
/// If the region reaches over the edge.
#[track_caller]
pub fn cutout<T: Float>(image: &Tensor<T>, region: &Region) -> Tensor<T> {
    region.check(image);
    let [channels, height, width] = image.dims();
    let Region { top, left, height: rows, width: columns } = *region;
    let mut pixels = image.to_vec();
    todo!(
        "6.6: set the region's pixels of every channel to 0; pixel (i, j) of channel c is number (c·H + i)·W + j"
    );
    Tensor::from_vec(pixels, [channels, height, width])
}
