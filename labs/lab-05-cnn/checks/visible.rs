//! The checks that students see, in the order of the steps.

use std::f64::consts::SQRT_2;

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_05_cnn::{Ascent, Padding, ReceptiveField, Window};
use tensor::Tensor;
use tensor::random::{self, Generator};

use crate::cases::{
    Convolution, Pooling, convolutions, convolutions_of, inner, least_size, one_hot, output_shape,
    pooling_windows, poolings_of, views, windows, windows_up_to,
};
use crate::contract::Contract;

type Lab<'a> = &'a dyn Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [windows_stand_right(), direct(), columns(), matrix_product(), pooling(), fields(), lenet(), ascent()]
        .into_iter()
        .flatten()
        .collect()
}

fn windows_stand_right() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("margins_of_every_padding", "1")
            .law(
                "\"Valid\" adds nothing, numbers add themselves on both sides, and \"same\" adds d(k − 1) places in \
                 all: one half on each side, the odd one behind.",
            )
            .hints([
                "The three kinds of padding are the three arms of a `match self.padding`.",
                "For Same, total = d(k − 1). Whole numbers divide downwards: total / 2 is what goes in front. \
                 What is left for behind?",
                "Padding::Same => { let total = self.dilation[dim] * …; (total / 2, total - total / 2) }",
            ])
            .property((windows_up_to(5, 3, 3, 3), 0..2_usize), |lab: Lab, &(window, dim): &(Window, usize)| {
                let (before, after) = lab.margins(window, dim)?;
                match window.padding {
                    Padding::Valid => expect::equal("the margins", (before, after), (0, 0))?,
                    Padding::Numbers(numbers) => {
                        let (mine, others) = (numbers[dim], numbers[1 - dim]);
                        expect::equal("the margins", (before, after), (mine, mine))
                            .suspect("the number of the other dimension is taken", || (others, others))
                            .suspect("nothing is added behind", || (mine, 0))?;
                    }
                    Padding::Same => {
                        let (k, d) = (window.kernel[dim], window.dilation[dim]);
                        let steps = k - 1;
                        expect::equal("before + after", before + after, steps * d)
                            .suspect("the dilation is forgotten", || steps)
                            .suspect("k − 1 is halved downwards twice: an odd one is lost", || steps * d / 2 * 2)
                            .suspect("it is k, not k − 1, that is spread", || k * d)?;
                        expect::that(before <= after && after <= before + 1, || {
                            format!("{before} before and {after} after are not halves with the odd one behind")
                        })?;
                    }
                }
                Ok(())
            }),
        Check::new("output_size_counts_the_positions", "1")
            .law(
                "The output has one place for each position of the window: begin at the front of the extended input \
                 and move on by the stride while the last tap is still inside.",
            )
            .hints([
                "Draw 7 places and a window of 3 taps, and move it by 2. How many positions are there, and which \
                 places are left over?",
                "The first tap can stand at 0, s, 2s, … up to before + n + after − (d(k − 1) + 1). Count those.",
                "(before + n + after - self.dilation[dim] * (self.kernel[dim] - 1) - 1) / self.stride[dim] + 1",
            ])
            .property(
                (windows_up_to(4, 4, 3, 3), 0..2_usize, 0..9_usize),
                |lab: Lab, &(window, dim, more): &(Window, usize, usize)| {
                    let n = least_size(&window, dim) + more;
                    let positions = |window: Window| views(&window, dim, n).len();
                    expect::equal("the output's size", lab.output_size(window, dim, n)?, positions(window))
                        .suspect("the dilation is forgotten: the taps span d(k − 1) + 1 places", || {
                            let [before, after] = margins_in(&window, dim);
                            (before + n + after - window.kernel[dim]) / window.stride[dim] + 1
                        })
                        .suspect("the stride is forgotten", || positions(window.stride([1, 1])))
                        .suspect("the padding counts once, not on both sides", || {
                            let [before, _] = margins_in(&window, dim);
                            let span = window.dilation[dim] * (window.kernel[dim] - 1) + 1;
                            (before + n - span) / window.stride[dim] + 1
                        })
                        .suspect("the first position is not counted (+ 1)", || positions(window) - 1)?;
                    Ok(())
                },
            ),
        Check::new("source_is_the_place_under_the_tap", "1")
            .law("Tap t of the window at position o lies on place o·s + t·d − before, or on padding.")
            .hints([
                "Position o begins at o·s in the extended input. Where is its tap t there? And where in the input \
                 itself, which begins `before` places later?",
                "Places are `usize`, which has no negative numbers: `a.checked_sub(b)` is None where a < b. Places \
                 from n on are padding too.",
                "(o * s + t * d).checked_sub(before).filter(|&place| place < n)",
            ])
            .property(
                (windows_up_to(4, 4, 3, 3), 0..2_usize, 0..5_usize),
                |lab: Lab, &(window, dim, more): &(Window, usize, usize)| {
                    let n = least_size(&window, dim) + more;
                    for (output, taps) in views(&window, dim, n).into_iter().enumerate() {
                        for (tap, place) in taps.into_iter().enumerate() {
                            let name = format!("the place under tap {tap} at position {output} of {n} places");
                            let [before, _] = margins_in(&window, dim);
                            let [s, d] = [window.stride[dim], window.dilation[dim]];
                            expect::equal(&name, lab.source(window, dim, output, tap, n)?, place)
                                .suspect("the padding in front is not subtracted", || Some(output * s + tap * d))
                                .suspect("the dilation is forgotten", || (output * s + tap).checked_sub(before))
                                .suspect("the stride is forgotten", || (output + tap * d).checked_sub(before))?;
                        }
                    }
                    Ok(())
                },
            ),
        Check::new("same_padding_keeps_height_and_width", "1")
            .law("With \"same\" padding and stride 1 the output is as large as the input; with stride s, ⌈n/s⌉.")
            .hints([
                "A window of stride 1 loses d(k − 1) positions; \"same\" gives them back.",
                "Is the padding counted on both sides, and is the odd one of an even kernel there?",
                "output_size with before + after = d(k − 1) is (n − 1) / s + 1.",
            ])
            .property(
                (windows_up_to(5, 4, 3, 0), 0..2_usize, 1..20_usize),
                |lab: Lab, &(window, dim, n): &(Window, usize, usize)| {
                    let window = window.padding(Padding::Same);
                    let got = lab.output_size(window, dim, n)?;
                    expect::equal("the output's size", got, n.div_ceil(window.stride[dim]))
                        .suspect("an even kernel has an odd number of places to add", || n - 1)?;
                    Ok(())
                },
            ),
    ]
}

/// The margins by looking at what the first tap sees at first, with stride 1.
fn margins_in(window: &Window, dim: usize) -> [usize; 2] {
    let taps_see = views(&window.stride([1, 1]), dim, 50);
    let padded = |tap: usize| taps_see.iter().filter(|view| view[tap].is_none()).count();
    [padded(0), padded(window.kernel[dim] - 1)]
}

/// A kernel with a single 1 per channel, in the middle, and "same" padding.
fn identities() -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>, Window)> {
    ([0..=2_usize, 0..=1], [1..=2_usize, 1..=2], 1..=2_usize, 1..=3_usize, [1..=5_usize, 1..=5])
        .prop_flat_map(|(halves, dilation, batch, channels, [height, width])| {
            let kernel = [2 * halves[0] + 1, 2 * halves[1] + 1];
            let window = Window::new(kernel).dilation(dilation).padding(Padding::Same);
            let weight = Tensor::from_fn([channels, channels, kernel[0], kernel[1]], |at| {
                f64::from(at[0] == at[1] && at[2..] == halves)
            });
            (tensors([batch, channels, height, width]), Just(weight), Just(window))
        })
}

