//! Squares the inner product itself.
//! caught by: kernel_needs_no_features, features_and_kernel_agree_on_whole_numbers
// REPLACE 6.2
    x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>().powi(2)
