//! Takes the approximation of GELU by tanh.
//! caught by: gelu_is_x_times_the_normal_cdf, activations_equal_their_definitions
// REPLACE 1.15
    0.5 * x * (1.0 + ((2.0 / PI).sqrt() * (x + 0.044715 * x * x * x)).tanh())
