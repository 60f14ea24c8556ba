//! Subtracts the square of the mean from the mean of the squares, which cancels far from 0.
//! caught by: variance_far_from_zero
// REPLACE 5.1
    let mean = x.mean(0);
    let var = x.square().mean(0) - mean.square();
    Statistics { mean, var }
