//! The checks that students do not see: the laws of the visible ones on harder input, and each function against an
//! oracle that shares no line with the reference.

mod oracle;

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_05_cnn::{Ascent, Padding, ReceptiveField, Window};
use tensor::Tensor;
use tensor::random::{self, Generator};

use crate::cases::{
    Convolution, Pooling, convolutions_of, inner, least_size, pooling_windows, poolings_of, views,
    windows_up_to,
};
use crate::contract::Contract;
use crate::hidden::oracle::{
    Sums, convolve, convolved, depthwise_convolutions, gradients_of, hard_convolutions, hard_windows,
    lenet_by_oracle, max_pooled, products,
};
use crate::visible::{LENET, images, lenet_inputs, length};

type Lab<'a> = &'a dyn Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [geometry(), convolution(), gradients(), pooling(), fields(), lenet(), ascent()]
        .into_iter()
        .flatten()
        .map(Check::hidden)
        .collect()
}

fn geometry() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("windows_on_uneven_sizes", "1")
            .law(
                "Height and width have each their own kernel, stride, dilation and padding, also where the stride \
                 is larger than the kernel and the padding larger than both.",
            )
            .cases(64)
            .hints(["Each of the window's fields is an array: index it with `dim`."])
            .property((hard_windows(), [0..=6_usize, 0..=6]), |lab: Lab, (window, more): &(Window, [usize; 2])| {
                for dim in [0, 1] {
                    let n = least_size(window, dim) + more[dim];
                    let seen = views(window, dim, n);
                    let name = format!("the output size of dimension {dim} for {n} places");
                    expect::equal(&name, lab.output_size(*window, dim, n)?, seen.len())?;
                    for (output, taps) in seen.iter().enumerate() {
                        for (tap, place) in taps.iter().enumerate() {
                            let name = format!("the place under tap {tap} at position {output}");
                            expect::equal(&name, lab.source(*window, dim, output, tap, n)?, *place)?;
                        }
                    }
                }
                Ok(())
            }),
    ]
}

fn convolution() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("direct_equals_all_products", "2")
            .law("The direct convolution is the sum of all products, for any window, batch and layout in memory.")
            .points(2)
            .hints(["Is the batch empty, or x a view whose numbers do not lie in order? x.get works on any tensor."])
            .property(hard_convolutions(), |lab: Lab, case: &Convolution| {
                let Convolution { x, weight, bias, window, groups, .. } = case.clone();
                let y = lab.conv2d_direct(x, weight, bias, window, groups)?;
                expect::close("the convolution", &y, &convolved(case), Tolerance::sum_of(case.terms()))?;
                Ok(())
            }),
        Check::new("direct_depthwise", "2")
            .law("With as many groups as channels, each channel has its own kernels.")
            .hints(["C/G = 1: the kernels have one channel each."])
            .property(depthwise_convolutions(), |lab: Lab, case: &Convolution| {
                let Convolution { x, weight, bias, window, groups, .. } = case.clone();
                let y = lab.conv2d_direct(x, weight, bias, window, groups)?;
                expect::close("the convolution", &y, &convolved(case), Tolerance::sum_of(case.terms()))?;
                Ok(())
            }),
        Check::new("im2col_and_col2im_are_adjoint_on_hard_windows", "3")
            .law("⟨im2col(x), im2col(z)⟩ = ⟨x, col2im(im2col(z))⟩, and both are the sum over all taps of x·z.")
            .points(2)
            .hints(["Strides beyond the kernel leave places unseen; wide padding leaves whole windows empty."])
            .property(
                hard_convolutions().prop_flat_map(|case| {
                    let z = tensors(case.x.shape());
                    (Just(case), z)
                }),
                |lab: Lab, (case, z): &(Convolution, Tensor<f64>)| {
                    let (x, window) = (&case.x, case.window);
                    let [batch, channels, height, width] = x.dims();
                    let [columns, others] = [lab.im2col(x.clone(), window)?, lab.im2col(z.clone(), window)?];
                    let shape = [
                        batch,
                        channels * window.kernel.iter().product::<usize>(),
                        views(&window, 0, height).len() * views(&window, 1, width).len(),
                    ];
                    expect::equal("the shape of the columns", columns.shape(), shape)?;
                    let back = lab.col2im(others.clone(), x.dims(), window)?;
                    let seen = |dim: usize, n: usize| -> Vec<usize> {
                        views(&window, dim, n).into_iter().flatten().flatten().collect()
                    };
                    let mut sum = 0.0;
                    for (n, c) in (0..batch).flat_map(|n| (0..channels).map(move |c| (n, c))) {
                        for row in seen(0, height) {
                            for column in seen(1, width) {
                                sum += x.get([n, c, row, column]) * z.get([n, c, row, column]);
                            }
                        }
                    }
                    let tolerance = Tolerance::sum_of(columns.numel());
                    expect::close("⟨im2col(x), im2col(z)⟩", &inner(&columns, &others), &sum, tolerance)?;
                    expect::close("⟨x, col2im(im2col(z))⟩", &inner(x, &back), &sum, tolerance)?;
                    Ok(())
                },
            ),
        Check::new("conv2d_equals_all_products", "4")
            .law("The matrix product is the sum of all products, for any window, batch and layout in memory.")
            .points(2)
            .hints(["Compare with your seven loops on the input shown."])
            .property(hard_convolutions(), |lab: Lab, case: &Convolution| {
                let tolerance = Tolerance::sum_of(case.terms());
                expect::close("the convolution", &convolve(lab, case)?, &convolved(case), tolerance)?;
                Ok(())
            }),
        Check::new("conv2d_depthwise", "4")
            .law("With as many groups as channels, each channel has its own kernels, forward and backward.")
            .hints(["Reshape by groups before the product; the channels of a group lie side by side."])
            .property(depthwise_convolutions(), |lab: Lab, case: &Convolution| {
                let tolerance = Tolerance::sum_of(case.terms());
                expect::close("the convolution", &convolve(lab, case)?, &convolved(case), tolerance)?;
                compare_gradients(lab, case)
            }),
    ]
}

