//! Divides infinity by infinity where x is large.
//! caught by: far_out_nothing_is_nan, activations_are_numbers_everywhere
// REPLACE 1.3
    x.exp() / (1.0 + x.exp())
// REPLACE 1.5
    (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())
