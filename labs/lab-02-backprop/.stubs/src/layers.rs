//! Layers as pairs of functions: one forward, one backward.
//!
//! The backward function of y = f(x) takes dy = ∂ℒ/∂y and returns dx = ∂ℒ/∂x = Jᵀ·dy, the *vector-Jacobian product*.
//! J itself, with a row for each number of y and a column for each of x, is never built. In comments N is the number of
//! samples, D that of inputs, O that of outputs; `dx` is ∂ℒ/∂x.
//!
//! All of it works in `f32`, in which networks train, and in `f64`, in which gradients are checked. Nothing here is
//! recorded: the tensor library could differentiate by itself, and this lab does without.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::{Float, Tensor};

/// y = x·Wᵀ + b: from x \[N, D\], `weight` W \[O, D\] and `bias` b \[O\] to y \[N, O\].
///
/// # Panics
/// If the shapes do not fit together.
pub fn linear<T: Float>(x: &Tensor<T>, weight: &Tensor<T>, bias: &Tensor<T>) -> Tensor<T> {
    todo!("5.1: a matrix product, and the bias added to each row")
}

/// The gradients of a linear layer's three inputs.
#[derive(Debug, Clone)]
pub struct LinearGradients<T: Float> {
    /// dx \[N, D\].
    pub x: Tensor<T>,
    /// dW \[O, D\].
    pub weight: Tensor<T>,
    /// db \[O\].
    pub bias: Tensor<T>,
}

/// The backward pass of [`linear`], from its inputs x \[N, D\] and W \[O, D\] and from dy \[N, O\].
///
/// # Panics
/// If the shapes do not fit together.
pub fn linear_backward<T: Float>(x: &Tensor<T>, weight: &Tensor<T>, dy: &Tensor<T>) -> LinearGradients<T> {
    todo!("5.2: dx and dW are matrix products, db a sum over the samples")
}

/// y = max(x, 0), for each number of x.
pub fn relu<T: Float>(x: &Tensor<T>) -> Tensor<T> {
    x.relu()
}

/// The backward pass of [`relu`] from its output y, which tells as much as its input: dx = dy where y > 0, else 0.
///
/// # Panics
/// If the shapes differ.
pub fn relu_backward<T: Float>(y: &Tensor<T>, dy: &Tensor<T>) -> Tensor<T> {
    todo!("5.3: dy where y is positive; y.gt(0.0) is 1 there and 0 elsewhere")
}

/// y = tanh(x), for each number of x.
pub fn tanh<T: Float>(x: &Tensor<T>) -> Tensor<T> {
    x.tanh()
}

/// The backward pass of [`tanh`] from its output y.
///
/// # Panics
/// If the shapes differ.
pub fn tanh_backward<T: Float>(y: &Tensor<T>, dy: &Tensor<T>) -> Tensor<T> {
    todo!("5.4: dy times the derivative, written by y")
}

/// y = 1 / (1 + e⁻ˣ), for each number of x.
pub fn sigmoid<T: Float>(x: &Tensor<T>) -> Tensor<T> {
    x.sigmoid()
}

/// The backward pass of [`sigmoid`] from its output y.
///
/// # Panics
/// If the shapes differ.
pub fn sigmoid_backward<T: Float>(y: &Tensor<T>, dy: &Tensor<T>) -> Tensor<T> {
    todo!("5.5: dy times the derivative, written by y")
}
