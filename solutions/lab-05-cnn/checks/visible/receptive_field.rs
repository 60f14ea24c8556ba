//! Step 6: what a unit sees and what a layer costs.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_05_cnn::{Padding, ReceptiveField, Window};
use tensor::Tensor;

use crate::cases::{Convolution, convolutions, output_shape, views, windows_up_to};
use crate::contract::Contract;
use crate::visible::Lab;

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

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
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