/// The three gradients against the sums over all products.
fn compare_gradients(lab: Lab, case: &Convolution) -> Verdict {
    let (mut dx, mut dw) = (Sums::of(case.x.dims()), Sums::of(case.weight.dims()));
    for product in products(case) {
        dx.add(product.x, case.weight.get(product.weight) * case.dy.get(product.y));
        dw.add(product.weight, case.x.get(product.x) * case.dy.get(product.y));
    }
    let [got_dx, got_dw, got_db] = gradients_of(lab, case)?;
    // Each entry of dx is a sum over some of the kernel's entries, and over the positions that see it; each of dw and
    // db over some of dy's.
    let by_taps = Tolerance::sum_of(case.weight.numel());
    let by_places = Tolerance::sum_of(case.dy.numel());
    expect::close("dx", &got_dx, &dx.tensor(), by_taps)?;
    expect::close("dw", &got_dw, &dw.tensor(), by_places)?;
    expect::close("db", &got_db, &case.dy.sum([0, 2, 3]), by_places)?;
    Ok(())
}

fn gradients() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("conv2d_gradients_equal_all_products", "4")
            .law("Each product w·x adds w·dy to dx and x·dy to dw, for any window, batch and layout in memory.")
            .points(3)
            .hints(["Which of the three gradients differs? Its own check in step 4 has the formula."])
            .property(hard_convolutions(), compare_gradients),
        Check::new("conv2d_gradient_of_a_batch_is_the_sum", "4")
            .law("The batch's dw and db are the sums of the single images' gradients; its dx is theirs side by side.")
            .hints(["The images of a batch share the weights and the bias, and nothing else."])
            .property(
                convolutions_of(windows_up_to(3, 2, 2, 2), 2..=3),
                |lab: Lab, case: &Convolution| {
                    let mut singles = Vec::new();
                    for n in 0..case.x.size(0) {
                        let single =
                            Convolution { x: case.x.narrow(0, n, 1), dy: case.dy.narrow(0, n, 1), ..case.clone() };
                        singles.push(gradients_of(lab, &single)?);
                    }
                    let [dx, dw, db] = gradients_of(lab, case)?;
                    let tolerance = Tolerance::sum_of(case.dy.numel());
                    let of_images = |i: usize| singles.iter().map(|one| one[i].clone()).collect::<Vec<_>>();
                    let sum = |i: usize| Tensor::stack(&of_images(i), 0).sum(0);
                    expect::close("dx", &dx, &Tensor::cat(&of_images(0), 0), tolerance)?;
                    expect::close("dw", &dw, &sum(1), tolerance)?;
                    expect::close("db", &db, &sum(2), tolerance)?;
                    Ok(())
                },
            ),
    ]
}

