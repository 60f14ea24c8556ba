//! Applies the activation to its output again before differentiating.
//! caught by: tanh_backward_by_its_output, sigmoid_backward_by_its_output, activations_are_adjoint
// REPLACE 5.4
    dy * (1.0 - y.tanh().square())
// REPLACE 5.5
    let y = y.sigmoid();
    dy * &y * (1.0 - &y)
