//! Step 8: noise and filters.

use grading::prelude::*;
use grading::proptest::collection::vec;
use tensor::Tensor;

use crate::cases::{Lab, images, mean, ramp};
use crate::contract::Contract;

/// An image, an odd number of taps from [-1, 1], and a dimension.
pub(crate) type Correlation = (Tensor<f64>, Vec<f64>, usize);

pub(crate) fn correlations() -> impl Strategy<Value = Correlation> {
    let taps = (0..=3_usize).prop_flat_map(|radius| vec(-10..=10_i32, 2 * radius + 1));
    let taps = taps.prop_map(|tenths| tenths.into_iter().map(|tenths| f64::from(tenths) / 10.0).collect());
    (images(), taps, 1..=2_usize)
}

/// The weighted sums, number by number; `beyond` says which place stands for one beyond the edge.
pub(crate) fn correlated(
    image: &Tensor<f64>,
    taps: &[f64],
    dim: usize,
    beyond: impl Fn(isize, isize) -> Option<isize>,
) -> Tensor<f64> {
    let (radius, size) = ((taps.len() / 2) as isize, image.size(dim) as isize);
    Tensor::from_fn(image.shape(), |at| {
        let pixel = |place: isize| {
            let mut at = [at[0], at[1], at[2]];
            at[dim] = place as usize;
            image.get(at)
        };
        let term = |(t, tap): (usize, &f64)| {
            let place = at[dim] as isize + t as isize - radius;
            beyond(place, size).map_or(0.0, |place| tap * pixel(place))
        };
        taps.iter().enumerate().map(term).sum()
    })
}

/// The pixel on the edge stands for all beyond it.
pub(crate) fn edge(place: isize, size: isize) -> Option<isize> {
    Some(place.clamp(0, size - 1))
}