/// The output of a convolution whose input and kernel have a single 1 each, at `place` \[n, c, row, column\] and
/// `tap` \[o, c, a, b\].
fn one_pixel(case: &Convolution, window: &Window, place: [usize; 4], tap: [usize; 4]) -> Tensor<f64> {
    let [batch, channels, height, width] = case.x.dims();
    let out_channels = case.weight.size(0);
    let (rows, columns) = (views(window, 0, height), views(window, 1, width));
    let first = tap[0] / (out_channels / case.groups) * (channels / case.groups);
    let channel_matches = place[1] == first + tap[1];
    Tensor::from_fn([batch, out_channels, rows.len(), columns.len()], |at| {
        let sees = rows[at[2]][tap[2]] == Some(place[2]) && columns[at[3]][tap[3]] == Some(place[3]);
        f64::from(channel_matches && sees && at[0] == place[0] && at[1] == tap[0])
    })
}

fn direct() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("direct_delta_kernel_is_the_identity", "2")
            .law("A kernel that is 1 in its middle and 0 elsewhere, with \"same\" padding, returns its input.")
            .hints([
                "Which place of the input lies under the middle tap?",
                "Every output is one sum over the channels and the taps; `window.source` tells what lies under a \
                 tap, along each dimension. What lies in the padding adds nothing.",
                "let Some(row) = window.source(0, i, a, height) else { continue }; the same for the column; \
                 then sum += weight.get([o, c, a, b]) * x.get([n, first + c, row, column]);",
            ])
            .property(identities(), |lab: Lab, (x, weight, window): &(Tensor<f64>, Tensor<f64>, Window)| {
                let bias = Tensor::zeros(x.size(1));
                let y = lab.conv2d_direct(x.clone(), weight.clone(), bias, *window, 1)?;
                expect::close("the convolution with a delta kernel", &y, x, Tolerance::EXACT)
                    .suspect("height and width are exchanged", || x.transpose(2, 3))?;
                Ok(())
            }),
        Check::new("direct_one_pixel_through_one_tap", "2")
            .law(
                "If a single pixel and a single tap are 1 and all else is 0, the output is 1 exactly where that tap \
                 lies on that pixel, in the tap's output channel.",
            )
            .points(2)
            .hints([
                "Follow one product: which x, which w, and to which y is it added?",
                "Output channel o belongs to group o / (O/G). The input channels of that group begin at \
                 group · C/G; the kernel's own channel index begins at 0 in every group.",
                "let first = o / outputs * inputs; … x.get([n, first + c, row, column]) with row and column from \
                 window.source",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let [place, tap] = [case.x.dims::<4>(), case.weight.dims()].map(|d| d.map(|size| 0..size));
                    (Just(case), place, tap)
                }),
                |lab: Lab, (case, place, tap): &(Convolution, [usize; 4], [usize; 4])| {
                    let (x, weight) = (one_hot(case.x.shape(), place), one_hot(case.weight.shape(), tap));
                    let y = lab.conv2d_direct(x, weight, case.no_bias(), case.window, case.groups)?;
                    let window = case.window;
                    let [kh, kw] = window.kernel;
                    let of = |window: Window, tap: [usize; 4]| one_pixel(case, &window, *place, tap);
                    let [o, c, a, b] = *tap;
                    expect::close("the output", &y, &of(window, *tap), Tolerance::EXACT)
                        .suspect("the kernel runs backwards", || of(window, [o, c, kh - 1 - a, kw - 1 - b]))
                        .suspect("the kernel's rows and columns are exchanged", || of(window, [o, c, b, a]))
                        .suspect("the dilation is forgotten", || of(window.dilation([1, 1]), *tap))
                        .suspect("the stride is forgotten", || of(window.stride([1, 1]), *tap))
                        .suspect("the channel is not shifted by the group's first channel", || {
                            let whole = Convolution { groups: 1, ..case.clone() };
                            one_pixel(&whole, &window, *place, *tap)
                        })?;
                    Ok(())
                },
            ),
        Check::new("direct_is_linear_in_the_input", "2")
            .law("conv(αx + z) = α·conv(x) + conv(z), without the bias.")
            .hints([
                "A sum of products with the input's numbers is linear in them. Is anything else added?",
                "Begin the sum with the bias and add nothing but products.",
                "let mut sum = bias.get([o]); then the loops with sum += weight · x",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let z = tensors(case.x.shape());
                    (Just(case), z, -20..=20_i32)
                }),
                |lab: Lab, (case, z, alpha): &(Convolution, Tensor<f64>, i32)| {
                    let alpha = f64::from(*alpha) / 10.0;
                    let of = |x: Tensor<f64>| {
                        let weight = case.weight.clone();
                        lab.conv2d_direct(x, weight, case.no_bias(), case.window, case.groups)
                    };
                    let (x, whole) = (of(case.x.clone())?, of(&case.x * alpha + z)?);
                    // Entries of αx + z are at most 3 in size.
                    let tolerance = Tolerance::sum_of(case.terms() + 2).times(3.0);
                    expect::close("conv(αx + z)", &whole, &(&x * alpha + of(z.clone())?), tolerance)?;
                    Ok(())
                },
            ),
        Check::new("direct_is_linear_in_the_kernel", "2")
            .law("conv with kernel αw + v and bias b is α·conv(w) + conv(v) + b in every place of the channel.")
            .hints([
                "Both the input and the kernel stand once in each product; the bias stands in none.",
                "Which bias belongs to output channel o, and how often is it added to each output?",
                "let mut sum = bias.get([o]);",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let v = tensors(case.weight.shape());
                    (Just(case), v, -20..=20_i32)
                }),
                |lab: Lab, (case, v, alpha): &(Convolution, Tensor<f64>, i32)| {
                    let alpha = f64::from(*alpha) / 10.0;
                    let of = |weight: Tensor<f64>, bias: &Tensor<f64>| {
                        lab.conv2d_direct(case.x.clone(), weight, bias.clone(), case.window, case.groups)
                    };
                    let none = case.no_bias();
                    let whole = of(&case.weight * alpha + v, &case.bias)?;
                    let products = of(case.weight.clone(), &none)? * alpha + of(v.clone(), &none)?;
                    let expected = &products + case.bias.reshape([case.bias.numel(), 1, 1]);
                    let tolerance = Tolerance::sum_of(case.terms() + 3).times(3.0);
                    expect::close("conv with αw + v", &whole, &expected, tolerance)
                        .suspect("the bias is not added", || products.clone())
                        .suspect("the bias is added with every product of a tap, not once", || {
                            let more = (case.terms() - 1) as f64;
                            &products + case.bias.reshape([case.bias.numel(), 1, 1]) * more
                        })?;
                    Ok(())
                },
            ),
        Check::new("direct_commutes_with_shifts", "2")
            .law(
                "Away from the border a convolution does not care where things are: cutting u·s rows off the image \
                 cuts u rows off the output, and so with columns.",
            )
            .hints([
                "The same weights are used at every place. Does something else depend on i and j?",
                "Output (i, j) reads rows from i·s on; the image without its first u·s rows has the same rows at \
                 (i − u)·s.",
                "window.source(0, i, a, height) for rows, window.source(1, j, b, width) for columns",
            ])
            .property(
                (windows_up_to(3, 3, 2, 0), [0..=2_usize, 0..=2]).prop_flat_map(|(window, cut)| {
                    let window = window.padding(Padding::Valid);
                    let size = [0, 1].map(|d| least_size(&window, d) + (cut[d] + 1) * window.stride[d]);
                    let [kh, kw] = window.kernel;
                    (tensors([1, 2, size[0], size[1]]), tensors([1, 2, kh, kw]), Just(window), Just(cut))
                }),
                |lab: Lab, (x, weight, window, cut): &(Tensor<f64>, Tensor<f64>, Window, [usize; 2])| {
                    let of = |x: Tensor<f64>| {
                        lab.conv2d_direct(x, weight.clone(), Tensor::zeros(1), *window, 1)
                    };
                    let without = |x: &Tensor<f64>, [top, left]: [usize; 2]| {
                        x.narrow(2, top, x.size(2) - top).narrow(3, left, x.size(3) - left)
                    };
                    let cut_before = of(without(x, [cut[0] * window.stride[0], cut[1] * window.stride[1]]))?;
                    let cut_after = without(&of(x.clone())?, *cut);
                    let tolerance = Tolerance::sum_of(weight.numel());
                    expect::close("the convolution of the cut image", &cut_before, &cut_after, tolerance)?;
                    Ok(())
                },
            ),
        Check::new("direct_dilation_is_a_kernel_with_holes", "2")
            .law("Dilation d gives what a kernel with d − 1 zeros between its taps gives without dilation.")
            .hints([
                "À trous: \"with holes\". Neighbouring taps are d places apart.",
                "Tap a lies a·d rows below the window's first row. That is what `window.source` is for.",
                "window.source(0, i, a, height)",
            ])
            .property(convolutions_of(windows_up_to(3, 2, 3, 2), 1..=2), |lab: Lab, case: &Convolution| {
                let Convolution { x, weight, bias, window, groups, .. } = case.clone();
                let [out, channels, kh, kw] = weight.dims();
                let [dh, dw] = window.dilation;
                let sparse = [(kh - 1) * dh + 1, (kw - 1) * dw + 1];
                let holes = Tensor::from_fn([out, channels, sparse[0], sparse[1]], |at| {
                    let on_tap = at[2] % dh == 0 && at[3] % dw == 0;
                    if on_tap { weight.get([at[0], at[1], at[2] / dh, at[3] / dw]) } else { 0.0 }
                });
                let without = Window { kernel: sparse, dilation: [1, 1], ..window };
                let y = lab.conv2d_direct(x.clone(), weight, bias.clone(), window, groups)?;
                let expected = lab.conv2d_direct(x, holes, bias, without, groups)?;
                let tolerance = Tolerance::sum_of(case.terms());
                expect::close("the dilated convolution", &y, &expected, tolerance)?;
                Ok(())
            }),
        Check::new("direct_groups_are_independent_convolutions", "2")
            .law("A convolution in G groups is G convolutions side by side, each with its own channels.")
            .hints([
                "Group g owns input channels g·C/G … and output channels g·O/G …",
                "For output channel o: its group is o / (O/G), and its first input channel is that times C/G.",
                "let first = o / outputs * inputs;",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let Convolution { x, weight, bias, window, groups, .. } = case.clone();
                let parts: Result<Vec<_>, Fault> = (0..groups)
                    .map(|g| {
                        let part = |t: &Tensor<f64>, dim: usize| t.chunk(groups, dim)[g].clone();
                        lab.conv2d_direct(part(&x, 1), part(&weight, 0), part(&bias, 0), window, 1)
                    })
                    .collect();
                let expected = Tensor::cat(&parts?, 1);
                let y = lab.conv2d_direct(x, weight, bias, window, groups)?;
                expect::close("the grouped convolution", &y, &expected, Tolerance::sum_of(case.terms()))?;
                Ok(())
            }),
    ]
}

