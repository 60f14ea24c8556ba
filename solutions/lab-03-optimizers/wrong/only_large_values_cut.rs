//! Lets large negative numbers pass.
//! caught by: clipping_by_value_is_symmetric
// REPLACE 7.2
    for gradient in gradients {
        *gradient = gradient.clamp(f64::NEG_INFINITY, limit);
    }
