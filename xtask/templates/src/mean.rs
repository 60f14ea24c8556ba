//! The mean.

/// The mean of `x`.
///
/// # Panics
///
/// If `x` is empty.
pub fn mean(x: &[f64]) -> f64 {
    assert!(!x.is_empty(), "the mean of nothing");
    // BEGIN SOLUTION 1.1: add up the numbers and divide by how many there are
    let sum: f64 = x.iter().sum();
    sum / x.len() as f64
    // END SOLUTION
}
