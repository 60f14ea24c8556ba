//! Augmentation at random: every time a network sees an image, it sees another version of it.
//!
//! All chance comes from the current generator ([`tensor::manual_seed`]): the same seed gives the same versions.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::{Float, Tensor, random};

use crate::{Region, adjust_brightness, adjust_contrast, adjust_saturation, cutout, resized_crop, rotate};

/// Something that makes another version of an image \[C, H, W\], perhaps another one each time.
///
/// A function from image to image is one, so that `hflip` and `|image| gaussian_blur(image, 1.0)` can be used
/// wherever a transform is asked for.
pub trait Transform<T: Float = f32>: Send + Sync {
    /// The image's new version.
    fn apply(&self, image: &Tensor<T>) -> Tensor<T>;
}

impl<T: Float, F: Fn(&Tensor<T>) -> Tensor<T> + Send + Sync> Transform<T> for F {
    fn apply(&self, image: &Tensor<T>) -> Tensor<T> {
        self(image)
    }
}

/// A random number from \[low, high), by the current generator.
pub fn uniform(low: f64, high: f64) -> f64 {
    low + (high - low) * random::draw(|generator| generator.uniform())
}

/// Several transforms, one after the other, as torchvision's `Compose`.
///
/// ```
/// use lab_04_regularization::{Compose, Cutout, RandomApply, RandomResizedCrop, Transform, hflip};
/// use tensor::Tensor;
///
/// let transform = Compose::new()
///     .then(RandomResizedCrop { size: [24, 24], scale: (0.5, 1.0), ratio: (0.75, 1.33) })
///     .then(RandomApply::new(0.5, hflip))
///     .then(Cutout { size: 8 });
/// assert_eq!(transform.apply(&Tensor::ones([3, 32, 32])).shape(), [3, 24, 24]);
/// ```
#[derive(Default)]
pub struct Compose<T: Float = f32> {
    transforms: Vec<Box<dyn Transform<T>>>,
}

impl<T: Float> Compose<T> {
    /// No transform yet.
    pub fn new() -> Self {
        Compose { transforms: Vec::new() }
    }

    /// With one more transform at the end.
    #[must_use]
    pub fn then(mut self, transform: impl Transform<T> + 'static) -> Self {
        self.transforms.push(Box::new(transform));
        self
    }
}

impl<T: Float> Transform<T> for Compose<T> {
    /// The first transform sees the image, each other one what the transform before it made.
    fn apply(&self, image: &Tensor<T>) -> Tensor<T> {
        todo!("9.1: hand the image from transform to transform")
    }
}

/// A transform that is applied with probability `p`; otherwise the image stays as it is.
pub struct RandomApply<T: Float = f32> {
    p: f64,
    transform: Box<dyn Transform<T>>,
}

impl<T: Float> RandomApply<T> {
    /// Applies `transform` with probability `p`.
    ///
    /// # Panics
    /// If `p` is no probability.
    #[track_caller]
    pub fn new(p: f64, transform: impl Transform<T> + 'static) -> Self {
        assert!((0.0..=1.0).contains(&p), "RandomApply: {p} is no probability");
        RandomApply { p, transform: Box::new(transform) }
    }
}

impl<T: Float> Transform<T> for RandomApply<T> {
    fn apply(&self, image: &Tensor<T>) -> Tensor<T> {
        todo!("9.2: draw a number from [0, 1) by `uniform`: below p means apply")
    }
}

/// A random part of the image, made as large as `size` (Szegedy et al., *Going Deeper with Convolutions*, 2015).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomResizedCrop {
    /// Height and width of the result.
    pub size: [usize; 2],
    /// The smallest and largest share of the image's area.
    pub scale: (f64, f64),
    /// The smallest and largest ratio of the part's width to its height.
    pub ratio: (f64, f64),
}

impl RandomResizedCrop {
    /// A random region of an image of this height and width.
    ///
    /// Its area is uniform on `scale` times the image's area, and the *logarithm* of width/height uniform on the
    /// logarithms of `ratio`, so that 2:1 is as likely as 1:2. Height √(area/ratio) and width √(area·ratio) are
    /// rounded, to at least 1; if they fit into the image, the place is uniform on all that are possible. If they do
    /// not, draw again; after ten times without success the region is the whole image.
    pub fn draw(&self, height: usize, width: usize) -> Region {
        for _ in 0..10 {
            // A whole number below n: random::draw(|generator| generator.below(n))
        }
        todo!("9.3: an area and a ratio; height and width; if they fit, the place")
    }
}

impl<T: Float> Transform<T> for RandomResizedCrop {
    fn apply(&self, image: &Tensor<T>) -> Tensor<T> {
        let [_, height, width] = image.dims();
        resized_crop(image, &self.draw(height, width), self.size)
    }
}

/// A rotation by a random angle, uniform on \[−degrees, degrees).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomRotation {
    /// The largest angle.
    pub degrees: f64,
}

impl<T: Float> Transform<T> for RandomRotation {
    fn apply(&self, image: &Tensor<T>) -> Tensor<T> {
        rotate(image, uniform(-self.degrees, self.degrees))
    }
}

/// A square hole at a random place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutout {
    /// The length of its sides.
    pub size: usize,
}

impl Cutout {
    /// A random hole in an image of this height and width: a square around a pixel, each pixel with the same
    /// probability, cut off at the edge. It reaches from ⌊size/2⌋ pixels above and left of that pixel on.
    ///
    /// The pixel may lie at the edge, so that holes may be smaller: otherwise the middle of the image would be hidden
    /// much more often than its corners (DeVries and Taylor, 2017).
    pub fn draw(&self, height: usize, width: usize) -> Region {
        todo!("9.4: a pixel, and of the square around it what lies in the image")
    }
}

impl<T: Float> Transform<T> for Cutout {
    fn apply(&self, image: &Tensor<T>) -> Tensor<T> {
        let [_, height, width] = image.dims();
        cutout(image, &self.draw(height, width))
    }
}

/// Brightness, contrast and saturation by random factors, each uniform on \[1 − strength, 1 + strength).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColorJitter {
    /// The strength for the brightness, from 0 to 1.
    pub brightness: f64,
    /// The strength for the contrast.
    pub contrast: f64,
    /// The strength for the saturation.
    pub saturation: f64,
}

impl<T: Float> Transform<T> for ColorJitter {
    /// Three independent factors: first the brightness, then the contrast, then the saturation.
    fn apply(&self, image: &Tensor<T>) -> Tensor<T> {
        let factor = |strength: f64| uniform(1.0 - strength, 1.0 + strength);
        todo!("9.5: the three adjustments, one after the other, each with a factor of its own")
    }
}

/// A batch of images \[N, C, H, W\], each transformed for itself, with random numbers of its own.
///
/// # Panics
/// If the transform gives images of different shapes.
pub fn augment<T: Float>(transform: &dyn Transform<T>, images: &Tensor<T>) -> Tensor<T> {
    todo!("9.6: transform each image of the batch, and stack them again")
}
