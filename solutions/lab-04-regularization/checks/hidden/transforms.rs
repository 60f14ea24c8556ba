//! Random transforms.

use grading::prelude::*;
use lab_04_regularization::Region;
use tensor::Tensor;

use crate::cases::{Lab, chance, mean};
use crate::contract::Contract;
use crate::visible::mixed;

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("the_same_seed_is_the_same_augmentation", "9")
            .law("A whole pipeline gives the same versions for the same seed, and others for another one.")
            .points(2)
            .cases(12)
            .hints(["All chance comes from `uniform`, `random::draw` or a tensor's random constructors."])
            .property((any::<u64>(), tensors([3, 3, 8, 9])), |lab: Lab, (seed, images): &(u64, Tensor<f64>)| {
                let images = (images + 1.0) * 0.5;
                let first = lab.pipeline(*seed, images.clone())?;
                expect::equal("the shape", first.shape(), [3, 3, 6, 6])?;
                expect::close("the same seed", &lab.pipeline(*seed, images.clone())?, &first, Tolerance::EXACT)?;
                let other = lab.pipeline(seed.wrapping_add(1), images)?;
                expect::that(!other.equal(&first), || "two seeds give the same versions".to_string())?;
                let outside = first.to_vec().into_iter().find(|v| !(0.0..=1.0).contains(v));
                expect::equal("a number outside of [0, 1]", outside, None)
                    .map_err(Stop::from)
            }),
        Check::new("crops_are_drawn_evenly", "9")
            .law(
                "Areas are uniform, the logarithms of ratios are uniform, and so are the places; what never fits becomes the \
                 whole image.",
            )
            .points(3)
            .cases(4)
            .hints(["Ratios 1:2 and 2:1 are equally likely: draw the logarithm."])
            .property(any::<u64>(), |lab: Lab, &seed: &u64| {
                let n = 4000;
                // Ratios up to 4 fit as long as the area is below a quarter; here they leave at least 12 places to choose from.
                let image = [600, 600];
                let regions = lab.crops(seed, (0.05, 0.24), (0.25, 4.0), image, n)?;
                let of = |value: &dyn Fn(&Region) -> f64| mean(&regions.iter().map(value).collect::<Vec<_>>());
                // Rounding moves a side, of at least 67 pixels, by ½ with no preference: its share is below 1 %.
                let area = of(&|region| (region.height * region.width) as f64 / 360_000.0);
                let near = |name: &str, got: f64, right: f64, length: f64| {
                    let bound = chance(n, length) + 0.01 * length;
                    expect::that((got - right).abs() <= bound, || {
                        format!("{name} is {got} in the mean of {n} regions, {right} ± {bound} is right")
                    })
                };
                near("the share of the area", area, 0.145, 0.19)?;
                let log = of(&|region| (region.width as f64 / region.height as f64).ln());
                near("the logarithm of the ratio", log, 0.0, 2.0 * 4_f64.ln())?;
                let spread = of(&|region| (region.width as f64 / region.height as f64).ln().powi(2));
                near("the square of the logarithm", spread, 4_f64.ln().powi(2) / 3.0, 4_f64.ln().powi(2))?;
                let top = of(&|region| region.top as f64 / (600 - region.height) as f64);
                near("the place of the top between first and last", top, 0.5, 1.0)?;
                let left = of(&|region| region.left as f64 / (600 - region.width) as f64);
                near("the place of the left edge between first and last", left, 0.5, 1.0)?;
                // An extreme is reached: of 2 places each is taken.
                let tight = lab.crops(seed, (0.25, 0.25), (1.0, 1.0), [4, 4], 400)?;
                for top in 0..=2 {
                    expect::that(tight.iter().any(|region| region.top == top), || {
                        format!("of 400 squares of 2 × 2 in 4 × 4 pixels none begins in row {top}")
                    })?;
                }
                let square = Region { top: 0, left: 0, height: 2, width: 2 };
                let sides = tight.iter().all(|r| (r.height, r.width) == (square.height, square.width));
                expect::that(sides, || "a quarter of 4 × 4 pixels with the ratio 1 is 2 × 2".to_string())?;
                // As large as the image: the only place is 0, 0.
                let whole = Region { top: 0, left: 0, height: 7, width: 7 };
                for region in lab.crops(seed, (1.0, 1.0), (1.0, 1.0), [7, 7], 3)? {
                    expect::equal("the region of the whole area", region, whole)?;
                }
                // Twice as wide as the image is high never fits.
                let whole = Region { top: 0, left: 0, height: 5, width: 6 };
                for region in lab.crops(seed, (1.0, 1.0), (4.0, 4.0), [5, 6], 3)? {
                    expect::equal("the region of what never fits", region, whole)?;
                }
                // Tiny shares still have a pixel.
                let dot = lab.crops(seed, (1e-6, 1e-6), (1.0, 1.0), [5, 6], 3)?;
                expect::that(dot.iter().all(|region| (region.height, region.width) == (1, 1)), || {
                    format!("a tiny share of the area is one pixel, got {dot:?}")
                })
            }),
        Check::new("crops_are_tried_again", "9")
            .law("A region that does not fit is drawn again, up to ten times, before the whole image is taken.")
            .points(2)
            .cases(4)
            .hints(["`for _ in 0..10`, and the whole image after the loop."])
            .property(any::<u64>(), |lab: Lab, &seed: &u64| {
                // A region of the whole area fits if it is as high as wide: with ratios between 1 and 1.5 in one of many.
                let n = 4000;
                let image = [10, 10];
                let whole = Region { top: 0, left: 0, height: 10, width: 10 };
                // Area 81, ratio r: it fits if 9·√r rounds to at most 10, r < (10.5/9)² = 1.361; logarithms up to 2.
                let fits = (10.5_f64 / 9.0).ln() * 2.0 / 2_f64.ln() / 2.0;
                let regions = lab.crops(seed, (0.81, 0.81), (1.0, 4.0), image, n)?;
                let missed = regions.iter().filter(|&&region| region == whole).count() as f64 / n as f64;
                let (right, bound) = ((1.0 - fits).powi(10), chance(n, 1.0));
                expect::that((missed - right).abs() <= bound, || {
                    format!("a share of {missed} of {n} draws ended with the whole image, {right} ± {bound} is right")
                })
            }),
        Check::new("holes_are_drawn_evenly", "9")
            .law("Each pixel is the middle of the hole with the same probability; at a corner only a quarter of it is left.")
            .points(2)
            .cases(4)
            .hints(["The middle is drawn from all pixels, not only from those where the square fits."])
            .property(any::<u64>(), |lab: Lab, &seed: &u64| {
                let n = 4000;
                // Holes of one pixel are their middle.
                let dots = lab.holes(seed, 1, [4, 5], n)?;
                let at = |row: usize, column: usize| {
                    dots.iter().filter(|hole| (hole.top, hole.left) == (row, column)).count() as f64 / n as f64
                };
                for (row, column) in (0..4).flat_map(|row| (0..5).map(move |column| (row, column))) {
                    let (got, bound) = (at(row, column), chance(n, 1.0));
                    expect::that(got > 0.0 && (got - 0.05).abs() <= bound, || {
                        format!("a share of {got} of {n} holes is at ({row}, {column}), {} ± {bound} is right", 0.05)
                    })?;
                }
                let area = |hole: &Region| (hole.height * hole.width) as f64;
                let large = lab.holes(seed, 4, [8, 8], n)?;
                // Sides: 2, 3, 4 (five times), 3 of 8 middles.
                let side = (2.0 + 3.0 + 4.0 * 5.0 + 3.0) / 8.0;
                let (got, bound) = (mean(&large.iter().map(area).collect::<Vec<_>>()), chance(n, 16.0));
                expect::that((got - side * side).abs() <= bound, || {
                    format!("holes of 4 × 4 in 8 × 8 pixels have {got} pixels in the mean, {} ± {bound} is right", side * side)
                })
            }),
        Check::new("jitter_draws_three_factors", "9")
            .law("Brightness, contrast and saturation have independent factors, in this order, uniform on [1 − s, 1 + s].")
            .points(3)
            .cases(4)
            .hints(["One call of `factor` for each of the three."])
            .property(any::<u64>(), |lab: Lab, &seed: &u64| {
                let n = 2000;
                // One red pixel beside a grey one, soft enough for all factors.
                let image = Tensor::from([[[0.5, 0.3]], [[0.3, 0.3]], [[0.3, 0.3]]]);
                let luma = |x: &Tensor<f64>, column: usize| {
                    0.299 * x.get([0, 0, column]) + 0.587 * x.get([1, 0, column]) + 0.114 * x.get([2, 0, column])
                };
                let bright = |x: &Tensor<f64>| (luma(x, 0) + luma(x, 1)) / 2.0;
                let range = |x: &Tensor<f64>| luma(x, 0) - luma(x, 1);
                let colour = |x: &Tensor<f64>| x.get([0, 0, 0]) - x.get([1, 0, 0]);
                let mut factors = [Vec::new(), Vec::new(), Vec::new()];
                let strengths = [0.2, 0.3, 0.4];
                for version in lab.color_jitter(seed, strengths, image.clone(), n)? {
                    // Brightness scales everything, contrast keeps the mean, saturation both mean and range.
                    let brightness = bright(&version) / bright(&image);
                    let contrast = range(&version) / range(&image) / brightness;
                    let saturation = colour(&version) / colour(&image) / brightness / contrast;
                    let after = |x: &Tensor<f64>, to: f64, factor: f64| mixed(x, |_| to, factor);
                    let right = after(&image, 0.0, brightness);
                    let right = after(&right, bright(&right), contrast);
                    let gray = [luma(&right, 0), luma(&right, 1)];
                    let right = mixed(&right, |at| gray[at[2]], saturation);
                    expect::close("the image by the factors that it shows", &version, &right, Tolerance::within(1e-9))?;
                    for (list, factor) in factors.iter_mut().zip([brightness, contrast, saturation]) {
                        list.push(factor);
                    }
                }
                let names = ["brightness", "contrast", "saturation"];
                for ((list, name), strength) in factors.iter().zip(names).zip(strengths) {
                    let outside = list.iter().find(|&&factor| (factor - 1.0).abs() > strength + 1e-9);
                    expect::equal(&format!("a factor of the {name} beyond 1 ± {strength}"), outside, None)?;
                    let (got, bound) = (mean(list), chance(n, 2.0 * strength));
                    expect::that((got - 1.0).abs() <= bound, || {
                        format!("the factors of the {name} have the mean {got}, 1 ± {bound} is right")
                    })?;
                    let squares: Vec<f64> = list.iter().map(|factor| (factor - 1.0).powi(2)).collect();
                    let (got, right) = (mean(&squares), strength * strength / 3.0);
                    let bound = chance(n, strength * strength);
                    expect::that((got - right).abs() <= bound, || {
                        format!("the factors of the {name} have the variance {got}, {right} ± {bound} is right")
                    })?;
                }
                for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                    let products: Vec<f64> =
                        factors[a].iter().zip(&factors[b]).map(|(a, b)| (a - 1.0) * (b - 1.0)).collect();
                    let bound = chance(n, 2.0 * strengths[a] * strengths[b]);
                    expect::that(mean(&products).abs() <= bound, || {
                        format!("the factors of {} and {} go together", names[a], names[b])
                    })?;
                }
                Ok(())
            }),
    ]
}