fn columns() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("im2col_copies_what_each_tap_sees", "3")
            .law(
                "Row (c·kh + a)·kw + b of the columns holds what tap (a, b) sees of channel c, from place to place; \
                 0 in the padding.",
            )
            .points(2)
            .hints([
                "The columns have one row for each channel and tap. Fill them row by row, in that order.",
                "Within a row, place (i, j) is at i·OW + j. `window.reach(0, a, height)` are the i for which tap a \
                 lies on the image; all others keep their 0.",
                "for a … for b … { let row = rows.next().unwrap(); for i in window.reach(0, a, height) { for j in \
                 window.reach(1, b, width) { row[i * ow + j] = plane[top * width + left] } } } with top and left \
                 from window.source",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let (x, window) = (&case.x, case.window);
                let [batch, channels, height, width] = x.dims();
                let (rows, columns) = (views(&window, 0, height), views(&window, 1, width));
                let [kh, kw] = window.kernel;
                let (taps, places) = (channels * kh * kw, rows.len() * columns.len());
                let patch_by_patch = |transposed: bool| {
                    let order = if transposed { [batch, places, taps] } else { [batch, taps, places] };
                    Tensor::from_fn(order, |at| {
                        let (tap, place) = if transposed { (at[2], at[1]) } else { (at[1], at[2]) };
                        let (i, j) = (place / columns.len(), place % columns.len());
                        let (c, a, b) = (tap / (kh * kw), tap / kw % kh, tap % kw);
                        match (rows[i][a], columns[j][b]) {
                            (Some(row), Some(column)) => x.get([at[0], c, row, column]),
                            _ => 0.0,
                        }
                    })
                };
                let got = lab.im2col(x.clone(), window)?;
                expect::close("the columns", &got, &patch_by_patch(false), Tolerance::EXACT)
                    .suspect("the matrix is transposed, or filled patch by patch", || {
                        patch_by_patch(true).reshape([batch, taps, places])
                    })?;
                Ok(())
            }),
        Check::new("col2im_is_the_adjoint_of_im2col", "3")
            .law("⟨im2col(x), u⟩ = ⟨x, col2im(u)⟩ for all images x and columns u.")
            .points(2)
            .hints([
                "im2col copies x[place] to columns[row, column]. Its adjoint brings every number back the way it \
                 came.",
                "A place that three windows see was copied three times. What comes back from all three is added: +=.",
                "The loops of im2col, with `plane[…] += row[…]` in place of `row[…] = plane[…]`.",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let [batch, channels, height, width] = case.x.dims();
                    let [oh, ow] = output_shape(&case.window, [height, width]);
                    let [kh, kw] = case.window.kernel;
                    (Just(case), tensors([batch, channels * kh * kw, oh * ow]))
                }),
                |lab: Lab, (case, u): &(Convolution, Tensor<f64>)| {
                    let (x, window) = (&case.x, case.window);
                    let columns = lab.im2col(x.clone(), window)?;
                    let images = lab.col2im(u.clone(), x.dims(), window)?;
                    expect::equal("the shape of col2im(u)", images.shape(), x.shape())?;
                    // Both sides are sums of the products x·u of all entries of the columns.
                    let tolerance = Tolerance::sum_of(u.numel());
                    expect::close("⟨x, col2im(u)⟩", &inner(x, &images), &inner(&columns, u), tolerance)?;
                    Ok(())
                },
            ),
        Check::new("col2im_of_im2col_counts_the_windows", "3")
            .law("col2im(im2col(x)) is x times the number of windows and taps that see each place.")
            .hints([
                "Take stride 1 and 2 × 2 taps: how often does a place in the middle turn up among the columns?",
                "If a result is too small, does a later window overwrite what an earlier one brought?",
                "`+=`, beginning from zeros",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let (x, window) = (&case.x, case.window);
                let [_, _, height, width] = x.dims();
                let count = |dim: usize, n: usize| {
                    let seen: Vec<usize> = views(&window, dim, n).into_iter().flatten().flatten().collect();
                    (0..n).map(|place| seen.iter().filter(|&&s| s == place).count() as f64).collect::<Vec<f64>>()
                };
                let rows = Tensor::from_vec(count(0, height), [height, 1]);
                let columns = Tensor::from_vec(count(1, width), [1, width]);
                let counts = rows * columns;
                let back = lab.col2im(lab.im2col(x.clone(), window)?, x.dims(), window)?;
                // A sum of as many equal numbers as there are windows and taps.
                let most = counts.to_vec().into_iter().fold(1.0, f64::max) as usize;
                expect::close("col2im(im2col(x))", &back, &(x * &counts), Tolerance::sum_of(most))
                    .suspect("overlaps overwrite one another: add them up", || x * counts.clamp(0.0, 1.0))?;
                Ok(())
            }),
    ]
}

