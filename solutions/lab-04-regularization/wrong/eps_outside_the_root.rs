//! Adds ε to the standard deviation.
//! caught by: output_has_mean_beta_and_variance_gamma_squared
// REPLACE 5.2
    let scale = (statistics.var.sqrt() + eps).recip();
    ((x - &statistics.mean) * &scale, scale)
