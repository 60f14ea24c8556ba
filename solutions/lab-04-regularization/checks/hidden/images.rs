//! Geometry, colours and filters.

use grading::prelude::*;
use lab_04_regularization::Region;
use tensor::Tensor;

use crate::cases::{Lab, images, images_with_regions, photographs, rearranged};
use crate::contract::Contract;
use crate::visible::{Correlation, correlated, correlations, edge, sigmas};

/// Bilinear interpolation as a sum over all pixels, each weighted by a tent of height 1 and width 2 around it.
fn tents(image: &Tensor<f64>, channel: usize, row: f64, column: f64) -> f64 {
    let [_, height, width] = image.dims();
    let tent = |distance: f64| (1.0 - distance.abs()).max(0.0);
    let places = (0..height).flat_map(|i| (0..width).map(move |j| (i, j)));
    places.map(|(i, j)| tent(row - i as f64) * tent(column - j as f64) * image.get([channel, i, j])).sum()
}

/// An image whose pixels come from these places.
fn resampled(image: &Tensor<f64>, size: [usize; 2], source: impl Fn(f64, f64) -> (f64, f64)) -> Tensor<f64> {
    Tensor::from_fn([image.size(0), size[0], size[1]], |at| {
        let (row, column) = source(at[1] as f64, at[2] as f64);
        tents(image, at[0], row, column)
    })
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("flips_and_turns_have_their_group", "6")
            .law("Mirror, turn, mirror is a turn the other way; two turns are both flips; any number of turns counts modulo 4.")
            .points(2)
            .hints(["Turn an image of 2 × 3 pixels by hand."])
            .property((images(), 0..=11_usize), |lab: Lab, (image, turns): &(Tensor<f64>, usize)| {
                let flipped = lab.hflip(image.clone())?;
                let there = lab.hflip(lab.quarter_turns(flipped, *turns)?)?;
                let back = lab.quarter_turns(image.clone(), 4 * 3 - turns)?;
                expect::close("mirror, turn, mirror", &there, &back, Tolerance::EXACT)?;
                let [_, height, width] = image.dims();
                let half = rearranged(image, [height, width], |i, j| [height - 1 - i, width - 1 - j]);
                expect::close("two quarter turns", &lab.quarter_turns(image.clone(), 2)?, &half, Tolerance::EXACT)?;
                let right = rearranged(image, [width, height], |i, j| [height - 1 - j, i]);
                expect::close("three quarter turns", &lab.quarter_turns(image.clone(), 3)?, &right, Tolerance::EXACT)?;
                Ok(())
            }),
        Check::new("bilinear_is_a_sum_of_tents", "6")
            .law("At any place, also beyond the edge, each pixel counts by the product of two tents.")
            .points(2)
            .cases(64)
            .hints(["At half a pixel outside, a pixel on the edge counts one half, and the outside is 0."])
            .property(
                (1..=4_usize, 1..=4_usize, -40..=100_i32, -40..=100_i32)
                    .prop_flat_map(|(h, w, row, column)| (tensors([1, h, w]), Just((row, column)))),
                |lab: Lab, (image, (row, column)): &(Tensor<f64>, (i32, i32))| {
                    let (row, column) = (f64::from(*row) / 16.0, f64::from(*column) / 16.0);
                    let plane = image.reshape([image.size(1), image.size(2)]);
                    let got = lab.bilinear(plane, row, column)?;
                    expect::close("the brightness", &got, &tents(image, 0, row, column), Tolerance::sum_of(12))?;
                    Ok(())
                },
            ),
        Check::new("resized_crops_of_any_image", "6")
            .law("A resized crop looks its pixels up between those of the region, and never beyond them.")
            .points(2)
            .hints(["What lies outside the region must not shine in: clamp to its outermost rows and columns."])
            .property(
                (images_with_regions(), [1..=7_usize, 1..=7]),
                |lab: Lab, ((image, region), size): &((Tensor<f64>, Region), [usize; 2])| {
                    let Region { top, left, height, width } = *region;
                    let along = |i: f64, start: usize, n: usize, m: usize| {
                        let place = (2.0 * i + 1.0) * n as f64 / (2.0 * m as f64) - 0.5;
                        start as f64 + place.clamp(0.0, n as f64 - 1.0)
                    };
                    let right = resampled(image, *size, |i, j| {
                        (along(i, top, height, size[0]), along(j, left, width, size[1]))
                    });
                    let got = lab.resized_crop(image.clone(), *region, *size)?;
                    expect::close("the resized crop", &got, &right, Tolerance::sum_of(40).times(6.0))?;
                    Ok(())
                },
            ),
        Check::new("rotations_of_any_image", "6")
            .law("A pixel at the distance d from the middle comes from the same distance, turned back by the angle.")
            .points(2)
            .hints(["The middle of 4 rows is 1.5. Rows count downwards."])
            .property((images(), -360..=360_i32), |lab: Lab, (image, degrees): &(Tensor<f64>, i32)| {
                let [_, height, width] = image.dims();
                let (down, along) = ((height - 1) as f64 / 2.0, (width - 1) as f64 / 2.0);
                let angle = f64::from(*degrees) * std::f64::consts::PI / 180.0;
                let right = resampled(image, [height, width], |i, j| {
                    // In polar coordinates, with the angle counted upwards from the right.
                    let (up, right) = (down - i, j - along);
                    let (distance, direction) = (up.hypot(right), up.atan2(right) - angle);
                    (down - distance * direction.sin(), along + distance * direction.cos())
                });
                let got = lab.rotate(image.clone(), f64::from(*degrees))?;
                expect::close("the rotated image", &got, &right, Tolerance::sum_of(60).times(16.0))?;
                Ok(())
            }),
        Check::new("holes_of_any_size", "6")
            .law("Two holes are one after the other, in any order, and what is outside of both is untouched.")
            .hints(["Only the region's pixels change."])
            .property(
                images_with_regions().prop_flat_map(|(image, first)| {
                    let [_, height, width] = image.dims();
                    let second = (0..=height, 0..=width).prop_map(move |(height, width)| Region { top: 0, left: 0, height, width });
                    (Just(image), Just(first), second)
                }),
                |lab: Lab, (image, first, second): &(Tensor<f64>, Region, Region)| {
                    let got = lab.cutout(lab.cutout(image.clone(), *first)?, *second)?;
                    let within = |region: &Region, i: usize, j: usize| {
                        i >= region.top
                            && i - region.top < region.height
                            && j >= region.left
                            && j - region.left < region.width
                    };
                    let right = Tensor::from_fn(image.shape(), |at| {
                        let hole = within(first, at[1], at[2]) || within(second, at[1], at[2]);
                        if hole { 0.0 } else { image.get([at[0], at[1], at[2]]) }
                    });
                    expect::close("the image", &got, &right, Tolerance::EXACT)?;
                    Ok(())
                },
            ),
        Check::new("gray_images_have_no_colour_to_change", "7")
            .law("Grey again is grey; saturation leaves grey images alone; contrast keeps the mean brightness where nothing is cut off.")
            .points(2)
            .hints(["The three weights add up to 1."])
            .property((photographs(), 0..=20_u32), |lab: Lab, (image, tenths): &(Tensor<f64>, u32)| {
                let factor = f64::from(*tenths) / 10.0;
                let gray = lab.grayscale(image.clone())?;
                let tolerance = Tolerance::sum_of(8).times(2.0);
                expect::close("grey made grey", &lab.grayscale(gray.clone())?, &gray, tolerance)?;
                expect::close("a saturated grey image", &lab.adjust_saturation(gray.clone(), factor)?, &gray, tolerance)?;
                // Between 0.4 and 0.6 no factor up to 2 leads out of the box.
                let soft = image * 0.2 + 0.4;
                let changed = lab.adjust_contrast(soft.clone(), factor)?;
                let brightness = |x: &Tensor<f64>| -> Result<f64, Fault> { Ok(lab.grayscale(x.clone())?.mean(..).item()) };
                let slack = Tolerance::sum_of(image.numel() + 16).times(2.0);
                expect::close("the mean brightness", &brightness(&changed)?, &brightness(&soft)?, slack)?;
                let half = lab.adjust_saturation(lab.adjust_saturation(soft.clone(), 0.5)?, 0.5)?;
                expect::close("half of half of the saturation", &half, &lab.adjust_saturation(soft, 0.25)?, slack)?;
                Ok(())
            }),
        Check::new("noise_follows_its_seed", "8")
            .law("The same seed gives the same noise, another seed another one, and the noise is added to the image.")
            .hints(["All chance comes from the current generator."])
            .property((any::<u64>(), images()), |lab: Lab, (seed, image): &(u64, Tensor<f64>)| {
                // Between 0.45 and 0.55, and σ so small that nothing is cut off.
                let image = image * 0.05 + 0.5;
                let noisy = |seed: u64, image: &Tensor<f64>| lab.add_noise(seed, image.clone(), 0.01);
                let first = noisy(*seed, &image)?;
                expect::close("the image with the same seed", &noisy(*seed, &image)?, &first, Tolerance::EXACT)?;
                let other = noisy(seed.wrapping_add(1), &image)?;
                expect::that(!other.equal(&first), || "two seeds give the same noise".to_string())?;
                let brighter = noisy(*seed, &(&image + 0.1))?;
                expect::close("a brighter image with the same seed", &brighter, &(first + 0.1), Tolerance::sum_of(4))?;
                Ok(())
            }),
        Check::new("filters_along_both_dimensions_commute", "8")
            .law("Correlations along rows and columns commute, and a single tap 1 off the middle moves the image.")
            .points(2)
            .hints(["The tap t sees the pixel t − radius further on."])
            .property(
                (correlations(), correlations()),
                |lab: Lab, ((image, first, dim), (_, second, _)): &(Correlation, Correlation)| {
                    let there = lab.correlate(lab.correlate(image.clone(), first.clone(), *dim)?, second.clone(), 3 - dim)?;
                    let back = lab.correlate(lab.correlate(image.clone(), second.clone(), 3 - dim)?, first.clone(), *dim)?;
                    let tolerance = Tolerance::sum_of(first.len() * second.len() + 8).times(4.0);
                    expect::close("in the other order", &there, &back, tolerance)?;
                    let right = correlated(&correlated(image, first, *dim, edge), second, 3 - dim, edge);
                    expect::close("both sums", &there, &right, tolerance)?;
                    let size = image.size(*dim);
                    for t in 0..3 {
                        let mut taps = vec![0.0; 3];
                        taps[t] = 1.0;
                        let moved = lab.correlate(image.clone(), taps, *dim)?;
                        let places: Vec<usize> = (0..size).map(|i| (i + t).saturating_sub(1).min(size - 1)).collect();
                        expect::close("the image moved", &moved, &image.index_select(*dim, &places), Tolerance::EXACT)?;
                    }
                    Ok(())
                },
            ),
        Check::new("blur_is_both_correlations", "8")
            .law("Blur is the bell along both dimensions; it commutes with mirrors and turns.")
            .points(2)
            .hints(["The bell has the same form in both directions."])
            .property((images(), sigmas()), |lab: Lab, (image, sigma): &(Tensor<f64>, f64)| {
                let radius = (3.0 * sigma).ceil() as i32;
                let bell: Vec<f64> =
                    (-radius..=radius).map(|t| (-f64::from(t * t) / (2.0 * sigma * sigma)).exp()).collect();
                let sum: f64 = bell.iter().sum();
                let taps: Vec<f64> = bell.iter().map(|value| value / sum).collect();
                let right = correlated(&correlated(image, &taps, 2, edge), &taps, 1, edge);
                let tolerance = Tolerance::sum_of(taps.len() * 2 + 80);
                let got = lab.gaussian_blur(image.clone(), *sigma)?;
                expect::close("the blurred image", &got, &right, tolerance)?;
                let turned = lab.gaussian_blur(image.transpose(1, 2).flip(1), *sigma)?;
                expect::close("the turned image, blurred", &turned, &got.transpose(1, 2).flip(1), tolerance)?;
                Ok(())
            }),
        Check::new("sobel_of_any_image", "8")
            .law("Edges are √(gx² + gy²) with Sobel's 3 × 3 kernels divided by 8, at the borders too.")
            .points(2)
            .hints(["Each kernel is a slope in one direction and an average in the other."])
            .property(images(), |lab: Lab, image: &Tensor<f64>| {
                let [_, height, width] = image.dims();
                let kernel = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]];
                let right = Tensor::from_fn(image.shape(), |at| {
                    let pixel = |down: usize, along: usize| {
                        let row = (at[1] + down).saturating_sub(1).min(height - 1);
                        let column = (at[2] + along).saturating_sub(1).min(width - 1);
                        image.get([at[0], row, column])
                    };
                    let taps = (0..3).flat_map(|a| (0..3).map(move |b| (a, b)));
                    let (gx, gy) = taps.fold((0.0, 0.0), |(gx, gy), (a, b)| {
                        (gx + kernel[a][b] * pixel(a, b) / 8.0, gy + kernel[b][a] * pixel(a, b) / 8.0)
                    });
                    f64::hypot(gx, gy)
                });
                // Where both slopes are 0 but for rounding, so is their length.
                let got = lab.sobel(image.clone())?;
                expect::close("the edges", &got, &right, Tolerance::sum_of(24))?;
                Ok(())
            }),
    ]
}
