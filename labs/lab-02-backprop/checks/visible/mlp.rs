//! Step 7: a network with a backward pass by hand.

use grading::prelude::*;
use tensor::Tensor;

use crate::cases::{Layers, Named, inner, matrix, named, network_by_loops, networks, rows};
use crate::contract::Contract;
use crate::visible::Lab;

/// The activations of a network by loops.
pub(crate) fn activations(layers: &Layers, x: &Tensor<f64>) -> Vec<Tensor<f64>> {
    let shapes: Vec<[usize; 2]> = layers.iter().map(|[weight, _]| weight.dims()).collect();
    let parameter = |layer: usize, row: usize, column: usize| {
        let [weight, bias] = &layers[layer];
        if column == weight.size(1) { bias.get([row]) } else { weight.get([row, column]) }
    };
    network_by_loops(&shapes, parameter, &rows(x)).iter().map(|rows| matrix(rows)).collect()
}

/// How far the numbers of a right network may be apart, with up to four inputs to each of up to three layers, whose
/// weights, biases and inputs are at most 1: activations are at most 5, 21, 85, and so much larger are the errors of
/// the first layers when they arrive. The way back has factors of the same size.
pub(crate) fn tolerance() -> Tolerance {
    Tolerance::sum_of(64).times(85.0 * 85.0)
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("forward_keeps_what_backward_needs", "7")
            .law("The input of each layer in order, then the logits: linear layers with ReLU between them and none at the end.")
            .points(2)
            .hints([
                "How many ReLUs has a network of three layers?",
                "Push x, then for each layer the output of `linear`, through `relu` unless it is the last.",
                "activations.push(if place + 1 == self.layers.len() { y } else { relu(&y) })",
            ])
            .property(networks(3), |lab: Lab, (layers, x, _): &(Layers, Tensor<f64>, Vec<usize>)| {
                let got = lab.mlp_forward(layers.clone(), x.clone())?;
                let expected = activations(layers, x);
                expect::equal("the number of tensors", got.len(), expected.len())
                    .suspect("the input or the logits are missing", || expected.len() - 1)?;
                let last = expected.len() - 1;
                for (place, (got, expected)) in got.iter().zip(&expected).enumerate() {
                    let name = if place == last { "the matrix of logits".into() } else { format!("the input of layer {place}") };
                    expect::close(&name, got, expected, tolerance())
                        .suspect("there is a ReLU after the logits", || expected.relu())?;
                }
                Ok(())
            }),
        Check::new("backward_reaches_every_layer", "7")
            .law(
                "Without biases, the logits are proportional to the weights of each layer and to the input, so that by \
                 Euler's theorem ⟨W, dW⟩ = ⟨x, dx⟩ = ⟨logits, dlogits⟩ for every layer.",
            )
            .points(2)
            .hints([
                "Go through the layers in reverse. What is dy for the layer before?",
                "A layer's backward gives dx, the gradient of its input. That input is the ReLU of the layer before: \
                 the ReLU's backward, with the activation that forward kept, gives the dy of that layer.",
                "let gradient = linear_backward(&activations[place], &layer.weight, &dy); if place > 0 { dy = \
                 relu_backward(&activations[place], &gradient.x); } gradients.push(gradient); and reverse at the end",
            ])
            .property(
                networks(3).prop_flat_map(|(layers, x, labels)| {
                    let classes = layers[layers.len() - 1][0].size(0);
                    (Just(layers), Just(x), tensors([labels.len(), classes]))
                }),
                |lab: Lab, (layers, x, dlogits): &(Layers, Tensor<f64>, Tensor<f64>)| {
                    let layers: Layers = layers.iter().map(|[w, b]| [w.clone(), b.zeros_like()]).collect();
                    let kept = activations(&layers, x);
                    let expected = inner(&kept[layers.len()], dlogits);
                    let gradients = lab.mlp_backward(layers.clone(), kept.clone(), dlogits.clone())?;
                    let without_relu = backward_without_relu(&layers, &kept, dlogits);
                    expect::equal("the number of layers with gradients", gradients.len(), layers.len())?;
                    for (place, [_, dw, _]) in gradients.iter().enumerate() {
                        let weight = &layers[place][0];
                        expect::equal(&format!("the shape of dW of layer {place}"), dw.shape(), weight.shape())
                            .suspect("the gradients are in the reverse order", || layers[layers.len() - 1 - place][0].shape())?;
                        let name = format!("⟨W, dW⟩ of layer {place}");
                        expect::close(&name, &inner(weight, dw), &expected, tolerance())
                            .suspect(THROUGH_RELU, || inner(weight, &without_relu[place][1]))?;
                    }
                    expect::close("⟨x, dx⟩ of the network's input", &inner(x, &gradients[0][0]), &expected, tolerance())
                        .suspect(THROUGH_RELU, || inner(x, &without_relu[0][0]))?;
                    Ok(())
                },
            ),
        Check::new("network_gradient_agrees_with_differences", "7")
            .law("The gradient of the loss agrees with central differences, at every weight and bias of every layer.")
            .points(3)
            .cases(16)
            .hints([
                "Which layer is the first wrong one, from the end? The mistake is between it and the next.",
                "The order is: forward, loss, the loss's gradient with dloss = 1, backward from that.",
                "let dlogits = softmax_cross_entropy_backward(&probabilities, labels, T::one()); (loss, \
                 self.backward(&activations, &dlogits))",
            ])
            .property(networks(3), |lab: Lab, (layers, x, labels): &(Layers, Tensor<f64>, Vec<usize>)| {
                let loss_of = |layers: &Layers| {
                    let logits = activations(layers, x).pop().expect("logits come last");
                    let rows = rows(&logits).into_iter().zip(labels);
                    let losses = rows.map(|(z, &label)| z.iter().map(|z| (z - logits_max(&logits)).exp()).sum::<f64>().ln() - z[label] + logits_max(&logits));
                    losses.sum::<f64>() / labels.len() as f64
                };
                let (loss, gradients) = lab.mlp_loss_and_gradients(layers.clone(), x.clone(), labels.clone())?;
                expect::close("the loss", &loss, &loss_of(layers), tolerance())?;
                // Away from kinks, where differences say nothing: no unit may change its side within ±h.
                let kept = activations(layers, x);
                let before_relu = (1..layers.len()).map(|place| kept[place - 1].matmul(&layers[place - 1][0].t()) + &layers[place - 1][1]);
                let nearest = before_relu.flat_map(|z| z.to_vec()).fold(f64::INFINITY, |m, z| m.min(z.abs()));
                expect::assume(nearest > 1e-3)?;
                let h = 1e-5;
                for place in 0..layers.len() {
                    for kind in 0..2 {
                        let parameter = layers[place][kind].contiguous();
                        let differences = (0..parameter.numel()).map(|at| {
                            let moved = |by: f64| {
                                let mut numbers = parameter.to_vec();
                                numbers[at] += by;
                                let mut moved = layers.clone();
                                moved[place][kind] = Tensor::from_vec(numbers, parameter.shape());
                                loss_of(&moved)
                            };
                            (moved(h) - moved(-h)) / (2.0 * h)
                        });
                        let differences = Tensor::from_vec(differences.collect(), parameter.shape());
                        let name = format!("{} of layer {place}", ["dW", "db"][kind]);
                        // h²/6·f''' and 100·ε/h, with activations up to 85 in f'''.
                        expect::close(&name, &gradients[place][kind + 1], &differences, Tolerance::within(1e-5))
                            .suspect("1/N is forgotten", || &differences * labels.len() as f64)
                            .suspect("the sign is wrong", || -&differences)?;
                    }
                }
                Ok(())
            }),
        Check::new("step_moves_against_the_gradient", "7")
            .law("θ − η·dθ for every weight and every bias of every layer.")
            .hints([
                "The gradient points uphill.",
                "Both parameters of each layer take part, with the same learning rate.",
                "layer.weight = &layer.weight - &gradient.weight * learning_rate; and the same with the bias",
            ])
            .property(
                networks(3).prop_flat_map(|(layers, _, _)| {
                    let gradients: Vec<_> = layers.iter().map(|[w, b]| [tensors(w.shape()), tensors(b.shape())]).collect();
                    (Just(layers), gradients, named("η", (0..=10_u32).prop_map(|tenths| f64::from(tenths) / 10.0)))
                }),
                |lab: Lab, (layers, gradients, rate): &(Layers, Layers, Named<f64>)| {
                    let rate = rate.value;
                    let got = lab.mlp_step(layers.clone(), gradients.clone(), rate)?;
                    expect::equal("the number of layers", got.len(), layers.len())?;
                    for (place, after) in got.iter().enumerate() {
                        for kind in 0..2 {
                            let (before, gradient) = (&layers[place][kind], &gradients[place][kind]);
                            let name = format!("the {} of layer {place}", ["weight", "bias"][kind]);
                            expect::close(&name, &after[kind], &(before - gradient * rate), Tolerance::sum_of(2))
                                .suspect("it goes uphill", || before + gradient * rate)
                                .suspect("it does not move", || before.clone())?;
                        }
                    }
                    Ok(())
                },
            ),
    ]
}

/// The likely reason for what [`backward_without_relu`] gives.
const THROUGH_RELU: &str = "the gradient does not go through the ReLU on the way back";

/// dx and dW of each layer if every gradient is passed on as if the activation were not there.
fn backward_without_relu(
    layers: &Layers,
    activations: &[Tensor<f64>],
    dlogits: &Tensor<f64>,
) -> Vec<[Tensor<f64>; 2]> {
    let mut dy = dlogits.clone();
    let mut gradients: Vec<[Tensor<f64>; 2]> = Vec::new();
    for ([weight, _], x) in layers.iter().zip(activations).rev() {
        let dx = dy.matmul(weight);
        gradients.push([dx.clone(), dy.t().matmul(x)]);
        dy = dx;
    }
    gradients.reverse();
    gradients
}

fn logits_max(logits: &Tensor<f64>) -> f64 {
    logits.max(..).item()
}
