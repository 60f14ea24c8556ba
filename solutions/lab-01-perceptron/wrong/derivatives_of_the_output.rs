//! Takes x for the value of the function, as formulas in terms of the output want it.
//! caught by: sigmoid_is_a_soft_step, tanh_is_a_stretched_sigmoid, activations_equal_their_definitions
// REPLACE 1.4
    x * (1.0 - x)
// REPLACE 1.6
    1.0 - x * x
