//! Counts 0 as positive: the output of a ReLU is never below.
//! caught by: relu_lets_the_gradient_through_or_not, network_backward_is_adjoint_to_its_forward
// REPLACE 5.3
    dy * y.ge(0.0)
