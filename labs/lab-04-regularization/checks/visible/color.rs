//! Step 7: changing colours.

use grading::prelude::*;
use tensor::Tensor;

use crate::cases::{Lab, photographs};
use crate::contract::Contract;

/// Factors from 0 to 2, in tenths.
fn factors() -> impl Strategy<Value = f64> {
    (0..=20_u32).prop_map(|tenths| f64::from(tenths) / 10.0)
}

/// Two photographs of the same shape.
fn pairs() -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>)> {
    photographs().prop_flat_map(|image| {
        let other = tensors(image.shape()).prop_map(|image| (image + 1.0) * 0.5);
        (Just(image), other)
    })
}

/// The image with this grey in each channel, pixel by pixel.
fn gray(image: &Tensor<f64>, weights: [f64; 3]) -> Tensor<f64> {
    Tensor::from_fn(image.shape(), |at| {
        if image.size(0) == 1 {
            return image.get([0, at[1], at[2]]);
        }
        weights.iter().enumerate().map(|(c, weight)| weight * image.get([c, at[1], at[2]])).sum()
    })
}

const LUMA: [f64; 3] = [0.299, 0.587, 0.114];

/// A mixture, number by number.
pub(crate) fn mixed(image: &Tensor<f64>, other: impl Fn(&[usize]) -> f64, factor: f64) -> Tensor<f64> {
    Tensor::from_fn(image.shape(), |at| {
        let pixel = image.get([at[0], at[1], at[2]]);
        (factor * pixel + (1.0 - factor) * other(at)).clamp(0.0, 1.0)
    })
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("gray_is_the_brightness_in_every_channel", "7")
            .law("All channels become 0.299·R + 0.587·G + 0.114·B; an image with one channel stays as it is.")
            .points(2)
            .hints([
                "The result has as many channels as the image: networks want three.",
                "Multiply by the weights in the shape [3, 1, 1], sum over the channels keeping the dimension, and expand.",
                "(image * luma).sum_keepdim(0).expand([3, height, width]).contiguous()",
            ])
            .property(photographs(), |lab: Lab, image: &Tensor<f64>| {
                let got = lab.grayscale(image.clone())?;
                expect::close("the image in grey", &got, &gray(image, LUMA), Tolerance::sum_of(4))
                    .suspect("the three channels count alike", || gray(image, [1.0 / 3.0; 3]))
                    .suspect("the channels are not weighted", || gray(image, [1.0; 3]))?;
                Ok(())
            }),
        Check::new("blend_goes_from_one_image_to_the_other", "7")
            .law("blend = factor·image + (1 − factor)·other, cut off at 0 and 1.")
            .hints([
                "What is the blend for the factors 0, 1 and ½?",
                "Beyond 1 numbers may leave [0, 1]; `clamp` brings them back.",
                "(image * factor + other * (1.0 - factor)).clamp(0.0, 1.0)",
            ])
            .property(
                (pairs(), factors()),
                |lab: Lab, ((image, other), factor): &((Tensor<f64>, Tensor<f64>), f64)| {
                    let got = lab.blend(image.clone(), other.clone(), *factor)?;
                    let pixel = |at: &[usize]| other.get([at[0], at[1], at[2]]);
                    // Two products and a sum of numbers up to 2.
                    let tolerance = Tolerance::sum_of(4).times(2.0);
                    expect::close("the blend", &got, &mixed(image, pixel, *factor), tolerance)
                        .suspect("the two images have exchanged their shares", || {
                            mixed(image, pixel, 1.0 - factor)
                        })
                        .suspect("it is not cut off at 0 and 1", || image * *factor + other * (1.0 - factor))?;
                    Ok(())
                },
            ),
        Check::new("contrast_is_about_the_mean_brightness", "7")
            .law("Contrast mixes with the mean of the image in grey: a factor of 0 leaves one grey, 1 the image.")
            .points(2)
            .hints([
                "An image without any contrast has one brightness everywhere. Which one?",
                "The mean over all pixels of `grayscale(image)` is a scalar; `blend` broadcasts it.",
                "blend(image, &grayscale(image).mean(..), factor)",
            ])
            .property((photographs(), factors()), |lab: Lab, (image, factor): &(Tensor<f64>, f64)| {
                let got = lab.adjust_contrast(image.clone(), *factor)?;
                let brightness = crate::cases::mean(&gray(image, LUMA).to_vec());
                let tolerance = Tolerance::sum_of(image.numel() + 8).times(2.0);
                expect::close("the image", &got, &mixed(image, |_| brightness, *factor), tolerance)
                    .suspect("the mean of all numbers is not the mean brightness: green counts more than blue", || {
                        mixed(image, |_| crate::cases::mean(&image.to_vec()), *factor)
                    })
                    .suspect("it mixes with black, which is brightness", || mixed(image, |_| 0.0, *factor))
                    .suspect("it mixes with ½", || mixed(image, |_| 0.5, *factor))
                    .suspect("it mixes with the image in grey, which is saturation", || {
                        let gray = gray(image, LUMA);
                        mixed(image, |at| gray.get([at[0], at[1], at[2]]), *factor)
                    })?;
                Ok(())
            }),
        Check::new("saturation_keeps_the_brightness", "7")
            .law("Saturation mixes with the image in grey, pixel by pixel; what is grey already stays as it is.")
            .hints([
                "An image without any saturation is grey. Which grey?",
                "Each pixel mixes with its own brightness, not with that of the whole image.",
                "blend(image, &grayscale(image), factor)",
            ])
            .property((photographs(), factors()), |lab: Lab, (image, factor): &(Tensor<f64>, f64)| {
                let got = lab.adjust_saturation(image.clone(), *factor)?;
                let gray = gray(image, LUMA);
                let right = mixed(image, |at| gray.get([at[0], at[1], at[2]]), *factor);
                expect::close("the image", &got, &right, Tolerance::sum_of(8).times(2.0))
                    .suspect("it mixes with the mean brightness, which is contrast", || {
                        mixed(image, |_| crate::cases::mean(&gray.to_vec()), *factor)
                    })?;
                Ok(())
            }),
    ]
}
