//! Augmentation with torchvision's names: a batch in which every image is another version of itself.
//!
//! Lab 04 writes these transforms for one image, in the words of its formulas; here they are built to keep up with a
//! network. Images are changed in place and in parallel. The random numbers of an image follow from the seed of the
//! batch and the image's place in it, so the result does not depend on the number of threads.
//!
//! ```
//! use data::Photos;
//! use data::transforms::{ColorJitter, Compose, RandomHorizontalFlip, RandomResizedCrop, Transform};
//!
//! let transform = Compose::new()
//!     .then(RandomResizedCrop::new([96, 96]))
//!     .then(RandomHorizontalFlip { p: 0.5 })
//!     .then(ColorJitter { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 });
//! let cat = Photos::load()?.chelsea.tensor().unsqueeze(0);
//! let versions = transform.batch(&cat.expand([8, 3, 300, 451]), 0);
//! assert_eq!(versions.shape(), [8, 3, 96, 96]);
//! # Ok::<(), data::DataError>(())
//! ```

mod color;
mod filter;
mod geometry;
#[cfg(test)]
mod tests;

use rand_distr::StandardUniform;
use rayon::prelude::*;
use tensor::{Generator, Tensor, random};

use crate::Dataset;

pub use color::{ColorJitter, Normalize, RandomGrayscale};
pub use filter::{GaussianBlur, GaussianNoise};
pub use geometry::{
    RandomCrop, RandomErasing, RandomHorizontalFlip, RandomResizedCrop, RandomRotation, RandomVerticalFlip,
    Resize,
};

/// An image that is being changed: C × H × W numbers, mostly from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    pixels: Vec<f32>,
    shape: [usize; 3],
}

impl Image {
    /// An image of C × H × W numbers, channel by channel and row by row.
    ///
    /// # Panics
    /// If there are not as many numbers as the shape says.
    #[track_caller]
    pub fn new(pixels: Vec<f32>, shape: [usize; 3]) -> Self {
        let needed: usize = shape.iter().product();
        assert!(pixels.len() == needed, "{} numbers do not fill an image of shape {shape:?}", pixels.len());
        Self { pixels, shape }
    }

    /// Channels, height, width.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The numbers, channel by channel and row by row.
    pub fn pixels(&self) -> &[f32] {
        &self.pixels
    }

    /// The numbers, to be changed.
    pub fn pixels_mut(&mut self) -> &mut [f32] {
        &mut self.pixels
    }

    /// The channels, each H × W numbers.
    fn planes(&self) -> impl Iterator<Item = &[f32]> {
        self.pixels.chunks_exact((self.shape[1] * self.shape[2]).max(1))
    }
}

/// Something that makes another version of an image, perhaps another one each time.
///
/// A function of an image and a generator is one.
pub trait Transform: Send + Sync {
    /// Changes an image; all chance comes from the generator.
    fn apply(&self, image: &mut Image, generator: &mut Generator);

    /// A batch [N, C, H, W], each image transformed for itself, with random numbers that follow from the seed and the
    /// image's place.
    ///
    /// # Panics
    /// If `images` has not four dimensions, or the new images differ in shape.
    #[track_caller]
    fn batch(&self, images: &Tensor, seed: u64) -> Tensor {
        let [n, channels, height, width] = images.dims();
        if n == 0 {
            return images.clone();
        }
        let pixels = images.as_slice();
        let size = channels * height * width;
        let versions: Vec<Image> = (0..n)
            .into_par_iter()
            .map(|place| {
                let pixels = pixels[place * size..(place + 1) * size].to_vec();
                let mut image = Image::new(pixels, [channels, height, width]);
                self.apply(&mut image, &mut Generator::seed(mix(mix(seed) ^ place as u64)));
                image
            })
            .collect();
        let shape @ [channels, height, width] = versions[0].shape;
        let mut numbers = Vec::with_capacity(n * shape.iter().product::<usize>());
        for version in versions {
            assert!(
                version.shape == shape,
                "images of shapes {shape:?} and {:?} make no batch; end with a Resize",
                version.shape
            );
            numbers.extend_from_slice(&version.pixels);
        }
        Tensor::from_vec(numbers, [n, channels, height, width])
    }
}

impl<F: Fn(&mut Image, &mut Generator) + Send + Sync> Transform for F {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        self(image, generator);
    }
}

/// Scatters neighbouring numbers over all 64 bits. The last step of SplitMix64 (Steele, Lea, Flood, 2014).
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A number from [low, high).
fn uniform(generator: &mut Generator, low: f64, high: f64) -> f64 {
    low + (high - low) * generator.uniform()
}

/// Several transforms, one after the other.
#[derive(Default)]
pub struct Compose {
    transforms: Vec<Box<dyn Transform>>,
}

impl Compose {
    /// No transform yet.
    pub fn new() -> Self {
        Self { transforms: Vec::new() }
    }

    /// With one more transform at the end.
    #[must_use]
    pub fn then(mut self, transform: impl Transform + 'static) -> Self {
        self.transforms.push(Box::new(transform));
        self
    }
}

impl Transform for Compose {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        self.transforms.iter().for_each(|transform| transform.apply(image, generator));
    }
}

/// A transform that is applied with a probability.
pub struct RandomApply {
    p: f64,
    transform: Box<dyn Transform>,
}

impl RandomApply {
    /// Applies `transform` with probability `p`.
    ///
    /// # Panics
    /// If `p` is no probability.
    #[track_caller]
    pub fn new(p: f64, transform: impl Transform + 'static) -> Self {
        assert!((0.0..=1.0).contains(&p), "RandomApply: {p} is no probability");
        Self { p, transform: Box::new(transform) }
    }
}

impl Transform for RandomApply {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        if generator.uniform() < self.p {
            self.transform.apply(image, generator);
        }
    }
}

/// A set whose images are new versions whenever they are asked for; the labels stay.
///
/// The seed of each batch comes from the current generator ([`tensor::manual_seed`]), which a training's checkpoint
/// holds: a training that was interrupted goes on with the very versions it would have seen.
///
/// ```
/// use data::transforms::{Augmented, RandomCrop};
/// use data::{Batches, FashionMnist};
///
/// let train = FashionMnist::load()?.standardized().train;
/// let train = Augmented::new(&train, RandomCrop { size: [28, 28], padding: 2 });
/// let (images, _) = Batches::of(&train, 64).shuffled(0).epoch(0).next().unwrap();
/// assert_eq!(images.shape(), [64, 1, 28, 28]);
/// # Ok::<(), data::DataError>(())
/// ```
pub struct Augmented<'a, D> {
    set: &'a D,
    transform: Box<dyn Transform>,
}

impl<'a, D> Augmented<'a, D> {
    /// The set, with this transform on every image.
    pub fn new(set: &'a D, transform: impl Transform + 'static) -> Self {
        Self { set, transform: Box::new(transform) }
    }
}

impl<D: Dataset<Batch = (Tensor, Vec<usize>)>> Dataset for Augmented<'_, D> {
    type Batch = D::Batch;

    fn len(&self) -> usize {
        self.set.len()
    }

    fn batch(&self, indices: &[usize]) -> Self::Batch {
        let (images, labels) = self.set.batch(indices);
        let seed = random::draw(|generator| generator.sample(&StandardUniform));
        (self.transform.batch(&images, seed), labels)
    }
}
