//! The gradient check: derivatives from nothing but values, to compare those of a backward pass with.
//!
//! It is slow, two evaluations for each number, and of limited accuracy. But it does not know how the gradient was
//! computed, so that it finds every mistake in it: a sign, a transpose, a forgotten 1/N, one entry of a million.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use serde::{Deserialize, Serialize};
use tensor::Tensor;

/// The largest relative error of a gradient that is taken for right.
///
/// Central differences in `f64` agree with a right gradient to about ε^⅔ ≈ 4e-11 of the function's size, and mistakes
/// are rarely smaller than a percent: anything in between tells them apart.
pub const TOLERANCE: f64 = 1e-6;

/// Below this size of both numbers, their difference is compared with this instead: near 0, where the rounding errors
/// of the differences are all there is, a relative error says nothing.
pub const FLOOR: f64 = 1e-3;

/// What came of checking a gradient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GradientCheck {
    /// The largest relative error of all entries; infinite if one is not a number.
    pub error: f64,
    /// Where it is: the entry's place in row-major order, the first of several.
    pub place: usize,
    /// What the gradient says there.
    pub gradient: f64,
    /// What the central difference says there.
    pub difference: f64,
    /// Whether the error is at most [`TOLERANCE`].
    pub passes: bool,
}

/// The step h of a central difference at x: ε^⅓ · max(1, |x|), where ε = 2⁻⁵² is the spacing of `f64` at 1.
pub fn step_size(x: f64) -> f64 {
    todo!("6.1: the cube root of f64::EPSILON, times |x| if that is larger than 1")
}

/// The slope of f at x from its values at x + h and x − h, right up to O(h²).
pub fn central_difference(f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    todo!("6.2: the difference of the two values by the distance of the two places")
}

/// The gradient of a function of a tensor, of the same shape: for each entry the [`central_difference`] with its own
/// [`step_size`], all other entries left as they are.
pub fn numerical_gradient(f: impl Fn(&Tensor<f64>) -> f64, x: &Tensor<f64>) -> Tensor<f64> {
    let numbers = x.to_vec();
    // The function where the number at `place` is `value` and all others are those of x.
    let moved = |place: usize, value: f64| {
        let mut numbers = numbers.clone();
        numbers[place] = value;
        f(&Tensor::from_vec(numbers, x.shape()))
    };
    todo!("6.3: a central difference for each place of `numbers`, with only that number moved")
}

/// How far two numbers are apart, in parts of the larger: |a − b| / max(|a|, |b|, [`FLOOR`]). Infinite if one of them
/// is infinite or not a number.
pub fn relative_error(a: f64, b: f64) -> f64 {
    todo!("6.4: the formula, and infinity for what is not finite: every comparison with NaN is false")
}

/// Compares the gradient of f at x that a backward pass gave, of the shape of x, with the [`numerical_gradient`].
///
/// # Panics
/// If the shapes differ, or x is empty.
pub fn check_gradient(
    f: impl Fn(&Tensor<f64>) -> f64,
    x: &Tensor<f64>,
    gradient: &Tensor<f64>,
) -> GradientCheck {
    assert!(
        x.shape() == gradient.shape() && x.numel() > 0,
        "a gradient of shape {:?} for an x of shape {:?}",
        gradient.shape(),
        x.shape()
    );
    let (gradients, differences) = (gradient.to_vec(), numerical_gradient(f, x).to_vec());
    let errors: Vec<f64> = gradients.iter().zip(&differences).map(|(&a, &b)| relative_error(a, b)).collect();
    todo!("6.5: the entry with the largest relative error, and whether that is within the tolerance")
}
