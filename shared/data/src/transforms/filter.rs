//! Blur and noise.

use rand_distr::StandardNormal;
use tensor::Generator;

use super::{Image, Transform, uniform};

/// A blur by a bell curve whose standard deviation, in pixels, is uniform on [least, most). Beyond the edge the pixels on
/// it go on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaussianBlur {
    /// The smallest and largest standard deviation, above 0.
    pub sigma: (f64, f64),
}

impl Transform for GaussianBlur {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        *image = blurred(image, uniform(generator, self.sigma.0, self.sigma.1));
    }
}

/// The bell curve from −⌈3σ⌉ to ⌈3σ⌉, divided by its sum.
fn bell(sigma: f64) -> Vec<f32> {
    let radius = (3.0 * sigma).ceil() as i32;
    let values: Vec<f64> =
        (-radius..=radius).map(|t| libm::exp(-0.5 * (f64::from(t) / sigma).powi(2))).collect();
    let sum: f64 = values.iter().sum();
    values.iter().map(|value| (value / sum) as f32).collect()
}

/// The image blurred along its rows and along its columns.
pub(super) fn blurred(image: &Image, sigma: f64) -> Image {
    let taps = bell(sigma);
    let radius = taps.len() / 2;
    let [channels, height, width] = image.shape;
    let mut pixels = vec![0.0; channels * height * width];
    let mut padded = vec![0.0; width + 2 * radius];
    let mut rows = vec![0.0; height * width];
    for (plane, blurred) in image.planes().zip(pixels.chunks_exact_mut((height * width).max(1))) {
        for (old, new) in plane.chunks_exact(width).zip(rows.chunks_exact_mut(width)) {
            padded[..radius].fill(old[0]);
            padded[radius..radius + width].copy_from_slice(old);
            padded[radius + width..].fill(old[width - 1]);
            new.fill(0.0);
            for (t, tap) in taps.iter().enumerate() {
                new.iter_mut().zip(&padded[t..]).for_each(|(sum, pixel)| *sum += tap * pixel);
            }
        }
        for (i, new) in blurred.chunks_exact_mut(width).enumerate() {
            for (t, tap) in taps.iter().enumerate() {
                let from = (i + t).saturating_sub(radius).min(height - 1);
                let old = &rows[from * width..(from + 1) * width];
                new.iter_mut().zip(old).for_each(|(sum, pixel)| *sum += tap * pixel);
            }
        }
    }
    Image { pixels, shape: image.shape }
}

/// Independent noise 𝒩(0, σ²) on every number, cut off at 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaussianNoise {
    /// The standard deviation.
    pub sigma: f64,
}

impl Transform for GaussianNoise {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        let sigma = self.sigma as f32;
        for pixel in &mut image.pixels {
            let noise: f32 = generator.sample(&StandardNormal);
            *pixel = (*pixel + sigma * noise).clamp(0.0, 1.0);
        }
    }
}
