//! Step 5: layers and losses.

use grading::prelude::*;
use scalar::{Dual, Real};
use tensor::Tensor;

use crate::cases::{Linear, inner, linears, logits};
use crate::contract::{Activation, Contract};
use crate::hidden::Lab;

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    let every_activation =
        prop_oneof![Just(Activation::Relu), Just(Activation::Tanh), Just(Activation::Sigmoid)];
    vec![
        Check::new("linear_of_a_batch_is_its_samples", "5")
            .law("y and dx of a batch are those of its samples; dW and db are the sums over the samples.")
            .points(2)
            .hints(["All samples use the same W and b, so that their gradients add up; x is each sample's own."])
            .property(linears(5), |lab: Lab, Linear { x, weight, bias, dy }: &Linear| {
                let [n, d] = x.dims();
                let y = lab.linear(x.clone(), weight.clone(), bias.clone())?;
                let [dx, dw, db] = lab.linear_backward(x.clone(), weight.clone(), dy.clone())?;
                let tolerance = Tolerance::sum_of(n.max(d).max(weight.size(0)) + 1);
                let (mut sum_w, mut sum_b) = (weight.zeros_like(), bias.zeros_like());
                for row in 0..n {
                    let one = |t: &Tensor<f64>| t.narrow(0, row, 1);
                    let alone = lab.linear(one(x), weight.clone(), bias.clone())?;
                    expect::close(&format!("row {row} of y"), &one(&y), &alone, tolerance)?;
                    let [one_dx, one_dw, one_db] = lab.linear_backward(one(x), weight.clone(), one(dy))?;
                    expect::close(&format!("row {row} of dx"), &one(&dx), &one_dx, tolerance)?;
                    // A single sample has outer products.
                    let outer = Tensor::from_fn(weight.shape(), |at| dy.get([row, at[0]]) * x.get([row, at[1]]));
                    expect::close("dW of a sample", &one_dw, &outer, tolerance)?;
                    sum_w = sum_w + one_dw;
                    sum_b = sum_b + one_db;
                }
                expect::close("dW", &dw, &sum_w, tolerance)?;
                expect::close("db", &db, &sum_b, tolerance)?;
                Ok(())
            }),
        Check::new("activations_are_adjoint", "5")
            .law("⟨J·v, w⟩ = ⟨v, Jᵀ·w⟩ with the Jacobian J from dual numbers, also at ±1000.")
            .points(2)
            .hints(["Where the output has come to 0 or 1 for good, the derivative is 0, not NaN."])
            .property(
                (every_activation, [1..=3_usize, 1..=4], any::<bool>()).prop_flat_map(|(activation, shape, far)| {
                    let size = if far { 1000.0 } else { 3.0 };
                    let x = tensors(shape).prop_map(move |x| x * size);
                    (Just(activation), x, tensors(shape), tensors(shape))
                }),
                |lab: Lab, (activation, x, v, w): &(Activation, Tensor<f64>, Tensor<f64>, Tensor<f64>)| {
                    let pushed: Vec<f64> = x
                        .to_vec()
                        .into_iter()
                        .zip(v.to_vec())
                        .map(|(value, derivative)| activation.of(Dual { value, derivative }).derivative)
                        .collect();
                    let forwards = inner(&Tensor::from_vec(pushed, x.shape()), w);
                    let pulled = lab.activation_backward(*activation, x.map(|x| activation.of(x)), w.clone())?;
                    expect::close("⟨v, Jᵀ·w⟩", &inner(v, &pulled), &forwards, Tolerance::sum_of(4 * x.numel()))?;
                    Ok(())
                },
            ),
        Check::new("cross_entropy_gradient_rows_sum_to_zero", "5")
            .law(
                "A shift of all logits of a row changes nothing: loss and gradient stay, and the gradient of the row \
                 sums to 0. It is positive for wrong classes and negative for the right one, for logits of any size.",
            )
            .points(3)
            .hints(["The probabilities of a row sum to 1, and so does the one-hot row."])
            .property(
                (prop_oneof![logits(3.0).boxed(), logits(1e4).boxed()], -9..=9_i32),
                |lab: Lab, ((z, labels), shift): &((Tensor<f64>, Vec<usize>), i32)| {
                    let [n, k] = z.dims();
                    let (loss, p) = lab.softmax_cross_entropy(z.clone(), labels.clone())?;
                    let gradient = lab.softmax_cross_entropy_backward(p, labels.clone(), 1.0)?;
                    // The error of a difference of two logits up to 2e4 is that of their size.
                    let size = z.to_vec().into_iter().fold(3.0, |m: f64, z| m.max(z.abs()));
                    let tolerance = Tolerance::sum_of(8 * k).times(2.0 * size);
                    expect::close("the rows' sums", &gradient.sum(1), &Tensor::zeros(n), tolerance)?;
                    for (row, &label) in labels.iter().enumerate() {
                        for class in 0..k {
                            let g = gradient.get([row, class]);
                            let slack = tolerance.absolute;
                            let right_sign = if class == label { g <= slack } else { g >= -slack };
                            expect::that(right_sign && g.abs() <= 1.0 / n as f64 + slack, || {
                                format!("the gradient of logit {class} of row {row} with the label {label} is {g}")
                            })?;
                        }
                    }
                    let moved = z + f64::from(*shift);
                    let (moved_loss, p) = lab.softmax_cross_entropy(moved, labels.clone())?;
                    let moved_gradient = lab.softmax_cross_entropy_backward(p, labels.clone(), 1.0)?;
                    expect::close("the loss of shifted logits", &moved_loss, &loss, tolerance.times(8.0))?;
                    expect::close("the gradient at shifted logits", &moved_gradient, &gradient, tolerance.times(8.0))?;
                    Ok(())
                },
            ),
        Check::new("cross_entropy_gradient_agrees_with_dual_numbers", "5")
            .law("The gradient of the logits is the derivative of the loss, by forward mode, and linear in dloss.")
            .points(2)
            .hints(["ℒ = 1/N·Σ (ln Σ exp z − z[label]): differentiate it with respect to one logit."])
            .property((logits(3.0), -20..=20_i32), |lab: Lab, ((z, labels), dloss): &((Tensor<f64>, Vec<usize>), i32)| {
                let dloss = f64::from(*dloss) / 10.0;
                let [n, k] = z.dims();
                let (_, p) = lab.softmax_cross_entropy(z.clone(), labels.clone())?;
                let got = lab.softmax_cross_entropy_backward(p, labels.clone(), dloss)?;
                let derivative = |row: usize, class: usize| {
                    let numbers = (0..k).map(|other| {
                        let value = z.get([row, other]);
                        if other == class { Dual::variable(value) } else { Dual::constant(value) }
                    });
                    let numbers: Vec<Dual> = numbers.collect();
                    let sum = numbers.iter().fold(Dual::constant(0.0), |sum, z| sum + z.exp());
                    (sum.ln() - numbers[labels[row]]).derivative * dloss / n as f64
                };
                let expected = Tensor::from_fn([n, k], |at| derivative(at[0], at[1]));
                expect::close("the gradient", &got, &expected, Tolerance::sum_of(k + 8).times(6.0))?;
                Ok(())
            }),
        Check::new("mse_gradient_leads_to_the_target", "5")
            .law("A step of count/2 against the gradient lands on the target, where loss and gradient are 0.")
            .hints(["ŷ − count/2 · 2(ŷ − y)/count = y."])
            .property(
                [1..=4_usize, 1..=4].prop_flat_map(|shape| (tensors(shape), tensors(shape))),
                |lab: Lab, (prediction, target): &(Tensor<f64>, Tensor<f64>)| {
                    let half = prediction.numel() as f64 / 2.0;
                    let gradient = lab.mse_backward(prediction.clone(), target.clone(), 1.0)?;
                    expect::close("where it leads", &(prediction - &gradient * half), target, Tolerance::sum_of(8))?;
                    // The loss is half the gradient's squared length, times this.
                    let loss = lab.mse(prediction.clone(), target.clone())?;
                    let by_gradient = 0.5 * half * inner(&gradient, &gradient);
                    expect::close("the loss", &loss, &by_gradient, Tolerance::sum_of(prediction.numel() + 8).times(4.0))?;
                    let there = lab.mse_backward(target.clone(), target.clone(), 1.0)?;
                    expect::close("the gradient at the target", &there, &target.zeros_like(), Tolerance::EXACT)?;
                    expect::equal("the loss at the target", lab.mse(target.clone(), target.clone())?, 0.0)?;
                    Ok(())
                },
            ),
    ]
}
