//! Divides by N − 1, as for an estimate.
//! caught by: statistics_are_mean_and_variance
// REPLACE 5.1
    Statistics { mean: x.mean(0), var: x.var(0, 1) }
