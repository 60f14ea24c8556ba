//! Step 6: moving pixels.

use grading::prelude::*;
use lab_04_regularization::Region;
use tensor::Tensor;

use crate::cases::{Lab, images, images_with_regions, ramp, rearranged};
use crate::contract::Contract;

/// The image turned by one quarter, counter-clockwise: what was right is on top.
fn turned(image: &Tensor<f64>) -> Tensor<f64> {
    let [_, height, width] = image.dims();
    rearranged(image, [width, height], |i, j| [j, width - 1 - i])
}

/// Numbers for a ramp a + b·row + c·column, in tenths.
fn slopes() -> impl Strategy<Value = [f64; 3]> {
    [-10..=10_i32, -10..=10, -10..=10].prop_map(|tenths| tenths.map(|tenths| f64::from(tenths) / 10.0))
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("a_flip_exchanges_left_and_right", "6")
            .law("Pixel (i, j) of the mirrored image is pixel (i, W − 1 − j); mirrored twice, the image is itself again.")
            .hints([
                "Which of the dimensions [C, H, W] is reversed when left and right change places?",
                "A tensor has a method that reverses a dimension.",
                "image.flip(2)",
            ])
            .property(images(), |lab: Lab, image: &Tensor<f64>| {
                let [_, height, width] = image.dims();
                let once = lab.hflip(image.clone())?;
                let right = rearranged(image, [height, width], |i, j| [i, width - 1 - j]);
                expect::close("the mirrored image", &once, &right, Tolerance::EXACT)
                    .suspect("top and bottom are exchanged", || {
                        rearranged(image, [height, width], |i, j| [height - 1 - i, j])
                    })
                    .suspect("the channels are exchanged", || image.flip(0))?;
                expect::close("the image mirrored twice", &lab.hflip(once)?, image, Tolerance::EXACT)?;
                Ok(())
            }),
        Check::new("four_quarter_turns_are_none", "6")
            .law("A quarter turn is counter-clockwise; a turns and then b turns are a + b turns; four are none.")
            .points(2)
            .hints([
                "Take a sheet of paper with a letter F. Where is its upper right corner after a quarter turn to the left?",
                "A transposition (`image.transpose(1, 2)`) followed by a flip is a quarter turn. Which flip?",
                "match turns % 4 { 0 => image.clone(), 1 => image.transpose(1, 2).flip(1), 2 => image.flip([1, 2]), _ => \
                 image.transpose(1, 2).flip(2) }",
            ])
            .property(
                (images(), 0..=5_usize, 0..=5_usize),
                |lab: Lab, (image, a, b): &(Tensor<f64>, usize, usize)| {
                    let one = lab.quarter_turns(image.clone(), 1)?;
                    expect::close("one quarter turn", &one, &turned(image), Tolerance::EXACT)
                        .suspect("this is a turn to the right", || turned(&turned(&turned(image))))
                        .suspect("this is only the transposition", || image.transpose(1, 2))?;
                    let right = (0..(a + b) % 4).fold(image.contiguous(), |image, _| turned(&image));
                    let both = lab.quarter_turns(lab.quarter_turns(image.clone(), *a)?, *b)?;
                    let name = format!("{a} and then {b} quarter turns");
                    expect::close(&name, &both, &right, Tolerance::EXACT)?;
                    Ok(())
                },
            ),
        Check::new("bilinear_meets_the_pixels", "6")
            .law(
                "At a pixel, bilinear interpolation is that pixel; between four pixels of a ramp a + b·row + c·column it is \
                 the ramp; outside it is 0.",
            )
            .points(2)
            .hints([
                "On a line between two pixels, a quarter of the way: how much does each count?",
                "Weights (1 − u) and u for the rows i and i + 1, (1 − v) and v for the columns; a pixel's weight is the \
                 product of its two.",
                "weighted((1.0 - u) * (1.0 - v), pixel(i, j)) + weighted((1.0 - u) * v, pixel(i, j + 1.0)) + … ",
            ])
            .property(
                (slopes(), 1..=4_usize, 1..=4_usize, 0..=16_u32, 0..=16_u32),
                |lab: Lab, &(slopes, height, width, down, along): &([f64; 3], usize, usize, u32, u32)| {
                    let plane = ramp([1, height, width], slopes).reshape([height, width]);
                    let place = |part: u32, n: usize| f64::from(part) / 16.0 * (n - 1) as f64;
                    let (row, column) = (place(down, height), place(along, width));
                    let [a, b, c] = slopes;
                    let got = lab.bilinear(plane.clone(), row, column)?;
                    let at = |row: f64, column: f64| a + b * row + c * column;
                    expect::close("the brightness on a ramp", &got, &at(row, column), Tolerance::sum_of(12).times(4.0))
                        .suspect("it is the nearest pixel", || at(row.round(), column.round()))
                        .suspect("the weights are exchanged: the nearer pixel counts more", || {
                            at(2.0 * row.floor() + 1.0 - row, 2.0 * column.floor() + 1.0 - column)
                        })?;
                    for (i, j) in [(-1.0, 0.0), (0.0, -2.0), (height as f64, 0.0), (0.0, width as f64 + 0.5)] {
                        let outside = lab.bilinear(plane.clone(), i, j)?;
                        expect::close("the brightness outside", &outside, &0.0, Tolerance::EXACT)?;
                    }
                    Ok(())
                },
            ),
        Check::new("a_crop_at_its_own_size_is_a_copy", "6")
            .law("A region made as large as it is has exactly the region's pixels.")
            .hints([
                "With h = H', pixel i comes from row top + i.",
                "Every pixel of the result asks where it comes from: the row depends on i, the column on j.",
                "top + ((i + 0.5) * h / H' − 0.5), between top and top + h − 1",
            ])
            .property(images_with_regions(), |lab: Lab, (image, region): &(Tensor<f64>, Region)| {
                let Region { top, left, height, width } = *region;
                let got = lab.resized_crop(image.clone(), *region, [height, width])?;
                let right = rearranged(image, [height, width], |i, j| [top + i, left + j]);
                // Where a place is whole up to rounding, the next pixel has a weight of some ε.
                expect::close("the crop", &got, &right, Tolerance::sum_of(8).times(8.0))
                    .suspect("the region begins at the corner of the image", || {
                        rearranged(image, [height, width], |i, j| [i, j])
                    })
                    .suspect("top and left are exchanged", || {
                        rearranged(image, [height, width], |i, j| [left + i, top + j])
                    })?;
                Ok(())
            }),
        Check::new("a_resized_ramp_is_a_ramp", "6")
            .law(
                "A region of a ramp stays a ramp when it is made larger or smaller: pixel i shows row \
                 top + (i + ½)·h/H' − ½, but none beyond the region's outermost rows.",
            )
            .points(2)
            .hints([
                "Make two pixels out of one: both show it. Make one out of two: it shows the place between them.",
                "The middles of pixels are at i + ½, in the result as in the region. Clamp to 0 and h − 1 within the region.",
                "start + ((place + 0.5) * length / new_length - 0.5).clamp(0.0, length − 1)",
            ])
            .property(
                (slopes(), [1..=6_usize, 1..=6], [0..=3_usize, 0..=3], [1..=9_usize, 1..=9]),
                |lab: Lab, &(slopes, inner, before, size): &([f64; 3], [usize; 2], [usize; 2], [usize; 2])| {
                    let [height, width] = inner;
                    let image = ramp([2, before[0] + height + 1, before[1] + width + 2], slopes);
                    let region = Region { top: before[0], left: before[1], height, width };
                    let got = lab.resized_crop(image, region, size)?;
                    let by = |rule: &dyn Fn(f64, f64, f64) -> f64| {
                        Tensor::from_fn([2, size[0], size[1]], |at| {
                            let place = |dim: usize| {
                                let (n, m) = (inner[dim] as f64, size[dim] as f64);
                                before[dim] as f64 + rule(at[dim + 1] as f64, n, m).clamp(0.0, n - 1.0)
                            };
                            slopes[0] + slopes[1] * place(0) + slopes[2] * place(1)
                        })
                    };
                    let right = by(&|i, n, m| (i + 0.5) * n / m - 0.5);
                    expect::close("the resized ramp", &got, &right, Tolerance::sum_of(16).times(12.0))
                        .suspect("it takes i·h/H': half a pixel is missing", || by(&|i, n, m| i * n / m))
                        .suspect("the corners are made to meet, not the edges", || {
                            by(&|i, n, m| if m > 1.0 { i * (n - 1.0) / (m - 1.0) } else { 0.0 })
                        })
                        .suspect("nearest pixels are taken", || by(&|i, n, m| ((i + 0.5) * n / m - 0.5).round()))?;
                    Ok(())
                },
            ),
        Check::new("rotations_by_right_angles_are_turns", "6")
            .law("Rotating a square image by k·90° is k quarter turns; rotating any image by 0° changes nothing.")
            .points(2)
            .hints([
                "For each pixel of the result, ask where it comes from: that is a rotation backwards.",
                "Rows count downwards. For 90° the pixel on the left of the middle comes from above it.",
                "let (y, x) = (i - middle_row, j - middle_column); (middle_row + x * sin + y * cos, middle_column + x * cos - \
                 y * sin)",
            ])
            .property(
                ((1..=3_usize, 1..=5_usize).prop_flat_map(|(c, n)| tensors([c, n, n])), images(), -4..=4_i32),
                |lab: Lab, (square, image, quarters): &(Tensor<f64>, Tensor<f64>, i32)| {
                    let got = lab.rotate(square.clone(), f64::from(*quarters) * 90.0)?;
                    let turns = |n: i32| (0..n.rem_euclid(4)).fold(square.contiguous(), |image, _| turned(&image));
                    // The sine of 360° is off by some ε; places of up to 5 pixels.
                    let tolerance = Tolerance::sum_of(16).times(16.0);
                    expect::close("the rotated square", &got, &turns(*quarters), tolerance)
                        .suspect("it rotates clockwise", || turns(-quarters))?;
                    let still = lab.rotate(image.clone(), 0.0)?;
                    expect::close("the image rotated by 0°", &still, image, tolerance)?;
                    Ok(())
                },
            ),
        Check::new("a_hole_is_where_it_should_be", "6")
            .law("Cutout sets the region to 0 in every channel and changes nothing else.")
            .hints([
                "The numbers lie channel by channel and row by row. What is the index of pixel (i, j) of channel c?",
                "Go through the channels, the rows from top to top + height, the columns from left to left + width.",
                "for c … for i in top..top + rows { for j in left..left + columns { pixels[(c * height + i) * width + j] = \
                 T::zero(); } }",
            ])
            .property(images_with_regions(), |lab: Lab, (image, region): &(Tensor<f64>, Region)| {
                let image = image + 2.0;
                let got = lab.cutout(image.clone(), *region)?;
                let holed = |region: Region, channels: usize| {
                    let Region { top, left, height, width } = region;
                    let (rows, columns) = (top..top + height, left..left + width);
                    Tensor::from_fn(image.shape(), |at| {
                        let inside = at[0] < channels && rows.contains(&at[1]) && columns.contains(&at[2]);
                        if inside { 0.0 } else { image.get([at[0], at[1], at[2]]) }
                    })
                };
                expect::close("the image with a hole", &got, &holed(*region, 3), Tolerance::EXACT)
                    .suspect("only the first channel has a hole", || holed(*region, 1))
                    .suspect("rows and columns are exchanged", || {
                        let Region { top, left, height, width } = *region;
                        holed(Region { top: left, left: top, height: width, width: height }, 3)
                    })?;
                Ok(())
            }),
    ]
}
