//! Lets 0 belong to the right branch.
//! caught by: heaviside_steps_after_zero, relu_keeps_what_is_positive, leaky_relu_lets_some_through, activations_at_and_around_zero
// REPLACE 1.1
    if x < 0.0 { 0.0 } else { 1.0 }
// REPLACE 1.8
    if x < 0.0 { 0.0 } else { 1.0 }
// REPLACE 1.10
    if x < 0.0 { alpha } else { 1.0 }
