//! Step 3: penalties on the weights.

use grading::prelude::*;
use grading::proptest::collection::vec;
use tensor::Tensor;

use crate::cases::{Lab, parameters};
use crate::contract::Contract;

/// All numbers of all parameters.
fn all(parameters: &[Tensor<f64>]) -> Vec<f64> {
    parameters.iter().flat_map(Tensor::to_vec).collect()
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("weights_have_two_dimensions_or_more", "3")
            .law("The weights of a network are its parameters with at least two dimensions, in their order.")
            .hints([
                "A bias is a vector. How many dimensions has a weight of a linear layer, and one of a convolution?",
                "`network.parameters()` lists the parameters, `parameter.shape().len()` is the number of dimensions.",
                "network.parameters().into_iter().filter(|p| p.shape().len() >= 2).collect()",
            ])
            .property(vec(vec(1..=3_usize, 0..=4), 0..=6), |lab: Lab, shapes: &Vec<Vec<usize>>| {
                let with = |least: usize| -> Vec<usize> {
                    (0..shapes.len()).filter(|&place| shapes[place].len() >= least).collect()
                };
                let (biases, matrices) = (with(1), with(2));
                let exactly_two: Vec<usize> =
                    matrices.iter().copied().filter(|&place| shapes[place].len() == 2).collect();
                expect::equal("the weights' places", lab.weights_of(shapes.clone())?, matrices)
                    .suspect("biases are among them", || biases)
                    .suspect("the kernels of convolutions, which have four dimensions, are missing", || exactly_two)?;
                Ok(())
            }),
        Check::new("l1_is_the_sum_of_absolute_values", "3")
            .law("R₁(θ) = Σ|θ| over all parameters, and its gradient is sign(θ).")
            .points(2)
            .hints([
                "All numbers of all parameters count alike, whatever their shape.",
                "`parameter.get()` is the tensor; `.abs().sum(..)` of it is a scalar that autograd knows.",
                "parameters.iter().fold(Tensor::scalar(0.0), |sum, p| sum + p.get().abs().sum(..))",
            ])
            .property(parameters(), |lab: Lab, parameters: &Vec<Tensor<f64>>| {
                let numbers = all(parameters);
                let sum: f64 = numbers.iter().map(|v| v.abs()).sum();
                let (value, gradients) = lab.l1_penalty(parameters.clone())?;
                expect::close("the penalty", &value, &sum, Tolerance::sum_of(numbers.len()))
                    .suspect("it is the sum without absolute values", || numbers.iter().sum::<f64>())
                    .suspect("it is the mean, not the sum", || sum / numbers.len() as f64)
                    .suspect("only the first parameter counts", || {
                        all(&parameters[..1]).iter().map(|v| v.abs()).sum::<f64>()
                    })?;
                for (gradient, parameter) in gradients.iter().zip(parameters) {
                    let sign = parameter.map(|v| if v == 0.0 { 0.0 } else { v.signum() });
                    expect::close("a gradient", gradient, &sign, Tolerance::EXACT)
                        .suspect("the penalty has no gradient: do not detach", || parameter.zeros_like())?;
                }
                Ok(())
            }),
        Check::new("l2_is_half_the_sum_of_squares", "3")
            .law("R₂(θ) = ½Σθ² over all parameters, and its gradient is θ.")
            .points(2)
            .hints([
                "The half is there for the gradient's sake.",
                "`.square().sum(..)` of each parameter; multiply by 0.5.",
                "parameters.iter().fold(Tensor::scalar(0.0), |sum, p| sum + p.get().square().sum(..) * 0.5)",
            ])
            .property(parameters(), |lab: Lab, parameters: &Vec<Tensor<f64>>| {
                let numbers = all(parameters);
                let sum: f64 = numbers.iter().map(|v| v * v).sum();
                let (value, gradients) = lab.l2_penalty(parameters.clone())?;
                expect::close("the penalty", &value, &(sum / 2.0), Tolerance::sum_of(numbers.len() + 1))
                    .suspect("the half is missing", || sum)
                    .suspect("this is the norm, not half its square", || sum.sqrt())
                    .suspect("only the first parameter counts", || {
                        all(&parameters[..1]).iter().map(|v| v * v).sum::<f64>() / 2.0
                    })?;
                for (gradient, parameter) in gradients.iter().zip(parameters) {
                    expect::close("a gradient", gradient, parameter, Tolerance::operations(4))
                        .suspect("the penalty has no gradient: do not detach", || parameter.zeros_like())?;
                }
                Ok(())
            }),
    ]
}
