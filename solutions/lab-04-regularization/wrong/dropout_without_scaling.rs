//! Drops, but does not make up for it.
//! caught by: mask_is_zero_or_scaled_up, mask_has_the_mean_one
// REPLACE 2.1
    Tensor::bernoulli(shape, 1.0 - p)
