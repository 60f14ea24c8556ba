//! Divides by the number of samples here, where the loss does so already.
//! caught by: linear_backward_is_the_adjoint, linear_of_a_batch_is_its_samples, network_gradient_is_the_mean_over_the_samples
// REPLACE 5.2
    let share = 1.0 / x.size(0) as f64;
    LinearGradients { x: dy.matmul(weight), weight: dy.t().matmul(x) * share, bias: dy.sum(0) * share }
