//! Augmentations to look at.

use data::Photos;
use lab_04_regularization::{
    ColorJitter, Compose, Cutout, RandomResizedCrop, Region, Transform, add_noise, augment, gaussian_blur,
    grayscale, hflip, quarter_turns, resized_crop, sobel,
};
use plots::{Figure, Image, Images};
use tensor::Tensor;
use tensor::random::{self, Generator};

use crate::remedies::digit_augmentation;

/// How many pixels the pictures of the cat have in each direction.
const SIDE: usize = 128;

/// The cat in 128 × 128 pixels: blurred before it is made smaller, for every second pixel alone would show jagged
/// whiskers.
pub(crate) fn cat(photos: &Photos) -> Tensor {
    let image = gaussian_blur(&photos.chelsea.tensor(), 0.8);
    resized_crop(&image, &Region { top: 0, left: 80, height: 290, width: 290 }, [SIDE, SIDE])
}

/// The ten panels of the lecture: names, and what makes them.
pub(crate) fn panels() -> Vec<(&'static str, Box<dyn Transform>)> {
    let crop = RandomResizedCrop { size: [SIDE, SIDE], scale: (0.2, 0.6), ratio: (0.75, 1.33) };
    let jitter = ColorJitter { brightness: 0.4, contrast: 0.4, saturation: 0.9 };
    vec![
        ("original", Box::new(Compose::new())),
        ("crop and resize", Box::new(crop)),
        ("crop, resize, flip", Box::new(Compose::new().then(crop).then(hflip))),
        ("colours dropped", Box::new(grayscale)),
        ("colours jittered", Box::new(jitter)),
        ("a quarter turn", Box::new(|image: &Tensor| quarter_turns(image, 1))),
        ("cutout", Box::new(Cutout { size: 50 })),
        ("Gaussian noise", Box::new(|image: &Tensor| add_noise(image, 0.12))),
        ("Gaussian blur", Box::new(|image: &Tensor| gaussian_blur(image, 2.5))),
        ("Sobel", Box::new(|image: &Tensor| (sobel(image) * 4.0).clamp(0.0, 1.0))),
    ]
}

/// The panels on an image \[3, H, W\].
pub(crate) fn grid(title: &str, image: &Tensor, width: f64) -> plots::Result<Figure> {
    let pictures = panels().into_iter().enumerate().map(|(index, (name, transform))| {
        let version = random::with(Generator::seed(index as u64 + 40), || transform.apply(image));
        picture(&version, name)
    });
    let pictures = pictures.collect::<plots::Result<Vec<_>>>()?;
    Ok(Images::new(title).images(pictures).columns(5).cell_width(width).figure())
}

/// Digits \[N, 1, 28, 28\] and, in each row, versions of one that the networks learn from.
pub(crate) fn digit_versions(title: &str, digits: &Tensor, width: f64) -> plots::Result<Figure> {
    let versions = 9;
    let transform = digit_augmentation();
    let mut pictures = Vec::new();
    for (index, digit) in digits.unbind(0).iter().enumerate() {
        let copies = digit.unsqueeze(0).expand([versions, 1, 28, 28]);
        let others = random::with(Generator::seed(index as u64), || augment(&transform, &copies));
        pictures.push(picture(digit, if index == 0 { "original" } else { "" })?);
        for other in others.unbind(0) {
            pictures.push(picture(&other, "")?);
        }
    }
    Ok(Images::new(title).images(pictures).columns(versions + 1).cell_width(width).figure())
}

/// An image \[C, H, W\] with a caption.
pub(crate) fn picture(image: &Tensor, caption: &str) -> plots::Result<Image> {
    let [channels, height, width] = image.dims();
    let picture = match channels {
        1 => Image::gray(height, width, &image.to_vec())?,
        _ => Image::rgb(height, width, &image.to_vec())?,
    };
    Ok(if caption.is_empty() { picture } else { picture.caption(caption) })
}
