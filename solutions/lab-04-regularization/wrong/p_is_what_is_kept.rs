//! Takes p for the probability to keep.
//! caught by: mask_has_the_mean_one
// REPLACE 2.1
    if p == 1.0 {
        return Tensor::zeros(shape);
    }
    Tensor::bernoulli(shape, p) * (1.0 / (1.0 - p))
