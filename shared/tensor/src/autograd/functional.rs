//! Derivatives as functions: gradients with respect to chosen tensors, and products with Jacobians and Hessians.

use std::sync::Arc;

use super::engine::Pass;
use super::{Node, enable_grad};
use crate::error::OrPanic;
use crate::{Error, Float, Result, Tensor};

/// The gradients of a scalar with respect to tensors anywhere in its graph, without touching any leaf's `grad`.
/// A tensor on which it does not depend gets zeros.
///
/// ```
/// use tensor::{Tensor, grad};
/// let x = Tensor::from([1.0f64, 2.0]).requires_grad_();
/// let y = x.square();
/// let gradients = grad(&y.sum(..), &[&x, &y]);
/// assert_eq!(gradients[0].to_vec(), [2.0, 4.0]);
/// assert_eq!(gradients[1].to_vec(), [1.0, 1.0]);
/// ```
///
/// # Panics
/// If the output is not a scalar, or one of the tensors does not require a gradient.
#[track_caller]
pub fn grad<T: Float>(output: &Tensor<T>, inputs: &[&Tensor<T>]) -> Vec<Tensor<T>> {
    try_grad(output, inputs).or_panic()
}

/// Like [`grad`], with an error instead of a panic.
pub fn try_grad<T: Float>(output: &Tensor<T>, inputs: &[&Tensor<T>]) -> Result<Vec<Tensor<T>>> {
    towards(output, inputs, None, false)
}

/// Like [`grad`], recording the backward pass, so that the gradients can be differentiated again.
///
/// ```
/// use tensor::{Tensor, grad, grad_create_graph};
/// let x = Tensor::from([3.0f64]).requires_grad_();
/// let first = &grad_create_graph(&x.pow(3.0).sum(..), &[&x])[0];
/// let second = &grad(&first.sum(..), &[&x])[0];
/// assert_eq!((first.item(), second.item()), (27.0, 18.0));
/// ```
///
/// # Panics
/// As [`grad`], and if an operation on the way is not twice differentiable.
#[track_caller]
pub fn grad_create_graph<T: Float>(output: &Tensor<T>, inputs: &[&Tensor<T>]) -> Vec<Tensor<T>> {
    try_grad_create_graph(output, inputs).or_panic()
}

/// Like [`grad_create_graph`], with an error instead of a panic.
pub fn try_grad_create_graph<T: Float>(output: &Tensor<T>, inputs: &[&Tensor<T>]) -> Result<Vec<Tensor<T>>> {
    towards(output, inputs, None, true)
}

fn towards<T: Float>(
    output: &Tensor<T>,
    inputs: &[&Tensor<T>],
    seed: Option<&Tensor<T>>,
    create_graph: bool,
) -> Result<Vec<Tensor<T>>> {
    let targets: Vec<&Arc<Node<T>>> = inputs
        .iter()
        .enumerate()
        .map(|(i, input)| {
            input.node.as_ref().ok_or_else(|| Error::NoGradient {
                op: "grad",
                detail: format!("input {i} does not require a gradient: call .requires_grad_() on it first"),
            })
        })
        .collect::<Result<_>>()?;
    let pass = Pass { name: "grad", output, seed: seed.cloned(), create_graph };
    let grads = pass.towards(&targets, None)?;
    Ok(grads
        .into_iter()
        .zip(inputs)
        .map(|(grad, input)| grad.unwrap_or_else(|| input.zeros_like()))
        .collect())
}

/// `f` at a fresh leaf with the values of `x`.
fn at<T: Float>(f: impl FnOnce(&Tensor<T>) -> Tensor<T>, x: &Tensor<T>) -> (Tensor<T>, Tensor<T>) {
    let x = x.detach().requires_grad_();
    let y = enable_grad(|| f(&x));
    (x, y)
}

