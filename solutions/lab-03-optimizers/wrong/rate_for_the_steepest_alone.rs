//! Chooses the rate that ends at once in the steepest direction.
//! caught by: best_rate_contracts_all_alike
// REPLACE 1.4
    let _ = low;
    1.0 / high
