//! Goes along a straight line.
//! caught by: cosine_goes_from_one_value_to_the_other
// REPLACE 6.2
    from + (to - from) * progress