fn matrix_product() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("conv2d_equals_the_seven_loops", "4")
            .law("The matrix product gives what the seven loops give.")
            .points(2)
            .hints([
                "Every output channel is a row of W, every place a column of X. Which product is Y = W·X?",
                "`matmul` multiplies batches: [G, O/G, K] × [N, G, K, P] is [N, G, O/G, P]. The groups come out in \
                 the order of the output channels, and the bias is one number for each.",
                "self.weight.matmul(&self.columns).reshape([batch, out_channels, oh, ow]) + \
                 bias.reshape([out_channels, 1, 1])",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let Convolution { x, weight, bias, window, groups, .. } = case.clone();
                let loops = lab.conv2d_direct(x.clone(), weight.clone(), bias.clone(), window, groups)?;
                let y = lab.conv2d(x, weight, bias, window, groups)?;
                expect::close("the product", &y, &loops, Tolerance::sum_of(case.terms()))
                    .suspect("the bias is not added", || {
                        &loops - case.bias.reshape([case.bias.numel(), 1, 1])
                    })?;
                Ok(())
            }),
        Check::new("conv2d_input_gradient_is_the_adjoint", "4")
            .law("⟨conv(z), dy⟩ = ⟨z, dx⟩ for every image z, without the bias: dx is the transposed convolution of dy.")
            .points(2)
            .hints([
                "y = W·im2col(x) is linear in x. The gradient of a linear map is its transpose, applied to dy.",
                "The transpose of two maps after one another is the two transposes in reverse: first Wᵀ, then col2im.",
                "let columns = self.weight.t().matmul(dy).reshape([batch, channels * kh * kw, oh * ow]); \
                 then col2im(&columns, …)",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let z = tensors(case.x.shape());
                    (Just(case), z)
                }),
                |lab: Lab, (case, z): &(Convolution, Tensor<f64>)| {
                    let Convolution { x, weight, bias, window, groups, dy } = case.clone();
                    let y = lab.conv2d(z.clone(), weight.clone(), case.no_bias(), window, groups)?;
                    let [dx, _, _] = lab.conv2d_gradients(x, weight, bias, window, groups, dy.clone())?;
                    expect::equal("the shape of dx", dx.shape(), z.shape())?;
                    let tolerance = Tolerance::sum_of(dy.numel() * case.terms());
                    expect::close("⟨z, dx⟩", &inner(z, &dx), &inner(&y, &dy), tolerance)?;
                    Ok(())
                },
            ),
        Check::new("conv2d_kernel_gradient_is_the_adjoint", "4")
            .law("⟨conv with kernel v, dy⟩ = ⟨v, dw⟩ for every kernel v, without the bias.")
            .points(2)
            .hints([
                "Y = W·X is linear in W as well. What stands at W's place in ⟨W·X, dY⟩ = ⟨W, ?⟩?",
                "For one image it is dY·Xᵀ. The batch shares one W, so that every image adds to its gradient.",
                "dy.matmul(&self.columns.t()).sum(0).reshape([out_channels, channels / groups, kh, kw])",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let v = tensors(case.weight.shape());
                    (Just(case), v)
                }),
                |lab: Lab, (case, v): &(Convolution, Tensor<f64>)| {
                    let Convolution { x, weight, bias, window, groups, dy } = case.clone();
                    let of = |x: Tensor<f64>, dy: &Tensor<f64>| -> Result<f64, Fault> {
                        Ok(inner(&lab.conv2d(x, v.clone(), case.no_bias(), window, groups)?, dy))
                    };
                    let expected = of(x.clone(), &dy)?;
                    let [_, dw, _] = lab.conv2d_gradients(x.clone(), weight, bias, window, groups, dy.clone())?;
                    expect::equal("the shape of dw", dw.shape(), v.shape())?;
                    let last = x.size(0) - 1;
                    let of_image = |n: usize| of(x.narrow(0, n, 1), &dy.narrow(0, n, 1)).unwrap_or(f64::NAN);
                    let tolerance = Tolerance::sum_of(dy.numel() * case.terms());
                    expect::close("⟨v, dw⟩", &inner(v, &dw), &expected, tolerance)
                        .suspect("only the last image of the batch counts", || of_image(last))
                        .suspect("only the first image of the batch counts", || of_image(0))
                        .suspect("it is averaged over the batch, not summed", || expected / (last + 1) as f64)?;
                    Ok(())
                },
            ),
        Check::new("conv2d_bias_gradient_sums_images_and_places", "4")
            .law("b[o] is added to y[n, o, i, j] for all n, i, j; its gradient is the sum of dy over all three.")
            .hints([
                "How many outputs does one bias change, and by how much each?",
                "Which dimensions of dy [N, G, O/G, P] are not output channels? Sum over those.",
                "dy.sum([0, 3]).reshape(out_channels)",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let Convolution { x, weight, bias, window, groups, dy } = case.clone();
                let [_, _, db] = lab.conv2d_gradients(x, weight, bias, window, groups, dy.clone())?;
                let count = dy.numel() / dy.size(1);
                let expected = dy.sum([0, 2, 3]);
                expect::close("db", &db, &expected, Tolerance::sum_of(count))
                    .suspect("it is not summed over the batch", || dy.select(0, 0).sum([1, 2]))
                    .suspect("only the last image counts", || dy.select(0, dy.size(0) - 1).sum([1, 2]))
                    .suspect("it is averaged, not summed", || dy.mean([0, 2, 3]))?;
                Ok(())
            }),
        Check::new("conv2d_gradients_match_differences", "4")
            .law(
                "Along any direction, ½‖conv‖² rises by the inner product of its gradient and the direction, as \
                 central differences see it.",
            )
            .points(2)
            .hints([
                "The three gradients are right one by one if the checks before this one pass. Are they in the order \
                 x, weight, bias, each with the shape of its tensor?",
                "The gradient of ½‖y‖² with respect to y is y: the checks call your backward pass with dy = y.",
                "Compare with the formulas dx = col2im(Wᵀ·dY), dW = Σₙ dYₙ·Xₙᵀ, db = Σ dY.",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let directions = [tensors(case.x.shape()), tensors(case.weight.shape()), tensors(case.bias.shape())];
                    (Just(case), directions)
                }),
                |lab: Lab, (case, [u, v, r]): &(Convolution, [Tensor<f64>; 3])| {
                    let Convolution { x, weight, bias, window, groups, .. } = case.clone();
                    let at = |x: &Tensor<f64>, weight: &Tensor<f64>, bias: &Tensor<f64>| {
                        lab.conv2d(x.clone(), weight.clone(), bias.clone(), window, groups)
                    };
                    let loss = |y: Tensor<f64>| 0.5 * inner(&y, &y);
                    let y = at(&x, &weight, &bias)?;
                    let outputs = y.numel();
                    let [dx, dw, db] =
                        lab.conv2d_gradients(x.clone(), weight.clone(), bias.clone(), window, groups, y)?;
                    // The loss is a quadratic polynomial in each of the three alone, for which central differences
                    // have no error but rounding, however wide the step. With step 1 the entries of x ± u are at
                    // most 2 in size, |y| ≤ 2K, and the loss is a sum of `outputs` squares of that size.
                    let terms = case.terms();
                    let tolerance = Tolerance::sum_of(outputs * terms).times(8.0 * (terms * terms) as f64);
                    for (name, slope, up, down) in [
                        ("⟨dx, u⟩", inner(&dx, u), at(&(&x + u), &weight, &bias)?, at(&(&x - u), &weight, &bias)?),
                        ("⟨dw, v⟩", inner(&dw, v), at(&x, &(&weight + v), &bias)?, at(&x, &(&weight - v), &bias)?),
                        ("⟨db, r⟩", inner(&db, r), at(&x, &weight, &(&bias + r))?, at(&x, &weight, &(&bias - r))?),
                    ] {
                        expect::close(name, &slope, &((loss(up) - loss(down)) / 2.0), tolerance)?;
                    }
                    Ok(())
                },
            ),
    ]
}

/// What each window of a pooling sees in one plane, row by row; `None` for padding.
fn seen_by(case: &Pooling, [n, c, i, j]: [usize; 4]) -> Vec<Option<([usize; 4], f64)>> {
    let [_, _, height, width] = case.x.dims();
    let (rows, columns) = (views(&case.window, 0, height), views(&case.window, 1, width));
    rows[i]
        .iter()
        .flat_map(|&row| columns[j].iter().map(move |&column| (row, column)))
        .map(|(row, column)| {
            let place = [n, c, row?, column?];
            Some((place, case.x.get(place)))
        })
        .collect()
}

