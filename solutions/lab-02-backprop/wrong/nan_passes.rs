//! Lets a gradient that is not a number through: no comparison with NaN is true.
//! caught by: relative_error_is_a_share_of_the_larger, gradient_check_rejects_wrong_gradients, gradient_check_is_not_fooled_by_nan
// REPLACE 6.4
    (a - b).abs() / a.abs().max(b.abs()).max(FLOOR)
