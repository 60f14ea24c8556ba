//! Ends where the cosine of 1 is.
//! caught by: cosine_goes_from_one_value_to_the_other
// REPLACE 6.2
    let _ = PI;
    to + (from - to) * (1.0 + progress.cos()) / 2.0
