//! Transforms that change colours, pixel by pixel. They expect numbers from 0 to 1 and come before
//! [`Normalize`].

use tensor::Generator;

use super::{Image, Transform, uniform};

/// How bright red, green and blue seem to the eye (ITU-R BT.601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// The brightness of each pixel. A grey image is its own.
fn luma(image: &Image) -> Vec<f32> {
    let [channels, height, width] = image.shape;
    match channels {
        3 => {
            let area = height * width;
            let [red, green, blue] = [0, 1, 2].map(|c| &image.pixels[c * area..(c + 1) * area]);
            let weighted = |((r, g), b): ((&f32, &f32), &f32)| LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
            red.iter().zip(green).zip(blue).map(weighted).collect()
        }
        1 => image.pixels.clone(),
        _ => panic!("an image of shape {:?} has neither one nor three channels", image.shape),
    }
}

/// factor·image + (1 − factor)·other, cut off at 0 and 1; `other` is one number for each pixel of a channel.
fn blend(image: &mut Image, other: &[f32], factor: f64) {
    let (factor, rest) = (factor as f32, (1.0 - factor) as f32);
    for plane in image.pixels.chunks_exact_mut(other.len().max(1)) {
        for (pixel, other) in plane.iter_mut().zip(other) {
            *pixel = (factor * *pixel + rest * other).clamp(0.0, 1.0);
        }
    }
}

pub(super) fn adjust_brightness(image: &mut Image, factor: f64) {
    let factor = factor as f32;
    image.pixels.iter_mut().for_each(|pixel| *pixel = (factor * *pixel).clamp(0.0, 1.0));
}

pub(super) fn adjust_contrast(image: &mut Image, factor: f64) {
    let luma = luma(image);
    let mean = luma.iter().map(|&v| f64::from(v)).sum::<f64>() / luma.len().max(1) as f64;
    blend(image, &vec![mean as f32; luma.len()], factor);
}

pub(super) fn adjust_saturation(image: &mut Image, factor: f64) {
    blend(image, &luma(image), factor);
}

/// Turns the colours by a share of the whole circle, at the same value and saturation. Grey images have none.
pub(super) fn adjust_hue(image: &mut Image, turn: f64) {
    let [channels, height, width] = image.shape;
    if channels != 3 {
        return;
    }
    let (reds, others) = image.pixels.split_at_mut(height * width);
    let (greens, blues) = others.split_at_mut(height * width);
    for ((red, green), blue) in reds.iter_mut().zip(greens).zip(blues) {
        let (r, g, b) = (*red, *green, *blue);
        let (value, least) = (r.max(g).max(b), r.min(g).min(b));
        let chroma = value - least;
        if chroma == 0.0 {
            continue;
        }
        // Sixths of the circle, from red on.
        let hue = if value == r {
            (g - b) / chroma
        } else if value == g {
            2.0 + (b - r) / chroma
        } else {
            4.0 + (r - g) / chroma
        };
        let hue = (hue + 6.0 * turn as f32).rem_euclid(6.0);
        // Each channel falls from the value to the least where the hue is between 2 and 4 sixths away from it.
        let channel = |at: f32| {
            let away = (hue - at).rem_euclid(6.0);
            value - chroma * (2.0 - (away - 3.0).abs()).clamp(0.0, 1.0)
        };
        (*red, *green, *blue) = (channel(0.0), channel(2.0), channel(4.0));
    }
}

/// Brightness, contrast and saturation by factors from [1 − s, 1 + s), and the hue by a share of the circle from [−hue, hue),
/// in a random order.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ColorJitter {
    /// The strength s for the brightness, from 0 to 1.
    pub brightness: f64,
    /// The strength s for the contrast.
    pub contrast: f64,
    /// The strength s for the saturation.
    pub saturation: f64,
    /// The largest turn of the hue, from 0 to ½.
    pub hue: f64,
}

impl Transform for ColorJitter {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        let mut order = [0, 1, 2, 3];
        generator.shuffle(&mut order);
        for which in order {
            let strength = [self.brightness, self.contrast, self.saturation, self.hue][which];
            let change = uniform(generator, -strength, strength);
            if strength == 0.0 {
                continue;
            }
            match which {
                0 => adjust_brightness(image, 1.0 + change),
                1 => adjust_contrast(image, 1.0 + change),
                2 => adjust_saturation(image, 1.0 + change),
                _ => adjust_hue(image, change),
            }
        }
    }
}

/// The image without colours with probability `p`; the number of channels stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomGrayscale {
    /// The probability.
    pub p: f64,
}

impl Transform for RandomGrayscale {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        if generator.uniform() < self.p {
            let luma = luma(image);
            image.pixels.chunks_exact_mut(luma.len().max(1)).for_each(|plane| plane.copy_from_slice(&luma));
        }
    }
}

/// (x − mean)/std with numbers for each channel, the last of all transforms.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalize {
    /// Mean and standard deviation of each channel.
    pub mean_and_std: Vec<(f32, f32)>,
}

impl Transform for Normalize {
    /// # Panics
    /// If there are not as many pairs as channels.
    fn apply(&self, image: &mut Image, _: &mut Generator) {
        let [channels, height, width] = image.shape;
        assert!(
            self.mean_and_std.len() == channels,
            "Normalize: {} means and standard deviations for {channels} channels",
            self.mean_and_std.len()
        );
        let planes = image.pixels.chunks_exact_mut((height * width).max(1));
        for (plane, &(mean, std)) in planes.zip(&self.mean_and_std) {
            plane.iter_mut().for_each(|pixel| *pixel = (*pixel - mean) / std);
        }
    }
}
