//! Forgets α in ELU.
//! caught by: elu_bends_down_to_minus_alpha, elu_and_swish_have_limits
// REPLACE 1.11
    if x > 0.0 { x } else { x.exp() - 1.0 }
// REPLACE 1.12
    if x > 0.0 { 1.0 } else { x.exp() }