fn pooling() -> Vec<Check<dyn Contract>> {
    let same = pooling_windows().prop_map(|window| window.padding(Padding::Same));
    let apart = ([1..=2_usize, 1..=2], [2..=5_usize, 2..=5])
        .prop_map(|(kernel, stride)| Window::new(kernel).stride(stride));
    let holes = ([2..=3_usize, 2..=3], [1..=3_usize, 1..=3])
        .prop_map(|(kernel, dilation)| Window::new(kernel).dilation(dilation));
    let every_window = prop_oneof![pooling_windows(), same, apart, holes];
    vec![
        Check::new("max_pool_with_ties_and_overlaps", "5")
            .law(
                "Maxima and their gradients are right for any window: overlapping or apart, with holes, on ties and \
                 negative numbers, on empty batches and on views.",
            )
            .points(3)
            .cases(64)
            .hints(["The place of a maximum is its place in x.as_slice(): (plane·H + row)·W + column."])
            .property(
                every_window.prop_flat_map(|window| {
                    (poolings_of(Just(window), 0..=2, true), any::<bool>())
                }),
                |lab: Lab, (case, negative): &(Pooling, bool)| {
                    let x = if *negative { &case.x - 2.0 } else { case.x.clone() };
                    let case = Pooling { x, ..case.clone() };
                    let (y, dx) = max_pooled(&case);
                    expect::close("the maxima", &lab.max_pool2d(case.x.clone(), case.window)?, &y, Tolerance::EXACT)?;
                    let got = lab.max_pool2d_gradient(case.x.clone(), case.window, case.dy.clone())?;
                    let most = Tolerance::sum_of(case.window.kernel.iter().product());
                    expect::close("dx", &got, &dx, most)?;
                    Ok(())
                },
            ),
        Check::new("avg_pool_on_hard_windows", "5")
            .law("Averages and their gradients are right for any window, whatever its padding, stride and holes.")
            .points(2)
            .hints(["Each number that a window sees has the share 1/(kh·kw), forward and backward."])
            .property(poolings_of(hard_windows(), 0..=2, false), |lab: Lab, case: &Pooling| {
                let channels = case.x.size(1);
                let [kh, kw] = case.window.kernel;
                let equal = Convolution {
                    x: case.x.clone(),
                    weight: Tensor::full([channels, 1, kh, kw], 1.0 / (kh * kw) as f64),
                    bias: Tensor::zeros(channels),
                    window: case.window,
                    groups: channels,
                    dy: case.dy.clone(),
                };
                let mut dx = Sums::of(case.x.dims());
                for product in products(&equal) {
                    dx.add(product.x, equal.weight.get(product.weight) * case.dy.get(product.y));
                }
                let y = lab.avg_pool2d(case.x.clone(), case.window)?;
                expect::close("the averages", &y, &convolved(&equal), Tolerance::sum_of(kh * kw + 1))?;
                let got = lab.avg_pool2d_gradient(case.x.clone(), case.window, case.dy.clone())?;
                expect::close("dx", &got, &dx.tensor(), Tolerance::sum_of(case.dy.numel() + 1))?;
                Ok(())
            }),
    ]
}

