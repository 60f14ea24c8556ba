//! Uses the same step for large numbers, to which it hardly makes a difference.
//! caught by: step_is_the_cube_root_of_epsilon, differences_at_large_numbers
// REPLACE 6.1
    f64::EPSILON.cbrt()
