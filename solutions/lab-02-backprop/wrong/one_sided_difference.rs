//! Looks to the right only: the error is of first order in h.
//! caught by: central_difference_is_exact_on_parabolas, gradient_check_accepts_right_gradients
// REPLACE 6.2
    (f(x + h) - f(x)) / h
