//! Forgets 1/N.
//! caught by: cross_entropy_gradient, cross_entropy_gradient_agrees_with_dual_numbers, network_gradient_agrees_with_differences
// REPLACE 5.7
    (probabilities - Tensor::one_hot(labels, classes)) * dloss.as_f64()