fn pooling() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("max_pool_takes_the_largest", "5")
            .law("Each output is the largest of the numbers that its window sees; padding is never taken.")
            .points(2)
            .hints([
                "One plane, one window: go through its taps and keep the best so far.",
                "If all numbers are negative, a maximum that begins at 0 or takes the padding's 0 is wrong. Begin \
                 with nothing: `let mut best = None;`",
                "if best.is_none_or(|best| x[place] > x[best]) { best = Some(place); }",
            ])
            .property(poolings_of(pooling_windows(), 1..=2, false), |lab: Lab, case: &Pooling| {
                // Shifted below 0, so that no padding can pass for a maximum.
                let case = Pooling { x: &case.x - 1.5, ..case.clone() };
                let y = lab.max_pool2d(case.x.clone(), case.window)?;
                let largest = |padding: f64| {
                    Tensor::from_fn(case.dy.shape(), |at| {
                        let seen = seen_by(&case, [at[0], at[1], at[2], at[3]]);
                        let numbers = seen.into_iter().map(|seen| seen.map_or(padding, |(_, value)| value));
                        numbers.fold(f64::NEG_INFINITY, f64::max)
                    })
                };
                expect::close("the maxima", &y, &largest(f64::NEG_INFINITY), Tolerance::EXACT)
                    .suspect("the padding counts as 0; it must never be the maximum", || largest(0.0))
                    .suspect("the maximum begins at 0, but numbers may be negative", || {
                        case.dy.zeros_like()
                    })?;
                Ok(())
            }),
        Check::new("max_pool_gradient_lands_on_the_maximum_once", "5")
            .law(
                "A gradient that reaches one output goes, whole, to the one place where its maximum is: the first \
                 of equal ones, row by row.",
            )
            .points(2)
            .hints([
                "Only the number that was taken has an influence on the output, and y changes as it does.",
                "The forward pass kept the place of each maximum. Take the first of equal ones: a later number must \
                 be larger, not as large.",
                "slots[place] += dy, for every place with its dy",
            ])
            .property(
                (poolings_of(pooling_windows(), 1..=2, false), any::<bool>()).prop_flat_map(|(case, ties)| {
                    let x = if ties { case.x.map(f64::round) } else { case.x.clone() };
                    let case = Pooling { x, ..case };
                    let output = case.dy.dims::<4>().map(|size| 0..size);
                    (Just(case), output)
                }),
                |lab: Lab, (case, output): &(Pooling, [usize; 4])| {
                    let dy = one_hot(case.dy.shape(), output);
                    let dx = lab.max_pool2d_gradient(case.x.clone(), case.window, dy)?;
                    let seen: Vec<_> = seen_by(case, *output).into_iter().flatten().collect();
                    let most = seen.iter().map(|&(_, value)| value).fold(f64::NEG_INFINITY, f64::max);
                    let winners: Vec<_> =
                        seen.iter().filter(|&&(_, value)| value == most).map(|&(place, _)| place).collect();
                    let at = |places: &[[usize; 4]]| {
                        places.iter().fold(case.x.zeros_like(), |sum, place| sum + one_hot(case.x.shape(), place))
                    };
                    let everywhere: Vec<_> = seen.iter().map(|&(place, _)| place).collect();
                    expect::close("dx", &dx, &at(&winners[..1]), Tolerance::EXACT)
                        .suspect("all equal maxima get the gradient; only the first does", || at(&winners))
                        .suspect("the last of equal maxima is taken; compare with >, not >=", || {
                            at(&winners[winners.len() - 1..])
                        })
                        .suspect("everything in the window gets the gradient", || at(&everywhere))?;
                    Ok(())
                },
            ),
        Check::new("max_pool_gradient_sums_up", "5")
            .law("No gradient is lost: where windows share a maximum, their gradients add up, and Σ dx = Σ dy.")
            .hints([
                "Can one number be the maximum of two windows?",
                "If the stride is smaller than the kernel, yes: then it influences two outputs.",
                "`slots[place] += dy`, not `=`",
            ])
            .property(poolings_of(pooling_windows(), 1..=2, true), |lab: Lab, case: &Pooling| {
                let dx = lab.max_pool2d_gradient(case.x.clone(), case.window, case.dy.clone())?;
                let total = |x: &Tensor<f64>| x.sum(..).item();
                let tolerance = Tolerance::sum_of(case.dy.numel());
                expect::close("Σ dx", &total(&dx), &total(&case.dy), tolerance)?;
                Ok(())
            }),
        Check::new("avg_pool_of_a_constant", "5")
            .law(
                "A window that lies within a constant image averages to that constant; what lies in the padding \
                 counts as 0, and the sum is always divided by all kh·kw taps.",
            )
            .hints([
                "What does the padding add to the sum, and is it counted as a tap?",
                "Multiply the sum by 1/(kh·kw), also where the window sees fewer numbers.",
                "y.push(sum * share)",
            ])
            .property(
                (poolings_of(windows(), 1..=2, false), -20..=20_i32),
                |lab: Lab, (case, c): &(Pooling, i32)| {
                    let c = f64::from(*c) / 10.0;
                    let y = lab.avg_pool2d(case.x.full_like(c), case.window)?;
                    let taps = case.window.kernel.iter().product::<usize>();
                    let share = Tensor::from_fn(case.dy.shape(), |at| {
                        let seen = seen_by(case, [at[0], at[1], at[2], at[3]]);
                        seen.into_iter().flatten().count() as f64 / taps as f64
                    });
                    let tolerance = Tolerance::sum_of(taps + 1).times(2.0);
                    expect::close("the averages", &y, &(&share * c), tolerance)
                        .suspect("it divides by what the window sees, not by its taps", || {
                            share.map(|s| if s > 0.0 { c } else { 0.0 })
                        })
                        .suspect("the sum is not divided", || &share * c * taps as f64)?;
                    Ok(())
                },
            ),
        Check::new("avg_pool_is_a_convolution_with_equal_weights", "5")
            .law("Average pooling is a convolution with the kernel 1/(kh·kw), one group for each channel.")
            .hints([
                "Your seven loops already add up what a window sees.",
                "Each channel is averaged for itself: channel c of the output sees channel c of the input.",
                "The loops of max pooling, with `sum += x[place]` in place of the comparison.",
            ])
            .property(poolings_of(windows(), 1..=2, false), |lab: Lab, case: &Pooling| {
                let channels = case.x.size(1);
                let [kh, kw] = case.window.kernel;
                let equal = Tensor::full([channels, 1, kh, kw], 1.0 / (kh * kw) as f64);
                let bias = Tensor::zeros(channels);
                let expected = lab.conv2d_direct(case.x.clone(), equal, bias, case.window, channels)?;
                let y = lab.avg_pool2d(case.x.clone(), case.window)?;
                expect::close("the averages", &y, &expected, Tolerance::sum_of(kh * kw + 1))?;
                Ok(())
            }),
        Check::new("avg_pool_gradient_is_the_adjoint", "5")
            .law("⟨avg(z), dy⟩ = ⟨z, dx⟩ for every image z.")
            .points(2)
            .hints([
                "An average is linear: each number that the window sees has the share 1/(kh·kw) in it.",
                "Go through the windows as in the forward pass, and give each number its share of that window's dy.",
                "slots[place] += dy[output] * share",
            ])
            .property(
                poolings_of(windows(), 1..=2, false).prop_flat_map(|case| {
                    let z = tensors(case.x.shape());
                    (Just(case), z)
                }),
                |lab: Lab, (case, z): &(Pooling, Tensor<f64>)| {
                    let y = lab.avg_pool2d(z.clone(), case.window)?;
                    let dx = lab.avg_pool2d_gradient(case.x.clone(), case.window, case.dy.clone())?;
                    let taps = case.window.kernel.iter().product::<usize>();
                    let tolerance = Tolerance::sum_of(case.dy.numel() * (taps + 2));
                    let (got, expected) = (inner(z, &dx), inner(&y, &case.dy));
                    expect::close("⟨z, dx⟩", &got, &expected, tolerance)
                        .suspect("dy is not divided among the taps", || expected * taps as f64)?;
                    Ok(())
                },
            ),
    ]
}

