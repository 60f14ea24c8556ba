//! Adds the same random number to all pixels.
//! caught by: noise_has_its_standard_deviation
// REPLACE 8.1
    let noise: Tensor<T> = Tensor::randn(());
    (image + noise * sigma).clamp(0.0, 1.0)
