//! Step 2: the convolution as a localized weighted sum.

use grading::prelude::*;
use lab_05_cnn::{Padding, Window};
use tensor::Tensor;

use crate::cases::{Convolution, convolutions, convolutions_of, least_size, one_hot, views, windows_up_to};
use crate::contract::Contract;
use crate::visible::Lab;

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

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
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
