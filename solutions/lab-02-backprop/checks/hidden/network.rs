//! Step 7: the network.

use grading::prelude::*;
use scalar::Dual;
use tensor::Tensor;
use tensor::random::{self, Generator};

use crate::cases::{Layers, inner, network_by_loops, networks, rows};
use crate::contract::Contract;
use crate::hidden::Lab;
use crate::visible::{network_activations, network_tolerance};

/// Numbers with the same shape as a tensor, from −1 to 1, drawn from a seed.
fn drawn_like(x: &Tensor<f64>, seed: u64) -> Tensor<f64> {
    random::with(Generator::seed(seed), || Tensor::uniform(x.shape(), -1.0, 1.0))
}

/// What becomes of a network's loss and of ⟨logits, c⟩ if parameters and input move: values and derivatives in one
/// direction, by dual numbers.
fn network_forwards(
    layers: &Layers,
    x: &Tensor<f64>,
    direction: &Layers,
    dx: &Tensor<f64>,
) -> Vec<Vec<Dual>> {
    let shapes: Vec<[usize; 2]> = layers.iter().map(|[weight, _]| weight.dims()).collect();
    let parameter = |layer: usize, row: usize, column: usize| {
        let at = |[weight, bias]: &[Tensor<f64>; 2]| {
            if column == weight.size(1) { bias.get([row]) } else { weight.get([row, column]) }
        };
        Dual { value: at(&layers[layer]), derivative: at(&direction[layer]) }
    };
    let input = rows(x).into_iter().zip(rows(dx)).map(|(values, derivatives)| {
        let pairs = values.into_iter().zip(derivatives);
        pairs.map(|(value, derivative)| Dual { value, derivative }).collect::<Vec<_>>()
    });
    network_by_loops(&shapes, parameter, &input.collect::<Vec<_>>()).pop().expect("the logits come last")
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("network_backward_is_adjoint_to_its_forward", "7")
            .law(
                "⟨J·v, w⟩ = ⟨v, Jᵀ·w⟩ for the logits as a function of all parameters and the input together, with J·v \
                 from dual numbers.",
            )
            .points(3)
            .hints(["Which part of Jᵀ·w is wrong: dx, dW or db, and of which layer? Set all other parts of v to 0."])
            .property((networks(4), any::<u64>()), |lab: Lab, ((layers, x, labels), seed): &((Layers, Tensor<f64>, Vec<usize>), u64)| {
                let direction: Layers = layers
                    .iter()
                    .enumerate()
                    .map(|(place, [w, b])| [drawn_like(w, seed ^ place as u64), drawn_like(b, !seed ^ place as u64)])
                    .collect();
                let dx = drawn_like(x, seed.rotate_left(32));
                let kept = network_activations(layers, x);
                let w = drawn_like(&kept[layers.len()], seed.rotate_left(16));
                // Units exactly at their kink have no derivative; all others have, however near they are.
                let duals = network_forwards(layers, x, &direction, &dx);
                let forwards: f64 =
                    duals.iter().flatten().zip(w.to_vec()).map(|(logit, w)| logit.derivative * w).sum();
                let gradients = lab.mlp_backward(layers.clone(), kept, w.clone())?;
                expect::equal("the number of layers", gradients.len(), layers.len())?;
                let backwards: f64 = inner(&dx, &gradients[0][0])
                    + gradients
                        .iter()
                        .zip(&direction)
                        .map(|([_, dw, db], [vw, vb])| inner(dw, vw) + inner(db, vb))
                        .sum::<f64>();
                let tolerance = network_tolerance().times(4.0 * labels.len() as f64);
                expect::close("⟨v, Jᵀ·w⟩", &backwards, &forwards, tolerance)?;
                Ok(())
            }),
        Check::new("network_gradient_is_the_mean_over_the_samples", "7")
            .law("Loss and gradients of a batch are the means of its samples' losses and gradients.")
            .points(2)
            .hints(["The 1/N of the loss is all there is: no other function divides by N."])
            .property(networks(3), |lab: Lab, (layers, x, labels): &(Layers, Tensor<f64>, Vec<usize>)| {
                let (loss, gradients) = lab.mlp_loss_and_gradients(layers.clone(), x.clone(), labels.clone())?;
                let share = 1.0 / labels.len() as f64;
                let mut mean_loss = 0.0;
                let mut means: Vec<[Tensor<f64>; 2]> =
                    layers.iter().map(|[w, b]| [w.zeros_like(), b.zeros_like()]).collect();
                for (row, &label) in labels.iter().enumerate() {
                    let (one_loss, one) = lab.mlp_loss_and_gradients(layers.clone(), x.narrow(0, row, 1), vec![label])?;
                    mean_loss += share * one_loss;
                    for (mean, [_, dw, db]) in means.iter_mut().zip(one) {
                        *mean = [&mean[0] + dw * share, &mean[1] + db * share];
                    }
                }
                expect::close("the loss", &loss, &mean_loss, network_tolerance())?;
                expect::equal("the number of layers", gradients.len(), layers.len())?;
                for (place, ([_, dw, db], [mean_w, mean_b])) in gradients.iter().zip(&means).enumerate() {
                    expect::close(&format!("dW of layer {place}"), dw, mean_w, network_tolerance())?;
                    expect::close(&format!("db of layer {place}"), db, mean_b, network_tolerance())?;
                }
                Ok(())
            }),
        Check::new("a_small_step_lowers_the_loss", "7")
            .law("A step of learning rate η → 0 lowers the loss by η·‖dθ‖², to first order.")
            .points(2)
            .hints(["dθ is the gradient of this loss, and the step goes against it in every parameter."])
            .property(networks(3), |lab: Lab, (layers, x, labels): &(Layers, Tensor<f64>, Vec<usize>)| {
                let (loss, gradients) = lab.mlp_loss_and_gradients(layers.clone(), x.clone(), labels.clone())?;
                let gradients: Layers = gradients.into_iter().map(|[_, dw, db]| [dw, db]).collect();
                let square: f64 = gradients.iter().flatten().map(|g| inner(g, g)).sum();
                // The second derivative may be as large as the fourth power of activations of up to 85, but it is
                // seldom above 100: η small enough for that, and a step that a kink does not hide.
                let rate = 1e-6;
                let stepped = lab.mlp_step(layers.clone(), gradients, rate)?;
                let (after, _) = lab.mlp_loss_and_gradients(stepped, x.clone(), labels.clone())?;
                expect::assume(square > 1e-3)?;
                let drop = (loss - after) / (rate * square);
                expect::that((drop - 1.0).abs() < 0.05, || {
                    format!("the loss goes from {loss} to {after}, {drop} times what the gradient promises")
                })
            }),
    ]
}
