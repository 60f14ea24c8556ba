//! Step 5: vector-Jacobian products of layers.

use grading::prelude::*;
use tensor::Tensor;

use crate::cases::{Changes, Linear, inner, linears};
use crate::contract::{Activation, Contract};
use crate::visible::Lab;

/// An activation with an input, a gradient of the output and a direction, all of one shape.
pub(crate) fn activations(
    activation: Activation,
) -> impl Strategy<Value = (Activation, Tensor<f64>, Tensor<f64>)> {
    [1..=3_usize, 1..=4].prop_flat_map(move |shape| {
        // −3 to 3, and exactly 0 now and then.
        let x = tensors(shape).prop_map(|x| (x * 12.0).map(|x| x.round() / 4.0));
        (Just(activation), x, tensors(shape))
    })
}

/// A derivative, as it might be written by the output y.
type Slope = fn(f64) -> f64;

/// The backward pass of an activation; `suspects` are slopes that are often given for the right one.
fn activation_check(
    lab: Lab,
    (activation, x, dy): &(Activation, Tensor<f64>, Tensor<f64>),
    suspects: &[(&str, Slope)],
) -> Verdict {
    let y = x.map(|x| activation.of(x));
    let dx = lab.activation_backward(*activation, y.clone(), dy.clone())?;
    // Cancellation in 1 − y² included: y is at most 1, and so are dy and the derivative.
    let tolerance = Tolerance::sum_of(4);
    let mut verdict = expect::close("dx", &dx, &(dy * x.map(|x| activation.slope(x))), tolerance)
        .suspect("dy is not multiplied in", || x.map(|x| activation.slope(x)));
    for (mistake, slope) in suspects {
        verdict = verdict.suspect(mistake, || dy * y.map(slope));
    }
    verdict?;
    Ok(())
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("linear_sums_products", "5")
            .law("y[n, o] = b[o] + Σ_d x[n, d]·W[o, d].")
            .hints([
                "Which indices does the sum run over, and where do they stand in x and in W?",
                "W has a row for each output: it must be transposed to be multiplied from the right.",
                "x.matmul(&weight.t()) + bias",
            ])
            .property(linears(4), |lab: Lab, case: &Linear| {
                let Linear { x, weight, bias, .. } = case;
                let y = lab.linear(x.clone(), weight.clone(), bias.clone())?;
                let [n, d] = x.dims();
                let without = Tensor::from_fn([n, weight.size(0)], |at| {
                    (0..d).map(|d| x.get([at[0], d]) * weight.get([at[1], d])).sum::<f64>()
                });
                expect::close("y", &y, &(&without + bias), Tolerance::sum_of(d + 1))
                    .suspect("the bias is missing", || without.clone())?;
                Ok(())
            }),
        Check::new("linear_backward_is_the_adjoint", "5")
            .law(
                "For any change δ of x, W or b, ⟨dy, the change of y⟩ = ⟨the gradient, δ⟩, because y is \
                 linear in each of them.",
            )
            .points(3)
            .hints([
                "Shapes first: dx is [N, D], dW is [O, D], db is [O]. Which products of dy [N, O], x and W fit?",
                "x[n, d] occurs in y[n, o] for every o, with the factor W[o, d]: dx[n, d] = Σ_o dy[n, o]·W[o, d]. \
                 W[o, d] occurs in y[n, o] for every n, with the factor x[n, d]. b[o] occurs in every row.",
                "x: dy.matmul(weight), weight: dy.t().matmul(x), bias: dy.sum(0)",
            ])
            .property(
                linears(4).prop_flat_map(|case| {
                    let changes = (tensors(case.x.shape()), tensors(case.weight.shape()), tensors(case.bias.shape()));
                    (Just(case), changes)
                }),
                |lab: Lab, (case, (vx, vw, vb)): &(Linear, Changes)| {
                    let Linear { x, weight, dy, .. } = case;
                    let [dx, dw, db] = lab.linear_backward(x.clone(), weight.clone(), dy.clone())?;
                    let of_shape = |name: &str, gradient: &Tensor<f64>, of: &Tensor<f64>| {
                        let transposed: Vec<usize> = of.shape().iter().rev().copied().collect();
                        expect::equal(&format!("the shape of {name}"), gradient.shape().to_vec(), of.shape().to_vec())
                            .suspect(&format!("{name} is transposed"), || transposed)
                            .map_err(Stop::from)
                    };
                    of_shape("dx", &dx, x)?;
                    of_shape("dW", &dw, weight)?;
                    of_shape("db", &db, &case.bias)?;
                    let tolerance = Tolerance::sum_of(2 * x.numel() * weight.size(0));
                    let rows = x.size(0) as f64;
                    let (of_x, of_w) = (inner(dy, &vx.matmul(&weight.t())), inner(dy, &x.matmul(&vw.t())));
                    expect::close("⟨dx, δx⟩", &inner(&dx, vx), &of_x, tolerance)?;
                    expect::close("⟨dW, δW⟩", &inner(&dw, vw), &of_w, tolerance)
                        .suspect("dW is averaged over the samples, not summed", || of_w / rows)
                        .suspect("dW is transposed", || inner(&x.t().matmul(dy), vw))?;
                    let of_b: f64 = (0..x.size(0)).map(|n| inner(&dy.select(0, n), vb)).sum();
                    expect::close("⟨db, δb⟩", &inner(&db, vb), &of_b, tolerance)
                        .suspect("db is averaged over the samples, not summed", || of_b / rows)?;
                    Ok(())
                },
            ),
        Check::new("relu_lets_the_gradient_through_or_not", "5")
            .law("dx is dy where y > 0, and 0 elsewhere.")
            .hints([
                "What is the derivative of max(x, 0) where it is 0, and where it is not?",
                "1 where y > 0, else 0. A comparison of tensors gives ones and zeros.",
                "dy * y.gt(0.0)",
            ])
            .property(activations(Activation::Relu), |lab: Lab, case: &(Activation, Tensor<f64>, Tensor<f64>)| {
                activation_check(
                    lab,
                    case,
                    &[("the gradient is multiplied with y, not with its derivative", |y| y), ("0 counts as positive", |_| 1.0)],
                )
            }),
        Check::new("tanh_backward_by_its_output", "5")
            .law("dx = dy·(1 − y²).")
            .hints([
                "You have this derivative from step 1.",
                "The function is given y = tanh x, not x.",
                "dy * (1.0 - y.square())",
            ])
            .property(activations(Activation::Tanh), |lab: Lab, case: &(Activation, Tensor<f64>, Tensor<f64>)| {
                activation_check(
                    lab,
                    case,
                    &[("tanh is applied to y again", |y| 1.0 - y.tanh().powi(2)), ("the square is missing", |y| 1.0 - y)],
                )
            }),
        Check::new("sigmoid_backward_by_its_output", "5")
            .law("dx = dy·y·(1 − y).")
            .hints([
                "Differentiate 1/(1 + e⁻ˣ), and look for y in what you get.",
                "e⁻ˣ/(1 + e⁻ˣ)² = 1/(1 + e⁻ˣ) · e⁻ˣ/(1 + e⁻ˣ) = y·(1 − y).",
                "dy * y * (1.0 - y)",
            ])
            .property(activations(Activation::Sigmoid), |lab: Lab, case: &(Activation, Tensor<f64>, Tensor<f64>)| {
                activation_check(
                    lab,
                    case,
                    &[
                        ("the sigmoid is applied to y again", |y| {
                            let z = 1.0 / (1.0 + (-y).exp());
                            z * (1.0 - z)
                        }),
                        ("the factor y is missing", |y| 1.0 - y),
                    ],
                )
            }),
    ]
}
