//! The mean.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

/// The mean of `x`.
///
/// # Panics
///
/// If `x` is empty.
pub fn mean(x: &[f64]) -> f64 {
    assert!(!x.is_empty(), "the mean of nothing");
    todo!("1.1: add up the numbers and divide by how many there are")
}