/// Standard deviations from 0.2 to 2, in tenths.
pub(crate) fn sigmas() -> impl Strategy<Value = f64> {
    (2..=20_u32).prop_map(|tenths| f64::from(tenths) / 10.0)
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("noise_has_its_standard_deviation", "8")
            .law("Grey images with noise have the mean of the image and the variance σ²; no two pixels have the same noise.")
            .points(2)
            .cases(8)
            .hints([
                "What is the mean of 𝒩(0, σ²)? If the image gets brighter, it was another distribution.",
                "`image.randn_like()` draws from 𝒩(0, 1), one number for each of the image's.",
                "(image + image.randn_like() * sigma).clamp(0.0, 1.0)",
            ])
            .property((any::<u64>(), 1..=5_u32), |lab: Lab, &(seed, hundredths): &(u64, u32)| {
                // ½ is ten standard deviations from the box, at least.
                let (n, sigma) = (3 * 40 * 40, f64::from(hundredths) / 100.0);
                let image = Tensor::full([3, 40, 40], 0.5);
                let noise = (lab.add_noise(seed, image, sigma)? - 0.5).to_vec();
                // Seven standard deviations of the mean, and of the mean square: 3e-12.
                let bound = 7.0 * sigma / (n as f64).sqrt();
                expect::that(mean(&noise).abs() <= bound, || {
                    format!("the mean of the noise is {}, which should be within {bound} of 0", mean(&noise))
                })?;
                let variance = mean(&noise.iter().map(|v| v * v).collect::<Vec<_>>()) / (sigma * sigma);
                let bound = 7.0 * (2.0 / n as f64).sqrt();
                expect::that((variance - 1.0).abs() <= bound, || {
                    format!("the variance of the noise is {variance}·σ², where 1 ± {bound} is right")
                })?;
                let mut different: Vec<u64> = noise.iter().map(|v| v.to_bits()).collect();
                different.sort_unstable();
                different.dedup();
                // Few of 4,800 numbers of 2⁵⁰ are equal by chance.
                expect::that(different.len() > n - 10, || {
                    format!("{n} numbers have only {} different noises", different.len())
                })
            }),
        Check::new("noise_stays_in_the_box", "8")
            .law("However large σ is, all numbers stay between 0 and 1; σ = 0 changes nothing.")
            .hints([
                "An image has numbers from 0 to 1, also after the noise.",
                "`clamp` at the end.",
                ".clamp(0.0, 1.0)",
            ])
            .property((any::<u64>(), images(), 0..=3_u32), |lab: Lab, (seed, image, sigma): &(u64, Tensor<f64>, u32)| {
                let image = (image + 1.0) * 0.5;
                let got = lab.add_noise(*seed, image.clone(), f64::from(*sigma))?;
                expect::equal("the shape", got.shape(), image.shape())?;
                let outside = got.to_vec().into_iter().find(|v| !(0.0..=1.0).contains(v));
                expect::equal("a number outside of [0, 1]", outside, None)?;
                if *sigma == 0 {
                    expect::close("the image without noise", &got, &image, Tolerance::EXACT)?;
                }
                Ok(())
            }),
        Check::new("correlation_is_a_weighted_sum", "8")
            .law("y[i] = Σₜ taps[t]·x[i + t − radius] along one dimension, where the pixels on the edge go on beyond it.")
            .points(2)
            .hints([
                "`padded` is the image with its edges going on. Where in it is the pixel that tap t = 0 sees at i = 0?",
                "`padded.narrow(dim, t, size)` is the image as tap t sees it, for all pixels at once.",
                "taps.iter().enumerate().map(|(t, &tap)| padded.narrow(dim, t, size) * tap).reduce(|sum, term| sum + term)\
                 .unwrap()",
            ])
            .property(correlations(), |lab: Lab, (image, taps, dim): &Correlation| {
                let got = lab.correlate(image.clone(), taps.clone(), *dim)?;
                let tolerance = Tolerance::sum_of(taps.len());
                expect::close("the weighted sums", &got, &correlated(image, taps, *dim, edge), tolerance)
                    .suspect("the taps are in the opposite order", || {
                        let flipped: Vec<f64> = taps.iter().rev().copied().collect();
                        correlated(image, &flipped, *dim, edge)
                    })
                    .suspect("rows and columns are exchanged", || correlated(image, taps, 3 - dim, edge))
                    .suspect("beyond the edge there is 0", || {
                        correlated(image, taps, *dim, |place, size| (0..size).contains(&place).then_some(place))
                    })?;
                Ok(())
            }),
        Check::new("the_bell_has_its_shape", "8")
            .law("The taps add up to 1, and taps[r + t]/taps[r] = exp(−t²/2σ²), for t from −r to r with r = ⌈3σ⌉.")
            .hints([
                "The factor in front of a Gaussian does not matter: you divide by the sum anyway.",
                "Compute exp(−t²/2σ²) for all t first, then their sum, then the quotients.",
                "(-radius..=radius).map(|t| (-0.5 * (f64::from(t) / sigma).powi(2)).exp()), with radius = (3.0 * sigma)\
                 .ceil() as i32",
            ])
            .property(sigmas(), |lab: Lab, &sigma: &f64| {
                let taps = lab.gaussian_taps(sigma)?;
                let radius = (3.0 * sigma).ceil() as usize;
                expect::equal("the number of taps", taps.len(), 2 * radius + 1)?;
                let bell = |t: usize| (-(t as f64 - radius as f64).powi(2) / (2.0 * sigma * sigma)).exp();
                let bells: Vec<f64> = (0..taps.len()).map(bell).collect();
                let sum: f64 = bells.iter().sum();
                let right: Vec<f64> = bells.iter().map(|bell| bell / sum).collect();
                // An exponent of up to 12 (three times σ and a bit, squared) is off by a few ε, and so is its exponential.
                expect::close("the taps", &taps, &right, Tolerance::operations(taps.len() + 40))
                    .suspect("their sum is not 1", || bells.clone())
                    .suspect("the ½ in the exponent is missing", || {
                        let bells: Vec<f64> = bells.iter().map(|bell| bell * bell).collect();
                        let sum: f64 = bells.iter().sum();
                        bells.iter().map(|bell| bell / sum).collect::<Vec<_>>()
                    })?;
                Ok(())
            }),
        Check::new("blur_keeps_constants", "8")
            .law("A blurred constant is that constant; a blurred point is the product of two bells.")
            .points(2)
            .hints([
                "Two passes: along the columns and along the rows.",
                "The second pass blurs what the first one made.",
                "let taps = gaussian_taps(sigma); correlate(&correlate(image, &taps, 1), &taps, 2)",
            ])
            .property(
                (1..=3_usize, [1..=4_usize, 1..=4], sigmas(), -10..=10_i32),
                |lab: Lab, &(channels, [height, width], sigma, tenths): &(usize, [usize; 2], f64, i32)| {
                    let constant = Tensor::full([channels, height, width], f64::from(tenths) / 10.0);
                    let radius = (3.0 * sigma).ceil() as usize;
                    let tolerance = Tolerance::sum_of(4 * radius + 8);
                    let got = lab.gaussian_blur(constant.clone(), sigma)?;
                    expect::close("a blurred constant", &got, &constant, tolerance)?;
                    // A point so far from all edges that the bell fits.
                    let (height, width) = (2 * radius + height, 2 * radius + width);
                    let point = Tensor::from_fn([1, height, width], |at| f64::from(at[1] == radius && at[2] == radius));
                    let got = lab.gaussian_blur(point, sigma)?;
                    let bell = |place: usize| (-(place as f64 - radius as f64).powi(2) / (2.0 * sigma * sigma)).exp();
                    let sum: f64 = (0..=2 * radius).map(bell).sum();
                    let tap = |place: usize| if place > 2 * radius { 0.0 } else { bell(place) / sum };
                    let product = Tensor::from_fn([1, height, width], |at| tap(at[1]) * tap(at[2]));
                    expect::close("a blurred point", &got, &product, tolerance)
                        .suspect("it blurs the rows only", || {
                            Tensor::from_fn([1, height, width], |at| if at[1] == radius { tap(at[2]) } else { 0.0 })
                        })
                        .suspect("it blurs the columns only", || {
                            Tensor::from_fn([1, height, width], |at| if at[2] == radius { tap(at[1]) } else { 0.0 })
                        })?;
                    Ok(())
                },
            ),
        Check::new("sobel_kills_constants_and_measures_slopes", "8")
            .law("Sobel's filter makes 0 of a constant; on a ramp of slopes b and c it is √(b² + c²), away from the edges.")
            .points(2)
            .hints([
                "A difference of neighbours on both sides is twice the slope.",
                "gx: the taps −½, 0, ½ along the columns (dimension 2) and ¼, ½, ¼ along the rows (dimension 1); gy the \
                 other way round.",
                "let gx = correlate(&correlate(image, &[-0.5, 0.0, 0.5], 2), &[0.25, 0.5, 0.25], 1); … (gx.square() + \
                 gy.square()).sqrt()",
            ])
            .property(
                ([-10..=10_i32, -10..=10, -10..=10], [3..=5_usize, 3..=5]),
                |lab: Lab, &(tenths, [height, width]): &([i32; 3], [usize; 2])| {
                    let slopes @ [a, b, c] = tenths.map(|tenths| f64::from(tenths) / 10.0);
                    let flat = lab.sobel(Tensor::full([2, height, width], a))?;
                    expect::close("the edges of a constant", &flat, &flat.zeros_like(), Tolerance::sum_of(8))?;
                    let got = lab.sobel(ramp([2, height, width], slopes))?;
                    expect::equal("the shape", got.shape(), [2, height, width])?;
                    let inside = got.narrow(1, 1, height - 2).narrow(2, 1, width - 2);
                    let slope = |value: f64| inside.full_like(value);
                    // Near 0, a root makes √ε of ε: numbers up to 9, in sums of 9.
                    let tolerance = Tolerance::within((9.0 * 9.0 * 8.0 * f64::EPSILON).sqrt());
                    expect::close("the slope of a ramp", &inside, &slope(b.hypot(c)), tolerance)
                        .suspect("it is eight times the slope: divide the kernel by 8", || slope(8.0 * b.hypot(c)))
                        .suspect("the root is missing", || slope(b * b + c * c))
                        .suspect("the sizes of both slopes are added", || slope(b.abs() + c.abs()))
                        .suspect("only the slope along the rows counts", || slope(c.abs()))
                        .suspect("only the slope along the columns counts", || slope(b.abs()))?;
                    Ok(())
                },
            ),
    ]
}