/// Layers along dimension `dim` only, and the input's size for which the last has at least 15 outputs.
fn stacks() -> impl Strategy<Value = (Vec<Window>, usize, usize)> {
    (vec(windows_up_to(3, 3, 2, 2), 1..=3), 0..2_usize).prop_map(|(layers, dim)| {
        let thin = |mut numbers: [usize; 2], other: usize| {
            numbers[1 - dim] = other;
            numbers
        };
        let layers: Vec<Window> = layers
            .into_iter()
            .map(|layer| Window {
                kernel: thin(layer.kernel, 1),
                stride: thin(layer.stride, 1),
                dilation: thin(layer.dilation, 1),
                padding: match layer.padding {
                    Padding::Numbers(numbers) => Padding::Numbers(thin(numbers, 0)),
                    other => other,
                },
            })
            .collect();
        let n = layers
            .iter()
            .rev()
            .fold(15, |outputs, layer| (1..).find(|&n| views(layer, dim, n).len() >= outputs).unwrap_or(1));
        (layers, dim, n)
    })
}

fn fields() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("receptive_field_matches_a_perturbation", "6")
            .law(
                "Change one pixel at a time and see which outputs of the stack change: output o depends on nothing \
                 outside start + o·jump … start + o·jump + size − 1, and on both ends, unless padding is in between.",
            )
            .points(2)
            .cases(16)
            .hints([
                "Begin at the input, where every place sees itself, and put one layer after another on top.",
                "A layer's taps are d of the layer below's outputs apart, and each of those is worth that layer's \
                 jump: r ← r + (k − 1)·d·j. Use the jump from before this layer, and change it last.",
                "field.size += (k - 1) * d * field.jump; field.start -= before * field.jump; field.jump *= s;",
            ])
            .property(stacks(), |lab: Lab, (layers, dim, n): &(Vec<Window>, usize, usize)| {
                let (dim, n) = (*dim, *n);
                let field = lab.receptive_field(layers.clone(), dim)?;
                // One image for each place, which is 1 there, through kernels of ones: what it reaches is above 0.
                let shape = if dim == 0 { [n, 1, n, 1] } else { [n, 1, 1, n] };
                let mut y = Tensor::eye(n).reshape(shape);
                // Which outputs have no padding anywhere in their field.
                let mut complete = vec![true; n];
                for window in layers {
                    let [kh, kw] = window.kernel;
                    y = lab.conv2d(y, Tensor::ones([1, 1, kh, kw]), Tensor::zeros(1), *window, 1)?;
                    let whole = |view: Vec<Option<usize>>| view.iter().all(|tap| tap.is_some_and(|t| complete[t]));
                    complete = views(window, dim, complete.len()).into_iter().map(whole).collect();
                }
                let outputs = complete.len();
                expect::equal("the number of outputs", y.numel(), n * outputs)?;
                let y = y.reshape([n, outputs]);
                let n = n as isize;
                for (output, complete) in complete.into_iter().enumerate() {
                    let seen: Vec<isize> =
                        (0..n).filter(|&place| y.get([place as usize, output]) > 0.0).collect();
                    let first = field.start + (output * field.jump) as isize;
                    let last = first + field.size as isize - 1;
                    let inside = |place: &isize| (first..=last).contains(place);
                    let says = || format!("{field:?} puts the field of output {output} at {first} … {last}");
                    expect::that(seen.iter().all(inside), || {
                        format!("{}, but a change of place {:?} is seen", says(), seen.iter().find(|p| !inside(p)))
                    })?;
                    for end in [first, last] {
                        expect::that(!complete || seen.contains(&end), || {
                            format!("{}, but a change of place {end} is not seen", says())
                        })?;
                    }
                }
                Ok(())
            }),
        Check::new("receptive_field_of_known_stacks", "6")
            .law(
                "Two 3 × 3 layers see 5 × 5, three see 7 × 7 (VGG's reason for small kernels); a stride of 2 doubles \
                 what later layers add.",
            )
            .hints([
                "Write down r and j after each layer of the smallest stack that fails.",
                "An input sees itself: r = 1, j = 1, start = 0.",
                "let mut field = ReceptiveField { size: 1, jump: 1, start: 0 };",
            ])
            .example(|lab: Lab| {
                let three = Window::new([3, 3]);
                let half = Window::tiles([2, 2]);
                let wide = three.dilation([2, 2]).padding(Padding::Same);
                let field = |size, jump, start| ReceptiveField { size, jump, start };
                for (layers, expected) in [
                    (vec![], field(1, 1, 0)),
                    (vec![three], field(3, 1, 0)),
                    (vec![three; 2], field(5, 1, 0)),
                    (vec![three; 3], field(7, 1, 0)),
                    (vec![three.padding(Padding::Same); 2], field(5, 1, -2)),
                    (vec![half, three], field(6, 2, 0)),
                    (vec![three, half, three], field(8, 2, 0)),
                    (vec![half, wide], field(10, 2, -4)),
                ] {
                    let name = format!("the field of {} layers", layers.len());
                    let forgets_jump = || {
                        let steps = layers.iter().map(|layer| (layer.kernel[0] - 1) * layer.dilation[0]);
                        field(1 + steps.sum::<usize>(), expected.jump, expected.start)
                    };
                    expect::equal(&name, lab.receptive_field(layers.clone(), 0)?, expected)
                        .suspect("the taps are not multiplied by the jump of the layer below", forgets_jump)
                        .suspect("the stride is not multiplied into the jump", || ReceptiveField {
                            jump: 1,
                            ..forgets_jump()
                        })
                        .suspect("the padding does not move the start", || ReceptiveField { start: 0, ..expected })?;
                }
                Ok(())
            }),
        Check::new("parameters_of_a_convolution", "6")
            .law(
                "A convolution has as many parameters as its kernels [O, C/G, kh, kw] and its bias [O] have entries, \
                 and they serve images of any size.",
            )
            .hints([
                "How many numbers has the kernel of one output channel?",
                "A kernel sees the C/G channels of its group. There are O kernels, and O biases.",
                "out_channels * (channels / groups * kh * kw + 1)",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let Convolution { x, weight, bias, window, groups, .. } = case.clone();
                let channels = x.size(1);
                let count = lab.conv_parameters(channels, weight.size(0), window.kernel, groups)?;
                expect::equal("the number of parameters", count, weight.numel() + bias.numel())
                    .suspect("the biases are not counted", || weight.numel())
                    .suspect("there is one bias for each output channel, not one in all", || weight.numel() + 1)
                    .suspect("a kernel sees the channels of its group only: C/G", || {
                        weight.numel() * groups + bias.numel()
                    })?;
                // The same numbers for an image of other proportions.
                let larger = Tensor::zeros([1, channels, 2 * x.size(2), 3 * x.size(3)]);
                let y = lab.conv2d_direct(larger.clone(), weight, bias, window, groups)?;
                let [height, width] = output_shape(&window, [larger.size(2), larger.size(3)]);
                expect::equal("the output's height and width", [y.size(2), y.size(3)], [height, width])?;
                Ok(())
            }),
        Check::new("parameters_of_a_fully_connected_layer", "6")
            .law("A fully connected layer has a weight for each pair of an input and an output, and a bias per output.")
            .hints([
                "How many numbers has an image of C channels?",
                "C·P inputs, O·P outputs: a matrix of [O·P, C·P], and O·P biases.",
                "out_channels * pixels * (channels * pixels + 1)",
            ])
            .property([1..=4_usize, 1..=4, 1..=50], |lab: Lab, &[channels, out, pixels]: &[usize; 3]| {
                let (inputs, outputs) = (channels * pixels, out * pixels);
                let got = lab.linear_parameters(channels, out, pixels)?;
                expect::equal("the number of parameters", got, inputs * outputs + outputs)
                    .suspect("the biases are not counted", || inputs * outputs)
                    .suspect("there is a bias for each output, not for each input", || inputs * outputs + inputs)?;
                Ok(())
            }),
    ]
}

/// The shapes of LeNet-5's parameters, with their names.
pub(crate) const LENET: [(&str, &[usize]); 10] = [
    ("conv1.weight", &[6, 1, 5, 5]),
    ("conv1.bias", &[6]),
    ("conv2.weight", &[16, 6, 5, 5]),
    ("conv2.bias", &[16]),
    ("linear1.weight", &[120, 400]),
    ("linear1.bias", &[120]),
    ("linear2.weight", &[84, 120]),
    ("linear2.bias", &[84]),
    ("linear3.weight", &[10, 84]),
    ("linear3.bias", &[10]),
];

