//! Divides by N − 1, as for the sample variance.
//! caught by: mean_of_equal_numbers_is_that_number
// REPLACE 1.1
    let sum: f64 = x.iter().sum();
    sum / (x.len() as f64 - 1.0)
