//! Divides infinity by infinity where x is large.
//! caught by: sigmoid_is_a_soft_step, tanh_is_a_stretched_sigmoid, swish_is_x_times_sigmoid, activations_are_numbers_everywhere
// REPLACE 1.3
    x.exp() / (1.0 + x.exp())
// REPLACE 1.5
    (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())