/// Random parameters and images for LeNet-5. Weights are as large as keeps the activations near 1.
pub(crate) fn lenet_inputs(seed: u64, batch: usize, biases: bool) -> (Vec<Tensor<f64>>, Tensor<f64>) {
    random::with(Generator::seed(seed), || {
        let parameters = LENET.iter().map(|(name, shape)| {
            let inputs: usize = shape[1..].iter().product();
            let bound =
                if name.ends_with("bias") { f64::from(biases) } else { SQRT_2 / (inputs as f64).sqrt() };
            Tensor::uniform(*shape, -bound, bound)
        });
        (parameters.collect(), Tensor::uniform([batch, 1, 28, 28], -1.0, 1.0))
    })
}

/// LeNet-5's parameters such that each layer copies one number, times its sign: the middle tap of a kernel, then
/// feature `feature` of 400, then the first unit.
fn copying_lenet(signs: [f64; 5], feature: usize) -> Vec<Tensor<f64>> {
    let channel = feature / 25;
    let places: [&[usize]; 5] = [&[0, 0, 2, 2], &[channel, 0, 2, 2], &[0, feature], &[0, 0], &[0, 0]];
    let weight = |layer: usize| one_hot(LENET[2 * layer].1, places[layer]) * signs[layer];
    (0..5).flat_map(|layer| [weight(layer), Tensor::zeros(LENET[2 * layer + 1].1)]).collect()
}

fn lenet() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("conv_layer_starts_uniform", "7")
            .law("New weights and biases are uniform on [−1/√K, 1/√K), K = C/G·kh·kw: within the bound, and filling it.")
            .cases(8)
            .hints([
                "K is the number of products in each output. PyTorch calls it fan_in.",
                "Tensor::uniform(shape, low, high) draws the numbers; Parameter::new makes them learnable.",
                "let bound = 1.0 / ((channels / groups * kh * kw) as f64).sqrt(); and weights and bias from \
                 Tensor::uniform(…, -bound, bound)",
            ])
            .property((any::<u64>(), windows(), 1..=2_usize), |lab: Lab, &(seed, window, groups): &(u64, Window, usize)| {
                let (channels, out) = (4, 128);
                let (weight, bias) = lab.conv_layer(seed, channels, out, window, groups)?;
                let [kh, kw] = window.kernel;
                expect::equal("the shape of the weight", weight.shape(), [out, channels / groups, kh, kw])?;
                expect::equal("the shape of the bias", bias.shape(), [out])?;
                let inputs = channels / groups * kh * kw;
                let bound = 1.0 / (inputs as f64).sqrt();
                for (name, values) in [("weight", weight.to_vec()), ("bias", bias.to_vec())] {
                    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
                    expect::that(-bound <= smallest && largest < bound, || {
                        format!("the {name} runs from {smallest} to {largest}, outside ±1/√{inputs} = ±{bound}")
                    })?;
                    // The largest of 128 uniform numbers is below 0.7 of the bound with probability 0.85¹²⁸ < 1e-9.
                    expect::that(smallest < -0.7 * bound && 0.7 * bound < largest, || {
                        format!("the {name} runs from {smallest} to {largest} and does not fill ±1/√{inputs} = ±{bound}")
                    })?;
                }
                Ok(())
            }),
        Check::new("lenet_has_61706_parameters", "7")
            .law("LeNet-5 has five layers with parameters, 61,706 numbers in all.")
            .hints([
                "Two convolutions, three linear layers. Which sizes does the handout's table give them?",
                "After the second pooling, each image has 16 channels of 5 × 5: 400 features.",
                "Conv2d::new(1, 6, …, 1), Conv2d::new(6, 16, …, 1), Linear::new(400, 120), Linear::new(120, 84), \
                 Linear::new(84, 10), with 5 × 5 windows",
            ])
            .example(|lab: Lab| {
                let shapes = lab.lenet_shapes(0)?;
                let expected: Vec<(String, Vec<usize>)> =
                    LENET.iter().map(|(name, shape)| (name.to_string(), shape.to_vec())).collect();
                expect::equal("the list of parameters", &shapes, &expected)?;
                let count: usize = shapes.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
                expect::equal("the number of parameters", count, 61_706)?;
                Ok(())
            }),
        Check::new("lenet_copies_the_brightest_pixel", "7")
            .law(
                "If every layer copies one number, a logit is the brightest pixel of a 4 × 4 block; if two layers \
                 that follow one another turn the sign, the ReLU between them leaves 0; the logit itself may be \
                 negative.",
            )
            .points(3)
            .cases(16)
            .hints([
                "Follow the shapes through your forward pass: 28 → 14 → 10 → 5. Each pooling comes after a ReLU, and \
                 the second convolution has no padding.",
                "ReLU stands after every layer with parameters but the last. Flattening keeps the batch: \
                 x.flatten(1).",
                "features: max_pool2d(&self.conv1.forward(x).relu(), &Window::tiles([2, 2])), and the same with \
                 conv2; forward: linear1, relu, linear2, relu, linear3",
            ])
            .property(
                (any::<u64>(), 0..400_usize),
                |lab: Lab, &(seed, feature): &(u64, usize)| {
                    let image: Tensor<f64> =
                        random::with(Generator::seed(seed), || Tensor::uniform([1, 1, 28, 28], 0.1, 1.0));
                    // Convolution 2 cuts two of the 14 rows off, and pooling halves twice.
                    let (row, column) = (feature / 5 % 5, feature % 5);
                    let block = image.narrow(2, 4 * row + 4, 4).narrow(3, 4 * column + 4, 4);
                    let (brightest, mean) = (block.max(..).item(), block.mean(..).item());
                    let logit = |signs: [f64; 5]| -> Result<f64, Fault> {
                        Ok(lab.lenet_logits(copying_lenet(signs, feature), image.clone())?.get([0, 0]))
                    };
                    expect::close("logit 0", &logit([1.0; 5])?, &brightest, Tolerance::EXACT)
                        .suspect("the pooling averages", || mean)?;
                    for layer in 0..4 {
                        let mut signs = [1.0; 5];
                        signs[layer] = -1.0;
                        signs[layer + 1] = -1.0;
                        let between = ["conv1 and conv2", "conv2 and linear1", "linear1 and linear2", "linear2 and linear3"];
                        let got = logit(signs)?;
                        expect::that(got == 0.0, || {
                            format!("logit 0 is {got}, not 0: is there a ReLU between {}?", between[layer])
                        })?;
                    }
                    let turned = logit([1.0, 1.0, 1.0, 1.0, -1.0])?;
                    expect::close("logit 0 with its last weights negated", &turned, &-brightest, Tolerance::EXACT)
                        .suspect("there is a ReLU after the logits", || 0.0)?;
                    Ok(())
                },
            ),
        Check::new("lenet_sees_each_image_alone", "7")
            .law("The logits of a batch are the logits of its images, one by one.")
            .cases(4)
            .hints([
                "Which dimension is the batch, and does any step mix it with another?",
                "flatten(1) begins at dimension 1 and leaves the batch; flatten(0) would not.",
                "self.features(x).flatten(1)",
            ])
            .property((any::<u64>(), 1..=3_usize), |lab: Lab, &(seed, batch): &(u64, usize)| {
                let (parameters, x) = lenet_inputs(seed, batch, true);
                let logits = lab.lenet_logits(parameters.clone(), x.clone())?;
                expect::equal("the shape of the logits", logits.shape(), [batch, 10])?;
                for n in 0..batch {
                    let alone = lab.lenet_logits(parameters.clone(), x.narrow(0, n, 1))?;
                    // Sums of at most 400 products, through five layers whose activations stay below 10.
                    let tolerance = Tolerance::sum_of(5 * 400).times(10.0);
                    let name = format!("the logits of image {n}");
                    expect::close(&name, &logits.narrow(0, n, 1), &alone, tolerance)?;
                }
                Ok(())
            }),
        Check::new("lenet_gradient_reaches_every_layer", "7")
            .law(
                "Without biases the logits are homogeneous in each layer's weights W, so that by Euler's theorem \
                 ⟨W, dℒ/dW⟩ = ℒ for ℒ = ⟨logits, c⟩ and every layer.",
            )
            .points(2)
            .cases(4)
            .hints([
                "Doubling one layer's weights doubles the logits, because ReLU and pooling do not mind a factor. \
                 Does the gradient of every layer arrive?",
                "A layer without a gradient was computed outside the graph: is there a detach, a to_vec or a \
                 no_grad on its way?",
                "Use the layers' own forward, relu and max_pool2d; each of them records itself.",
            ])
            .property((any::<u64>(), 1..=2_usize), |lab: Lab, &(seed, batch): &(u64, usize)| {
                let (parameters, x) = lenet_inputs(seed, batch, false);
                let c = random::with(Generator::seed(!seed), || Tensor::uniform([batch, 10], -1.0, 1.0));
                let loss = inner(&lab.lenet_logits(parameters.clone(), x.clone())?, &c);
                let gradients = lab.lenet_gradients(parameters.clone(), x, c)?;
                for (layer, (name, _)) in LENET.iter().enumerate().filter(|(_, (name, _))| name.ends_with("weight")) {
                    let got = inner(&parameters[layer], &gradients[layer]);
                    // Rounding as above, once more through the backward pass, over all logits.
                    let tolerance = Tolerance::sum_of(10 * 400).times(100.0 * batch as f64);
                    expect::close(&format!("⟨W, dW⟩ of {name}"), &got, &loss, tolerance)
                        .suspect("no gradient arrives there", || 0.0)?;
                }
                Ok(())
            }),
    ]
}