/// The vector-Jacobian product: y = f(x) and vᵀ·∂f/∂x, in one backward pass.
///
/// # Panics
/// If `v` has not the shape of the output.
#[track_caller]
pub fn vjp<T: Float>(
    f: impl FnOnce(&Tensor<T>) -> Tensor<T>,
    x: &Tensor<T>,
    v: &Tensor<T>,
) -> (Tensor<T>, Tensor<T>) {
    let (x, y) = at(f, x);
    let product = towards(&y, &[&x], Some(v), false).or_panic().remove(0);
    (y.detach(), product)
}

/// The Jacobian-vector product: y = f(x) and ∂f/∂x·v.
///
/// Reverse mode alone suffices: u ↦ uᵀJ is linear in u, and its own vector-Jacobian product with v is J·v
/// (the "double backward" trick).
///
/// # Panics
/// If `v` has not the shape of `x`, or an operation of `f` is not twice differentiable.
#[track_caller]
pub fn jvp<T: Float>(
    f: impl FnOnce(&Tensor<T>) -> Tensor<T>,
    x: &Tensor<T>,
    v: &Tensor<T>,
) -> (Tensor<T>, Tensor<T>) {
    let (x, y) = at(f, x);
    let u = y.zeros_like().requires_grad_();
    let transposed = towards(&y, &[&x], Some(&u), true).or_panic().remove(0);
    let product = if transposed.requires_grad() {
        towards(&transposed, &[&u], Some(v), false).or_panic().remove(0)
    } else {
        y.zeros_like()
    };
    (y.detach(), product)
}

/// The Hessian-vector product of a scalar function: y = f(x) and ∇²f(x)·v, at about twice the cost of a gradient
/// (Pearlmutter, *Fast Exact Multiplication by the Hessian*, 1994).
///
/// # Panics
/// If `f` is not scalar or not twice differentiable, or `v` has not the shape of `x`.
#[track_caller]
pub fn hvp<T: Float>(
    f: impl FnOnce(&Tensor<T>) -> Tensor<T>,
    x: &Tensor<T>,
    v: &Tensor<T>,
) -> (Tensor<T>, Tensor<T>) {
    let (x, y) = at(f, x);
    let gradient = towards(&y, &[&x], None, true).or_panic().remove(0);
    let product = if gradient.requires_grad() {
        towards(&gradient, &[&x], Some(v), false).or_panic().remove(0)
    } else {
        x.zeros_like()
    };
    (y.detach(), product.detach())
}

/// The whole Jacobian ∂f/∂x as a matrix of [elements of y, elements of x], one backward pass per row.
#[track_caller]
pub fn jacobian<T: Float>(f: impl FnOnce(&Tensor<T>) -> Tensor<T>, x: &Tensor<T>) -> Tensor<T> {
    let (x, y) = at(f, x);
    rows_of_jacobian(&y, &x)
}

/// The whole Hessian of a scalar function as a square matrix over the elements of `x`.
///
/// # Panics
/// If `f` is not scalar or not twice differentiable.
#[track_caller]
pub fn hessian<T: Float>(f: impl FnOnce(&Tensor<T>) -> Tensor<T>, x: &Tensor<T>) -> Tensor<T> {
    let (x, y) = at(f, x);
    let gradient = towards(&y, &[&x], None, true).or_panic().remove(0);
    rows_of_jacobian(&gradient, &x)
}

#[track_caller]
fn rows_of_jacobian<T: Float>(y: &Tensor<T>, x: &Tensor<T>) -> Tensor<T> {
    let (rows, columns) = (y.numel(), x.numel());
    let mut data = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        let mut unit = y.zeros_like();
        unit.data_mut()[row] = T::one();
        let gradient = if y.requires_grad() {
            towards(y, &[x], Some(&unit), false).or_panic().remove(0)
        } else {
            x.zeros_like()
        };
        data.extend_from_slice(&gradient.as_slice());
    }
    Tensor::from_vec(data, [rows, columns])
}
