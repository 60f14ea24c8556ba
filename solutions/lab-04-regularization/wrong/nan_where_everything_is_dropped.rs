//! Multiplies 0 by 1/0.
//! caught by: mask_is_zero_or_scaled_up, dropout_at_both_ends
// REPLACE 2.1
    let keep = 1.0 - p;
    Tensor::bernoulli(shape, keep) * (1.0 / keep)
