//! Step 5: a stack of linear layers is one layer.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_01_perceptron::{Activation, Layer};
use tensor::Tensor;

use crate::cases::{Stack, stacks};
use crate::contract::Contract;
use crate::visible::Lab;

/// Linear layers that fit onto one another, and a batch for the first.
fn linear_stacks(layers: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Stack> {
    let sizes = vec(1..=4_usize, layers.start() + 1..=layers.end() + 1);
    (sizes, 1..=3_usize).prop_flat_map(|(sizes, batch)| {
        (stacks(sizes.clone(), Activation::Identity), tensors([batch, sizes[0]]))
            .prop_map(|(layers, x)| Stack { layers, x })
    })
}

/// What the layers do one after the other, with the tolerance for it: entries grow by at most 5 in a layer.
fn one_after_the_other(
    lab: Lab,
    layers: &[Layer],
    x: &Tensor<f64>,
) -> Result<(Tensor<f64>, Tolerance), Fault> {
    let mut output = x.clone();
    for layer in layers {
        output = lab.layer(layer.clone(), output)?;
    }
    Ok((output, Tolerance::sum_of(5 * layers.len()).times(5_f64.powi(layers.len() as i32))))
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("then_is_one_layer_for_two", "5")
            .law("(xW₁ᵀ + b₁)W₂ᵀ + b₂ = x(W₂W₁)ᵀ + (b₁W₂ᵀ + b₂): one layer does what two do.")
            .points(2)
            .hints([
                "Multiply the left side out on paper. Which part depends on x, and what has become of b₁ in the \
                 other?",
                "(W₁ᵀW₂ᵀ) = (W₂W₁)ᵀ: the order turns round. And b₁ goes through the second layer, as x \
                 does.",
                "weight: next.weight.matmul(&self.weight), bias: \
                 next.forward(&self.bias.unsqueeze(0)).squeeze(0)",
            ])
            .property(linear_stacks(2..=2), |lab: Lab, Stack { layers, x }: &Stack| {
                let (expected, tolerance) = one_after_the_other(lab, layers, x)?;
                let folded = lab.then(layers[0].clone(), layers[1].clone())?;
                let (inputs, outputs) = (layers[0].weight.size(1), layers[1].bias.numel());
                let unbiased = || x.matmul(&layers[0].weight.t()).matmul(&layers[1].weight.t());
                let turned = || x.matmul(&layers[1].weight.t()).matmul(&layers[0].weight.t());
                let bias = || layers[1].forward(&layers[0].bias.unsqueeze(0));
                expect::equal("the shape of the weight", folded.weight.shape(), [outputs, inputs])?;
                expect::equal("the shape of the bias", folded.bias.shape(), [outputs])?;
                expect::equal("the activation", folded.activation, Activation::Identity)?;
                expect::close(
                    "the output of the folded layer",
                    &lab.layer(folded, x.clone())?,
                    &expected,
                    tolerance,
                )
                .suspect("the biases are only added: b₁ goes through W₂ as well", || {
                    unbiased() + &layers[0].bias + &layers[1].bias
                })
                .suspect("the bias b₁ is lost", || unbiased() + &layers[1].bias)
                .suspect("the weight is W₁W₂, in the order of the layers", || turned() + bias())?;
                Ok(())
            }),
        Check::new("fold_is_one_layer_for_all", "5")
            .law("However many linear layers there are, one does the same.")
            .hints([
                "What is a stack of one layer? And what does the next layer add?",
                "Begin with a copy of the first layer and fold each of the others in with `then`.",
                "let mut folded = layers[0].clone(); for layer in &layers[1..] { folded = \
                 folded.then(layer); } folded",
            ])
            .property(linear_stacks(1..=5), |lab: Lab, Stack { layers, x }: &Stack| {
                let (expected, tolerance) = one_after_the_other(lab, layers, x)?;
                let folded = lab.fold(layers.clone())?;
                expect::close(
                    "the output of the folded layer",
                    &lab.layer(folded, x.clone())?,
                    &expected,
                    tolerance,
                )?;
                Ok(())
            }),
    ]
}
