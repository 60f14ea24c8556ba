//! Step 4: the multi-layer perceptron, and a staircase made of one.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_01_perceptron::{Activation, Layer};
use tensor::Tensor;

use crate::cases::{Stack, activations, rounded, stacks};
use crate::contract::Contract;
use crate::visible::Lab;

/// The lecture's network.
const LECTURE: [usize; 5] = [6, 128, 256, 128, 5];

/// Numbers of features from the input to the output.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(1..=4_usize, 2..=5)
}

/// A network and a batch for it. Its activation is smooth, so that roundings stay small.
fn networks() -> impl Strategy<Value = Stack> {
    (sizes(), 1..=3_usize)
        .prop_flat_map(|(sizes, batch)| (stacks(sizes.clone(), Activation::Tanh), tensors([batch, sizes[0]])))
        .prop_map(|(layers, x)| Stack { layers, x })
}

/// What a network with one input says at x, and with what hidden layer.
fn stairs_at(layers: &[Layer], x: f64) -> f64 {
    let [hidden, output] = layers else { panic!("a staircase has two layers, not {}", layers.len()) };
    let (weight, bias) = (hidden.weight.to_vec(), hidden.bias.to_vec());
    let is_on = |k: usize| weight[k] * x + bias[k] > 0.0;
    let steps = output.weight.to_vec();
    output.bias.item() + (0..bias.len()).filter(|&k| is_on(k)).map(|k| steps[k]).sum::<f64>()
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("mlp_activates_all_but_its_last_layer", "4")
            .law(
                "One layer for each pair of neighbouring sizes; hidden layers are activated, the last is \
                 not.",
            )
            .points(2)
            .hints([
                "How many layers do three sizes make?",
                "sizes.windows(2) goes through the pairs of neighbours; .enumerate() numbers them. Only \
                 the last pair gets Activation::Identity.",
                "sizes.windows(2).enumerate(), each pair as Layer::new(pair[0], pair[1], if index == \
                 sizes.len() - 2 { Activation::Identity } else { activation })",
            ])
            .property(
                (0..1000_u64, sizes(), activations()),
                |lab: Lab, (seed, sizes, activation): &(u64, Vec<usize>, Activation)| {
                    let layers = lab.new_mlp(*seed, sizes.clone(), *activation)?;
                    let got: Vec<Vec<usize>> =
                        layers.iter().map(|layer| layer.weight.shape().to_vec()).collect();
                    let expected: Vec<Vec<usize>> =
                        sizes.windows(2).map(|pair| vec![pair[1], pair[0]]).collect();
                    expect::equal("the list of the weights' shapes", got, expected)?;
                    let got: Vec<Activation> = layers.iter().map(|layer| layer.activation).collect();
                    let mut expected = vec![*activation; sizes.len() - 1];
                    expected[sizes.len() - 2] = Activation::Identity;
                    expect::equal("the list of activations", got, expected)
                        .suspect("the last layer is activated", || vec![*activation; sizes.len() - 1])?;
                    let drawn = layers.iter().all(|layer| layer.weight.to_vec().iter().all(|w| *w != 0.0));
                    expect::that(drawn, || "there are weights of 0: let Layer::new draw them".into())?;
                    Ok(())
                },
            ),
        Check::new("mlp_is_layer_after_layer", "4")
            .law("The network is the composition of its layers: each sees what the one before it gives.")
            .hints([
                "What does the second layer see?",
                "Keep the current values in a variable, and replace it layer by layer.",
                "let mut x = x.clone(); for layer in &self.layers { x = layer.forward(&x); } x",
            ])
            .property(networks(), |lab: Lab, Stack { layers, x }: &Stack| {
                let mut expected = x.clone();
                for layer in layers {
                    expected = lab.layer(layer.clone(), expected)?;
                }
                expect::close(
                    "the output",
                    &lab.mlp(layers.clone(), x.clone())?,
                    &expected,
                    Tolerance::EXACT,
                )?;
                Ok(())
            }),
        Check::new("mlp_counts_weights_and_biases", "4")
            .law(
                "A layer from D to H features has D·H weights and H biases. The lecture's network has \
                 67,461 in all.",
            )
            .hints([
                "Which tensors of a layer are learned?",
                "tensor.numel() is how many numbers a tensor has.",
                "self.layers.iter().map(|layer| layer.weight.numel() + layer.bias.numel()).sum()",
            ])
            .property(
                prop_oneof![6 => sizes(), 1 => Just(LECTURE.to_vec())],
                |lab: Lab, sizes: &Vec<usize>| {
                    let zeros = |pair: &[usize]| Layer {
                        weight: Tensor::zeros([pair[1], pair[0]]),
                        bias: Tensor::zeros(pair[1]),
                        activation: Activation::ReLU,
                    };
                    let layers: Vec<Layer> = sizes.windows(2).map(zeros).collect();
                    let expected: usize = sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum();
                    expect::equal("the number of parameters", lab.num_parameters(layers)?, expected)
                        .suspect("the biases are not counted", || {
                            sizes.windows(2).map(|pair| pair[0] * pair[1]).sum::<usize>()
                        })?;
                    Ok(())
                },
            ),
        Check::new("staircase_has_its_heights", "4")
            .law(
                "With n heights there are n − 1 hidden neurons, and between k/n and (k + 1)/n the output \
                 is heights[k].",
            )
            .points(2)
            .hints([
                "What does neuron k add to the output when it turns on?",
                "Θ(x − k/n) turns on at x = k/n: the weight is 1 and the bias −k/n. Its output weight is \
                 the rise heights[k] − heights[k − 1], and the output's bias is the height at which \
                 everything begins.",
                "hidden: weight Tensor::ones([n - 1, 1]), bias Tensor::from_vec(edges, n - 1) * -1.0, \
                 Heaviside; output: weight Tensor::from_vec(rises, [1, n - 1]), bias \
                 Tensor::from([heights[0]]), Identity",
            ])
            .property(vec(rounded(-1.0, 1.0), 2..=8), |lab: Lab, heights: &Vec<f64>| {
                let n = heights.len();
                let layers = lab.staircase(heights.clone())?;
                let shapes: Vec<&[usize]> = layers.iter().map(|layer| layer.weight.shape()).collect();
                expect::equal("the list of the weights' shapes", shapes, [&[n - 1, 1][..], &[1, n - 1]])?;
                let activations: Vec<Activation> = layers.iter().map(|layer| layer.activation).collect();
                expect::equal(
                    "the list of activations",
                    activations,
                    [Activation::Heaviside, Activation::Identity],
                )?;
                let (first, last) = (heights[0], heights[n - 1]);
                for (k, height) in heights.iter().enumerate() {
                    let passed: f64 = heights[1..=k].iter().sum();
                    // Near both ends of the step and in its middle.
                    for inside in [0.01, 0.5, 0.99] {
                        let x = (k as f64 + inside) / n as f64;
                        let name = format!("the output at x = {x:.4}, on step {k},");
                        expect::close(&name, &stairs_at(&layers, x), height, Tolerance::sum_of(n).times(2.0))
                            .suspect("the output weight is a height, not a rise", || first + passed)
                            .suspect("all output weights are 1: they are the rises", || first + k as f64)
                            .suspect(
                                "the rise is heights[k] − heights[k − 1], not the other way round",
                                || 2.0 * first - height,
                            )
                            .suspect("the hidden biases are k/n: a neuron turns on at k/n with −k/n", || last)
                            .suspect("the output's bias, the first height, is missing", || height - first)?;
                    }
                }
                Ok(())
            }),
    ]
}