/// Images of pixels from [0, 1].
pub(crate) fn images() -> impl Strategy<Value = Tensor<f64>> {
    [1..=3_usize, 1..=3]
        .prop_flat_map(|[height, width]| tensors([1, 1, height, width]).prop_map(|x| (x + 1.0) * 0.5))
}

/// An image, and a tensor of its shape with entries from [−1, 1].
fn images_with_directions() -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>)> {
    images().prop_flat_map(|image| {
        let direction = tensors(image.shape()).contiguous();
        (Just(image), direction)
    })
}

pub(crate) fn length(x: &Tensor<f64>) -> f64 {
    inner(x, x).sqrt()
}

fn ascent() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("ascent_step_has_its_length", "8")
            .law(
                "Within the box, a step leads from (1 − λ)x straight along the gradient, by exactly η, however long \
                 the gradient is.",
            )
            .points(2)
            .hints([
                "Three things happen in this order: decay, move, clamp.",
                "A gradient divided by its length has length 1; times η it has length η. `gradient.norm().item()` is \
                 the length.",
                "(image * (1.0 - decay) + gradient * (rate / norm)).clamp(0.0, 1.0)",
            ])
            .property(
                (images_with_directions(), 1..=100_u32, 0..=10_u32, -3..=3_i32),
                |lab: Lab, ((image, direction), rate, decay, scale): &((Tensor<f64>, Tensor<f64>), u32, u32, i32)| {
                    // Pixels between 0.4 and 0.6 decay to 0.36 at least; steps of at most 0.1 stay in the box.
                    let image = image * 0.2 + 0.4;
                    let gradient = (direction + 1.5) * 10_f64.powi(*scale);
                    let (rate, decay) = (f64::from(*rate) / 1000.0, f64::from(*decay) / 100.0);
                    let after = lab.ascent_step(image.clone(), gradient.clone(), Ascent { steps: 1, rate, decay })?;
                    let step = &after - &image * (1.0 - decay);
                    // A square root of a sum of as many squares, a quotient and three more operations; the step is
                    // what is left of numbers up to 1.
                    let tolerance = Tolerance::sum_of(image.numel() + 8);
                    expect::close("the length of the step", &length(&step), &rate, tolerance)
                        .suspect("the gradient is not divided by its length", || rate * length(&gradient))
                        .suspect("the image does not decay", || {
                            length(&(&image * decay + &gradient * (rate / length(&gradient))))
                        })?;
                    let along = inner(&step, &gradient) / length(&gradient);
                    expect::close("the part of the step along the gradient", &along, &rate, tolerance)
                        .suspect("it goes downhill", || -rate)?;
                    Ok(())
                },
            ),
        Check::new("ascent_stays_in_the_box_and_climbs", "8")
            .law(
                "On the plane ⟨a, x⟩ the objective never falls, all pixels stay between 0 and 1, and after enough \
                 steps each is at its end of the box: 1 where a > 0, 0 where a < 0.",
            )
            .points(2)
            .hints([
                "Which of the two ends of the box does the gradient point to, pixel by pixel?",
                "Clamp after each step, not only at the end. The path has the objective at the start and after \
                 every step.",
                "In each step: a leaf by image.requires_grad_(), the objective of it, push its item(), grad(&y, \
                 &[&leaf]), ascent_step; after the loop push the last objective.",
            ])
            .property(images_with_directions(), |lab: Lab, (start, direction): &(Tensor<f64>, Tensor<f64>)| {
                // No entry of a is so small that its pixel would take for ever.
                let a = direction.map(|v| if v < 0.0 { v - 0.5 } else { v + 0.5 });
                let rate = 0.1;
                let smallest = a.to_vec().into_iter().fold(f64::INFINITY, |m, v| m.min(v.abs()));
                let steps = (length(&a) / (rate * smallest)).ceil() as usize + 1;
                let (image, path) = lab.ascend_plane(a.clone(), start.clone(), Ascent { steps, rate, decay: 0.0 })?;
                expect::equal("the length of the path", path.len(), steps + 1)
                    .suspect("the objective of the start or of the last image is missing", || steps)?;
                let tolerance = Tolerance::sum_of(a.numel() + 1).times(1.5);
                expect::close("the path's first number", &path[0], &inner(&a, start), tolerance)?;
                expect::close("the path's last number", &path[steps], &inner(&a, &image), tolerance)?;
                let falls = path.windows(2).position(|pair| pair[1] < pair[0] - tolerance.bound(pair[0]));
                expect::that(falls.is_none(), || format!("the objective falls along the path {path:?}"))?;
                let corner = a.map(|v| f64::from(v > 0.0));
                expect::close("the last image", &image, &corner, Tolerance::EXACT)
                    .suspect("it goes downhill", || 1.0 - &corner)
                    .suspect("the start is returned", || start.clone())?;
                Ok(())
            }),
        Check::new("ascent_climbs_a_hill_to_its_top", "8")
            .law(
                "On the hill −½‖x − peak‖² each step leads η nearer to the peak: n steps end no farther from it than \
                 max(‖start − peak‖ − nη, η).",
            )
            .points(2)
            .hints([
                "The gradient changes from step to step. At which image is it computed?",
                "Every step needs a fresh leaf with the current image; a gradient of the first one leads past the top.",
                "let leaf = image.requires_grad_(); … image = ascent_step(&leaf.detach(), &gradient, ascent);",
            ])
            .property(
                (images_with_directions(), 0..=20_usize, 1..=20_u32),
                |lab: Lab, ((peak, direction), steps, rate): &((Tensor<f64>, Tensor<f64>), usize, u32)| {
                    let start = (direction + 1.0) * 0.5;
                    let (steps, rate) = (*steps, f64::from(*rate) / 100.0);
                    let (image, path) =
                        lab.ascend_hill(peak.clone(), start.clone(), Ascent { steps, rate, decay: 0.0 })?;
                    expect::equal("the length of the path", path.len(), steps + 1)?;
                    let away = |x: &Tensor<f64>| length(&(x - peak));
                    let farthest = (away(&start) - steps as f64 * rate).max(if steps == 0 { 0.0 } else { rate });
                    // Each step rounds, and so does the comparison.
                    let slack = Tolerance::sum_of(peak.numel() + 8).times((steps + 1) as f64).absolute;
                    expect::that(away(&image) <= farthest + slack, || {
                        format!(
                            "after {steps} steps of {rate} the image is {} from the peak; it was {} at first, and \
                             could be {farthest}",
                            away(&image),
                            away(&start)
                        )
                    })?;
                    let last = -0.5 * away(&image).powi(2);
                    expect::close("the path's last number", &path[steps], &last, Tolerance::sum_of(peak.numel() + 2))?;
                    Ok(())
                },
            ),
    ]
}
