//! Gives the factor with its sign: −3 looks like convergence.
//! caught by: descent_converges_below_two_over_the_curvature
// REPLACE 1.3
    1.0 - rate * curvature
