//! Moves every number by t, also those that are nearer to 0 than that.
//! caught by: soft_threshold_minimizes, proximal_descent_finds_exact_zeros
// REPLACE 4.2
    x - x.sign() * t