fn fields() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("receptive_fields_compose", "6")
            .law(
                "A stack B on a stack A has the size r_A + (r_B − 1)·j_A, the jump j_A·j_B and the start \
                 start_A + start_B·j_A.",
            )
            .points(2)
            .hints(["What B says about A's outputs, A translates into places of the input."])
            .property(
                (vec(hard_windows(), 0..=5), vec(hard_windows(), 0..=5), 0..2_usize),
                |lab: Lab, (below, above, dim): &(Vec<Window>, Vec<Window>, usize)| {
                    let a = lab.receptive_field(below.clone(), *dim)?;
                    let b = lab.receptive_field(above.clone(), *dim)?;
                    let all: Vec<Window> = below.iter().chain(above).copied().collect();
                    let expected = ReceptiveField {
                        size: a.size + (b.size - 1) * a.jump,
                        jump: a.jump * b.jump,
                        start: a.start + b.start * a.jump as isize,
                    };
                    expect::equal("the field of both", lab.receptive_field(all, *dim)?, expected)?;
                    // One layer: its outputs see what its window sees.
                    for layer in below {
                        let n = least_size(layer, *dim) + 40;
                        let full = |view: &&Vec<Option<usize>>| view.iter().all(Option::is_some);
                        let seen = views(layer, *dim, n);
                        let field = lab.receptive_field(vec![*layer], *dim)?;
                        let Some(output) = seen.iter().position(|view| full(&view)) else { continue };
                        let places: Vec<usize> = seen[output].iter().flatten().copied().collect();
                        let first = field.start + (output * field.jump) as isize;
                        expect::equal("the first place", first, places[0] as isize)?;
                        expect::equal("the size", field.size, places[places.len() - 1] - places[0] + 1)?;
                    }
                    Ok(())
                },
            ),
        Check::new("a_convolution_costs_less", "6")
            .law(
                "A fully connected layer between images of p pixels costs as much as one between vectors; a \
                 convolution as large as the image, with one output pixel, costs the same as one row of it.",
            )
            .hints(["linear_parameters(c, o, 1) = o·(c + 1) = conv_parameters(c, o, [1, 1], 1)"])
            .property(
                ([1..=6_usize, 1..=6], [1..=5_usize, 1..=5], 1..=3_usize),
                |lab: Lab, &([inputs, outputs], kernel, groups): &([usize; 2], [usize; 2], usize)| {
                    let [kh, kw] = kernel;
                    let one = lab.conv_parameters(inputs, outputs, [1, 1], 1)?;
                    expect::equal("a 1 × 1 convolution", one, lab.linear_parameters(inputs, outputs, 1)?)?;
                    let whole = lab.conv_parameters(inputs, outputs * kh * kw, kernel, 1)?;
                    let dense = lab.linear_parameters(inputs, outputs, kh * kw)?;
                    expect::equal("a convolution as large as the image, for every pixel", whole, dense)?;
                    let side_by_side = groups * lab.conv_parameters(inputs, outputs, kernel, 1)?;
                    let grouped = lab.conv_parameters(groups * inputs, groups * outputs, kernel, groups)?;
                    expect::equal("convolutions side by side", grouped, side_by_side)?;
                    Ok(())
                },
            ),
    ]
}

fn lenet() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("lenet_equals_its_layers", "7")
            .law("Features and logits are those of LeNet-5, layer by layer.")
            .points(3)
            .cases(3)
            .hints(["Convolution, ReLU, pooling, twice; then linear, ReLU, linear, ReLU, linear."])
            .property((any::<u64>(), 0..=2_usize), |lab: Lab, &(seed, batch): &(u64, usize)| {
                let (parameters, x) = lenet_inputs(seed, batch, true);
                let (features, logits) = lenet_by_oracle(&parameters, &x);
                // Sums of at most 400 products, through five layers whose activations stay below 10.
                let tolerance = Tolerance::sum_of(5 * 400).times(10.0);
                let got = lab.lenet_features(parameters.clone(), x.clone())?;
                expect::close("the features", &got, &features, tolerance)?;
                expect::close("the logits", &lab.lenet_logits(parameters, x)?, &logits, tolerance)?;
                Ok(())
            }),
        Check::new("lenet_differs_from_seed_to_seed", "7")
            .law("Two new layers have different numbers, and the weights of one layer are not all alike.")
            .cases(8)
            .hints(["Tensor::uniform draws from the current generator: each number anew."])
            .property(any::<u64>(), |lab: Lab, &seed: &u64| {
                let draw = |seed: u64| lab.conv_layer(seed, 3, 8, Window::new([3, 3]), 1);
                let (first, second) = (draw(seed)?, draw(seed.wrapping_add(1))?);
                expect::that(!first.0.equal(&second.0) && !first.1.equal(&second.1), || {
                    "two seeds give the same numbers".to_string()
                })?;
                let mut numbers: Vec<u64> = first.0.to_vec().into_iter().map(f64::to_bits).collect();
                numbers.sort_unstable();
                numbers.dedup();
                // Equal draws among 216 of 2⁵³ numbers have probability below 1e-11.
                expect::equal("the number of different weights", numbers.len(), first.0.numel())?;
                expect::equal("the shapes", lab.lenet_shapes(seed)?.len(), LENET.len())?;
                Ok(())
            }),
    ]
}

