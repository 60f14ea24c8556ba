//! Step 9: at random, one after the other.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_04_regularization::Region;
use tensor::Tensor;

use crate::cases::{Lab, chance, images, photographs};
use crate::contract::{Change, Contract};

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        (-2..=2_i32).prop_map(|number| Change::Plus(f64::from(number))),
        (-2..=2_i32).prop_map(|number| Change::Times(f64::from(number))),
        Just(Change::Transpose),
    ]
}

/// The image after some changes, the first one first.
fn changed<'a>(image: &Tensor<f64>, changes: impl Iterator<Item = &'a Change>) -> Tensor<f64> {
    changes.fold(image.clone(), |image, change| match *change {
        Change::Plus(number) => image + number,
        Change::Times(number) => image * number,
        Change::Transpose => image.transpose(1, 2),
    })
}

/// Settings for random crops: shares of the area, ratios, the image's height and width.
type Crops = ((f64, f64), (f64, f64), [usize; 2]);

fn crops() -> impl Strategy<Value = Crops> {
    let tenths = |range: std::ops::RangeInclusive<u32>| {
        (range.clone(), range).prop_map(|(a, b)| (f64::from(a.min(b)) / 10.0, f64::from(a.max(b)) / 10.0))
    };
    (tenths(1..=10), tenths(4..=25), [4..=40_usize, 4..=40])
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("compose_applies_in_order", "9")
            .law("Compose applies the first transform first, and each one to what the one before it made.")
            .points(2)
            .hints([
                "What goes into the second transform?",
                "Keep the current version in a variable, and go through `self.transforms`. Without transforms the image \
                 stays as it is.",
                "self.transforms.iter().fold(image.clone(), |image, transform| transform.apply(&image))",
            ])
            .property((images(), vec(changes(), 0..=4)), |lab: Lab, (image, changes): &(Tensor<f64>, Vec<Change>)| {
                let got = lab.compose(changes.clone(), image.clone())?;
                // Whole numbers up to 2 four times over, and sums.
                let tolerance = Tolerance::sum_of(8).times(64.0);
                expect::close("the image", &got, &changed(image, changes.iter()), tolerance)
                    .suspect("the last transform comes first", || changed(image, changes.iter().rev()))
                    .suspect("only the last transform counts", || changed(image, changes.iter().rev().take(1)))?;
                Ok(())
            }),
        Check::new("apply_happens_with_its_probability", "9")
            .law("RandomApply applies in a share p of all cases, and otherwise leaves the image as it is.")
            .points(2)
            .cases(12)
            .hints([
                "A number from [0, 1) is below p with probability p.",
                "`uniform(0.0, 1.0)` draws one. With p = 0 never, with p = 1 always.",
                "if uniform(0.0, 1.0) < self.p { self.transform.apply(image) } else { image.clone() }",
            ])
            .property((any::<u64>(), 0..=10_u32), |lab: Lab, &(seed, tenths): &(u64, u32)| {
                let (n, p) = (4000, f64::from(tenths) / 10.0);
                let image = Tensor::from([[[0.25]]]);
                let mut applied = 0;
                for version in lab.random_apply(seed, p, image, n)? {
                    let value = version.item();
                    expect::that(value == 0.25 || value == 1.25, || format!("the image 0.25 became {value}, not 1.25"))?;
                    applied += usize::from(value == 1.25);
                }
                let share = applied as f64 / n as f64;
                // Certainty is certain.
                let bound = if tenths % 10 == 0 { 0.0 } else { chance(n, 1.0) };
                expect::that((share - p).abs() <= bound, || {
                    format!("p = {p}: {applied} of {n} images were changed, a share that should be within {bound} of p")
                })
            }),
        Check::new("crops_lie_inside_and_have_their_area", "9")
            .law(
                "A random region lies in the image; its area and its ratio of width to height are within what is asked \
                 for, up to rounding; or it is the whole image.",
            )
            .points(3)
            .hints([
                "From an area A and a ratio w/h = r, how high and how wide is the rectangle?",
                "h = √(A/r), w = √(A·r). Try again if it does not fit, ten times at most. There are H − h + 1 places for \
                 the top.",
                "let area = (height * width) as f64 * uniform(scale); let ratio = uniform(ln r₀, ln r₁).exp(); … if rows <= \
                 height && columns <= width { generator.below(height - rows + 1) … }",
            ])
            .property(
                (any::<u64>(), crops()),
                |lab: Lab, &(seed, (scale, ratio, image)): &(u64, Crops)| {
                    let [height, width] = image;
                    for region in lab.crops(seed, scale, ratio, image, 50)? {
                        expect::that(
                            region.top + region.height <= height
                                && region.left + region.width <= width
                                && region.height > 0
                                && region.width > 0,
                            || format!("{region:?} is empty or reaches over the edge of {height} × {width}"),
                        )?;
                        if region == (Region { top: 0, left: 0, height, width }) {
                            continue;
                        }
                        // Rounding moves height and width by ½, and 0 becomes 1.
                        let sides = |side: usize| ((side as f64 - 0.5).max(0.0), (side as f64 + 0.5).max(1.0));
                        let ((h0, h1), (w0, w1)) = (sides(region.height), sides(region.width));
                        let (h0, w0) = (
                            if region.height == 1 { 0.0 } else { h0 },
                            if region.width == 1 { 0.0 } else { w0 },
                        );
                        let whole = (height * width) as f64;
                        let slack = 1e-9;
                        expect::that(
                            h0 * w0 <= scale.1 * whole + slack && h1 * w1 >= scale.0 * whole - slack,
                            || {
                                format!(
                                    "{region:?} has a share of {} of {height} × {width} pixels, which should be within \
                                     {scale:?}",
                                    (region.height * region.width) as f64 / whole
                                )
                            },
                        )?;
                        expect::that(w0 <= ratio.1 * h1 + slack && w1 >= ratio.0 * h0 - slack, || {
                            format!(
                                "{region:?} has a ratio of width to height of {}, which should be within {ratio:?}",
                                region.width as f64 / region.height as f64
                            )
                        })?;
                    }
                    Ok(())
                },
            ),
        Check::new("holes_are_squares_cut_off_at_the_edge", "9")
            .law("A hole is what lies in the image of a square around a pixel of it, and each pixel is as likely.")
            .points(2)
            .hints([
                "Which rows does a square of 4 around row 0 have, and which of them exist?",
                "It begins ⌊size/2⌋ before the pixel, or at 0, and ends `size` after that beginning (before it was cut), or \
                 at the edge.",
                "let start = middle.saturating_sub(self.size / 2); let end = (middle + self.size - self.size / 2).min(length);",
            ])
            .property(
                (any::<u64>(), 0..=6_usize, [1..=9_usize, 1..=9]),
                |lab: Lab, &(seed, size, [height, width]): &(u64, usize, [usize; 2])| {
                    // All spans that a square of this size can have.
                    let spans = |length: usize| -> Vec<(usize, usize)> {
                        let span = |middle: usize| {
                            let inside = |place: &usize| {
                                let first = middle as isize - (size / 2) as isize;
                                (first..first + size as isize).contains(&(*place as isize))
                            };
                            let places: Vec<usize> = (0..length).filter(inside).collect();
                            (places.first().copied().unwrap_or(0), places.len())
                        };
                        (0..length).map(span).collect()
                    };
                    let (rows, columns) = (spans(height), spans(width));
                    for hole in lab.holes(seed, size, [height, width], 30)? {
                        let fits = |spans: &[(usize, usize)], start: usize, length: usize| {
                            spans.iter().any(|&(first, count)| count == length && (count == 0 || first == start))
                        };
                        expect::that(
                            fits(&rows, hole.top, hole.height) && fits(&columns, hole.left, hole.width),
                            || format!("{hole:?} is no square of {size} around a pixel of {height} × {width}, cut off"),
                        )?;
                    }
                    Ok(())
                },
            ),
        Check::new("jitter_stays_within_its_strength", "9")
            .law(
                "With one strength s alone, jitter is that adjustment by a factor from [1 − s, 1 + s]; with all three 0 it \
                 changes nothing.",
            )
            .points(2)
            .hints([
                "Three factors, one for each adjustment.",
                "`factor(self.brightness)` draws one; the second adjustment is made to what the first one gave.",
                "let image = adjust_brightness(image, factor(self.brightness)); let image = adjust_contrast(&image, …); …",
            ])
            .property(
                (any::<u64>(), photographs(), 0..3_usize, 0..=10_u32),
                |lab: Lab, (seed, image, which, tenths): &(u64, Tensor<f64>, usize, u32)| {
                    let strength = f64::from(*tenths) / 10.0;
                    let mut strengths = [0.0; 3];
                    strengths[*which] = strength;
                    // Every pixel is monotone in the factor: the ends bound what lies between them.
                    let adjusted = |factor: f64| match which {
                        0 => lab.blend(image.clone(), image.zeros_like(), factor),
                        1 => lab.adjust_contrast(image.clone(), factor),
                        _ => lab.adjust_saturation(image.clone(), factor),
                    };
                    let (low, high) = (adjusted(1.0 - strength)?.to_vec(), adjusted(1.0 + strength)?.to_vec());
                    for version in lab.color_jitter(*seed, strengths, image.clone(), 4)? {
                        expect::equal("the shape", version.shape(), image.shape())?;
                        for (place, got) in version.to_vec().into_iter().enumerate() {
                            let (low, high) = (low[place].min(high[place]), low[place].max(high[place]));
                            let slack = Tolerance::sum_of(image.numel() + 16).times(4.0).absolute;
                            expect::that((low - slack..=high + slack).contains(&got), || {
                                format!("number {place} became {got}, which is not between {low} and {high}")
                            })?;
                        }
                    }
                    Ok(())
                },
            ),
        Check::new("every_image_has_its_own_chance", "9")
            .law("Each image of a batch is transformed for itself, with random numbers of its own, and keeps its place.")
            .points(2)
            .hints([
                "If all images of a batch get the same version, the network sees fewer versions.",
                "`images.unbind(0)` is the list of the images; `Tensor::stack(&versions, 0)` joins them again.",
                "let versions: Vec<_> = images.unbind(0).iter().map(|image| transform.apply(image)).collect();",
            ])
            .property(
                (any::<u64>(), (1..=5_usize, 1..=3_usize).prop_flat_map(|(n, c)| tensors([n, c, 2, 2]))),
                |lab: Lab, (seed, images): &(u64, Tensor<f64>)| {
                    let got = lab.augment(*seed, images.clone())?;
                    expect::equal("the shape", got.shape(), images.shape())?;
                    // The transform adds one random number from [0, 1) to an image.
                    let added = (&got - images).flatten(1);
                    let first = added.narrow(1, 0, 1);
                    let tolerance = Tolerance::sum_of(4);
                    expect::close("what is added to each pixel of an image", &added, &first.expand(added.shape()), tolerance)?;
                    let mut numbers = first.to_vec();
                    expect::that(numbers.iter().all(|v| (-1e-9..1.0 + 1e-9).contains(v)), || {
                        format!("the numbers {numbers:?} should have been added to the images in their order")
                    })?;
                    numbers.sort_by(f64::total_cmp);
                    // Two of five numbers are this close with a probability of 1e-8 in each of few cases.
                    let close = numbers.windows(2).any(|pair| pair[1] - pair[0] < 1e-9);
                    expect::that(!close, || format!("two images have the same random number: {numbers:?}"))
                },
            ),
    ]
}
