//! Laws that unit tests of several operations check.

use crate::{Tensor, jvp, vjp};

/// Checks what holds for every linear operation: its vector-Jacobian product is its adjoint,
/// ⟨f(x), y⟩ = ⟨x, fᵀ(y)⟩, and the backward pass of that is f again.
#[track_caller]
pub(crate) fn assert_linear(f: impl Fn(&Tensor<f64>) -> Tensor<f64>, x: &Tensor<f64>) {
    let y = f(x);
    // A cotangent that is not contiguous: its dimensions lie in reverse.
    let reversed: Vec<usize> = y.shape().iter().rev().copied().collect();
    let order: Vec<usize> = (0..y.rank()).rev().collect();
    let v = (Tensor::arange(y.numel()) + 0.5).sin().reshape(&reversed).permute(&order[..]);
    let (_, transposed) = vjp(&f, x, &v);
    assert_eq!(transposed.shape(), x.shape());

    let left = &y * &v;
    let right = x * &transposed;
    // Both sums round each of their terms a few times.
    let bound = 1e-14 * (1.0 + left.abs().sum(..).item() + right.abs().sum(..).item());
    let (left, right) = (left.sum(..).item(), right.sum(..).item());
    assert!((left - right).abs() <= bound, "⟨f(x), v⟩ = {left} but ⟨x, fᵀ(v)⟩ = {right} for {x:?}");

    let (_, product) = jvp(&f, x, x);
    for (got, expected) in product.to_vec().into_iter().zip(y.to_vec()) {
        let bound = 1e-14 * (1.0 + expected.abs());
        assert!((got - expected).abs() <= bound, "J·x = {product} but f(x) = {y}");
    }
}