fn ascent() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("ascent_without_a_gradient_only_decays", "8")
            .law("Where the gradient is 0 there is no direction: the image is (1 − λ)x, without NaN.")
            .hints(["0/0 is NaN. Divide by the gradient's length only if there is one."])
            .property((images(), 0..=10_u32), |lab: Lab, (image, decay): &(Tensor<f64>, u32)| {
                let decay = f64::from(*decay) / 10.0;
                let ascent = Ascent { steps: 1, rate: 0.5, decay };
                let after = lab.ascent_step(image.clone(), image.zeros_like(), ascent)?;
                expect::close("the image", &after, &(image * (1.0 - decay)), Tolerance::sum_of(2))?;
                Ok(())
            }),
        Check::new("ascent_step_clamps_to_the_box", "8")
            .law("A step is clamp((1 − λ)x + η·g/‖g‖, 0, 1), however long it is.")
            .points(2)
            .hints(["Clamp last: after the decay and the step."])
            .property(
                images().prop_flat_map(|image| {
                    let gradient = tensors(image.shape());
                    (Just(image), gradient, 0..=300_u32, 0..=10_u32)
                }),
                |lab: Lab, (image, gradient, rate, decay): &(Tensor<f64>, Tensor<f64>, u32, u32)| {
                    let norm = length(gradient);
                    expect::assume(norm > 1e-3)?;
                    let (rate, decay) = (f64::from(*rate) / 100.0, f64::from(*decay) / 10.0);
                    let numbers = image.to_vec().into_iter().zip(gradient.to_vec());
                    let moved = numbers.map(|(x, g)| ((1.0 - decay) * x + rate * g / norm).clamp(0.0, 1.0));
                    let expected = Tensor::from_vec(moved.collect(), image.shape());
                    let after =
                        lab.ascent_step(image.clone(), gradient.clone(), Ascent { steps: 1, rate, decay })?;
                    let tolerance = Tolerance::sum_of(image.numel() + 6).times(3.0);
                    expect::close("the image", &after, &expected, tolerance)?;
                    Ok(())
                },
            ),
        Check::new("ascent_ignores_the_scale_of_the_objective", "8")
            .law("Twice the objective has the same ascent; its path has twice the numbers.")
            .hints(["Only the direction of the gradient counts, at every step."])
            .property(
                (any::<u64>(), 0..=6_usize, -8..=8_i32),
                |lab: Lab, &(seed, steps, exponent): &(u64, usize, i32)| {
                    let (a, start) = random::with(Generator::seed(seed), || {
                        (Tensor::uniform([1, 1, 3, 4], -1.0, 1.0), Tensor::rand([1, 1, 3, 4]))
                    });
                    // A power of two: no rounding comes in.
                    let scale = 2_f64.powi(exponent);
                    let ascent = Ascent { steps, rate: 0.2, decay: 0.05 };
                    let (image, path) = lab.ascend_plane(a.clone(), start.clone(), ascent)?;
                    let (scaled, scaled_path) = lab.ascend_plane(&a * scale, start, ascent)?;
                    let tolerance = Tolerance::sum_of(a.numel() + 8).times((steps + 1) as f64);
                    expect::close("the image", &scaled, &image, tolerance)?;
                    let unscaled: Vec<f64> = scaled_path.iter().map(|value| value / scale).collect();
                    expect::close("the path", &unscaled, &path, tolerance.times(12.0))?;
                    Ok(())
                },
            ),
    ]
}
