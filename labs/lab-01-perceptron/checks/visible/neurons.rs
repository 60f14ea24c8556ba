//! Step 2: one neuron, and a layer of them.

use std::fmt;

use grading::prelude::*;
use lab_01_perceptron::Activation;
use tensor::Tensor;

use crate::cases::{OneLayer, activations, layers, layers_and_batches, rounded, rows, score, vectors};
use crate::contract::Contract;
use crate::visible::Lab;

/// A neuron with its inputs.
type Neuron = (Vec<f64>, Vec<f64>, f64, Activation);

/// A layer with its batch, and the gradient of its output.
#[derive(Clone)]
struct Backward {
    forward: OneLayer,
    dy: Tensor<f64>,
}

impl fmt::Debug for Backward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, dy = {:?}", self.forward, rows(&self.dy))
    }
}

fn neurons() -> impl Strategy<Value = Neuron> {
    (1..=5_usize).prop_flat_map(|dim| (vectors(dim), vectors(dim), rounded(-1.0, 1.0), activations()))
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("neuron_activates_a_weighted_sum", "2")
            .law("z = φ(Σ xⱼwⱼ + b): the bias is added before the activation, once.")
            .points(2)
            .hints([
                "Without an activation it is an inner product plus the bias. Where does φ come in?",
                "x.iter().zip(weight) goes through both lists side by side; .map(|(x, w)| x * \
                 w).sum::<f64>() adds up the products.",
                "let sum: f64 = x.iter().zip(weight).map(|(x, w)| x * w).sum(); activation.value(sum + \
                 bias)",
            ])
            .property(neurons(), |lab: Lab, (x, weight, bias, activation): &Neuron| {
                let neuron = |bias, activation| lab.neuron(x.clone(), weight.clone(), bias, activation);
                let sum = score(weight, *bias, x);
                let tolerance = Tolerance::sum_of(x.len() + 1);
                expect::close(
                    "the sum of a neuron without activation",
                    &neuron(*bias, Activation::Identity)?,
                    &sum,
                    tolerance,
                )
                .suspect("the bias is missing", || sum - bias)?;
                // Heaviside jumps where a rounding may decide: there the sum itself is all there is to compare.
                if *activation != Activation::Heaviside || sum.abs() > 1e-9 {
                    let expected = lab.value(*activation, sum)?;
                    let outside = lab.value(*activation, sum - bias)? + bias;
                    // No activation here is steeper than 2.
                    expect::close(
                        "the output of the neuron",
                        &neuron(*bias, *activation)?,
                        &expected,
                        tolerance.times(2.0),
                    )
                    .suspect("the bias is added after the activation", || outside)?;
                }
                Ok(())
            }),
        Check::new("layer_is_neurons_side_by_side", "2")
            .law(
                "Output i of sample n is neuron i, with row i of W and entry i of b, applied to row n of \
                 x.",
            )
            .points(2)
            .hints([
                "x is [N, in] and W is [out, in]. Which product of the two is [N, out]?",
                "x.matmul(&self.weight.t()) has a row per sample and a column per neuron; adding a \
                 tensor [out] adds it to every row.",
                "self.activation.apply(&(x.matmul(&self.weight.t()) + &self.bias))",
            ])
            .property(layers_and_batches(), |lab: Lab, OneLayer { layer, x }: &OneLayer| {
                let [batch, inputs] = x.dims();
                let outputs = layer.bias.numel();
                let got = lab.layer(layer.clone(), x.clone())?;
                expect::equal("the shape of the output", got.shape(), [batch, outputs])?;
                for n in 0..batch {
                    for i in 0..outputs {
                        let (row, weight) = (x.select(0, n).to_vec(), layer.weight.select(0, i).to_vec());
                        let bias = layer.bias.get([i]);
                        let sum = score(&weight, bias, &row);
                        if layer.activation != Activation::Heaviside || sum.abs() > 1e-9 {
                            let expected = lab.neuron(row.clone(), weight, bias, layer.activation)?;
                            let unbiased = lab.value(layer.activation, sum - bias)?;
                            let turned = || layer.weight.select(1, i).to_vec();
                            let tolerance = Tolerance::sum_of(inputs + 1).times(2.0);
                            expect::close(
                                &format!("output {i} of sample {n}"),
                                &got.get([n, i]),
                                &expected,
                                tolerance,
                            )
                            .suspect("the bias is added after the activation", || unbiased + bias)
                            .suspect("the bias is missing", || unbiased)
                            .suspect("the weight is not transposed", || {
                                layer.activation.value(score(&turned(), bias, &row))
                            })?;
                        }
                    }
                }
                Ok(())
            }),
        Check::new("layer_passes_the_gradient_on", "2")
            .law("With a = xWᵀ + b and da = φ′(a)·dy: dx = da·W, dW = daᵀ·x, db = Σ da over the samples.")
            .points(2)
            .hints([
                "You need not write any of this: what is computed with tensors remembers how. Is \
                 something computed with single numbers, or with to_vec?",
                "matmul, + and activation.apply record themselves; activation.value and Tensor::from_vec \
                 do not.",
                "self.activation.apply(&(x.matmul(&self.weight.t()) + &self.bias))",
            ])
            .property(
                (1..=3_usize, 1..=3_usize, 1..=3_usize).prop_flat_map(|(inputs, outputs, batch)| {
                    // Smooth ones: a kink may be on either side of a rounding.
                    let smooth = prop_oneof![
                        Just(Activation::Tanh),
                        Just(Activation::Sigmoid),
                        Just(Activation::Swish),
                        Just(Activation::GELU)
                    ];
                    (layers(inputs, outputs, smooth), tensors([batch, inputs]), tensors([batch, outputs]))
                        .prop_map(|(layer, x, dy)| Backward { forward: OneLayer { layer, x }, dy })
                }),
                |lab: Lab, Backward { forward: OneLayer { layer, x }, dy }: &Backward| {
                    let gradients = lab.layer_gradients(layer.clone(), x.clone(), dy.clone())?;
                    let names = ["x", "W", "b"].into_iter().zip(&gradients);
                    let reached: Vec<&str> =
                        names.filter_map(|(name, gradient)| gradient.is_some().then_some(name)).collect();
                    expect::equal(
                        "the list of what a gradient comes back to",
                        reached.clone(),
                        vec!["x", "W", "b"],
                    )
                    .suspect(
                        "the numbers left the tensors on the way (get, to_vec, Tensor::from_vec): \
                         compute with matmul, + and apply",
                        || reached.clone(),
                    )?;
                    let [Some(dx), Some(dw), Some(db)] = gradients else { unreachable!("all are there") };
                    let [batch, inputs] = x.dims();
                    let outputs = layer.bias.numel();
                    let mut da = Vec::new();
                    for n in 0..batch {
                        for i in 0..outputs {
                            let weight = layer.weight.select(0, i).to_vec();
                            let a = score(&weight, layer.bias.get([i]), &x.select(0, n).to_vec());
                            da.push(lab.derivative(layer.activation, a)? * dy.get([n, i]));
                        }
                    }
                    let da = Tensor::from_vec(da, [batch, outputs]);
                    // Two sums after one another, of entries up to 1.2.
                    let tolerance = Tolerance::sum_of(inputs + outputs + batch + 4).times(4.0);
                    expect::close("dx", &dx, &da.matmul(&layer.weight), tolerance)?;
                    expect::close("dW", &dw, &da.t().matmul(x), tolerance)?;
                    expect::close("db", &db, &da.sum(0), tolerance)?;
                    Ok(())
                },
            ),
    ]
}
