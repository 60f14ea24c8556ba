//! Forgets the 2: the steepest direction contracts more than it has to, and the flattest less than it could.
//! caught by: best_rate_contracts_all_alike, contraction_and_best_rate_of_flat_and_steep
// REPLACE 1.4
    1.0 / (low + high)
