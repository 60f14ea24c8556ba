//! Clipping: gradients of bounded size, between the backward pass and the optimizer's step.

use tensor::Float;

use crate::Parameter;

/// Scales the gradients of all parameters by the same factor if they are longer than `max_norm`, as one vector, and
/// returns the norm that they had (Pascanu, Mikolov and Bengio, *On the Difficulty of Training Recurrent Neural
/// Networks*, 2013).
///
/// Parameters without a gradient count as 0. A norm that is infinite or NaN is returned, and nothing is changed: leave
/// out the step then.
///
/// ```
/// use nn::{Parameter, clip_grad_norm_};
/// use tensor::Tensor;
///
/// let weight = Parameter::new(Tensor::from([0.0f32, 0.0]));
/// weight.set_grad(Tensor::from([3.0, 4.0]));
/// assert_eq!(clip_grad_norm_(&[weight.clone()], 1.0), 5.0);
/// assert_eq!(weight.grad().unwrap().to_vec(), [0.6, 0.8]);
/// ```
pub fn clip_grad_norm_<T: Float>(parameters: &[Parameter<T>], max_norm: f64) -> f64 {
    let gradients = || parameters.iter().filter_map(|parameter| Some((parameter, parameter.grad()?)));
    // In f64, in which no square of an f32 overflows.
    let square = |g: &T| g.as_f64() * g.as_f64();
    let norm =
        gradients().map(|(_, grad)| grad.as_slice().iter().map(square).sum::<f64>()).sum::<f64>().sqrt();
    if norm > max_norm && norm.is_finite() {
        gradients().for_each(|(parameter, grad)| parameter.set_grad(grad * (max_norm / norm)));
    }
    norm
}

/// Cuts every number of the gradients off at `limit` and −`limit`. Their direction may change.
pub fn clip_grad_value_<T: Float>(parameters: &[Parameter<T>], limit: f64) {
    for parameter in parameters {
        if let Some(grad) = parameter.grad() {
            parameter.set_grad(grad.clamp(-limit, limit));
        }
    }
}
