//! Differentiates only one of the two factors.
//! caught by: swish_is_x_times_sigmoid, gelu_is_x_times_the_normal_cdf, activations_equal_their_definitions
// REPLACE 1.14
    x * sigmoid_derivative(x)
// REPLACE 1.16
    normal_cdf(x)
