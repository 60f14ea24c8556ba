//! Newton's method without ever writing down a Hessian.
//!
//! A step needs the solution of H·d = g. The Hessian has D² entries, but a product H·v costs only about two gradients
//! (Pearlmutter, *Fast Exact Multiplication by the Hessian*, 1994), and the method of conjugate gradients solves the
//! equations from such products alone (Hestenes and Stiefel, 1952).

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use serde::{Deserialize, Serialize};
use tensor::{Float, Tensor, enable_grad, grad, grad_create_graph};

/// How hard to try to solve linear equations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Solve {
    /// At most so many iterations.
    pub iterations: usize,
    /// Done when the residual ‖b − A·x‖ is at most this times ‖b‖.
    pub tolerance: f64,
}

/// H·v, where H is the Hessian of the scalar function f at x and v has the shape of x.
///
/// H·v is the gradient of the number ⟨∇f(x), v⟩, with v held fixed.
pub fn hessian_vector_product<T: Float>(
    f: impl Fn(&Tensor<T>) -> Tensor<T>,
    x: &Tensor<T>,
    v: &Tensor<T>,
) -> Tensor<T> {
    let x = x.detach().requires_grad_();
    // Operations are recorded here, also if the caller has turned that off.
    enable_grad(|| {
        let gradient = grad_create_graph(&f(&x), &[&x]).remove(0);
        todo!("8.1: the gradient with its graph, its inner product with v, the gradient of that")
    })
}

/// ⟨a, b⟩ over all entries.
fn inner<T: Float>(a: &Tensor<T>, b: &Tensor<T>) -> f64 {
    (a * b).sum(..).item().as_f64()
}

/// Solves A·x = b for a symmetric, positive definite A that is known by its `product` p ↦ A·p alone: conjugate gradients
/// from x = 0.
///
/// If a direction p with ⟨p, A·p⟩ ≤ 0 turns up, A is not positive definite, and what has been found so far is returned;
/// b itself if that is nothing (Dembo and Steihaug, *Truncated-Newton Algorithms for Large-Scale Unconstrained
/// Optimization*, 1983).
pub fn conjugate_gradient<T: Float>(
    mut product: impl FnMut(&Tensor<T>) -> Tensor<T>,
    b: &Tensor<T>,
    solve: Solve,
) -> Tensor<T> {
    let mut x = b.zeros_like();
    let mut residual = b.detach();
    let mut direction = residual.clone();
    let mut square = inner(&residual, &residual);
    let goal = solve.tolerance * square.sqrt();
    for iteration in 0..solve.iterations {
        if square.sqrt() <= goal {
            break;
        }
        let ap = product(&direction);
        let curvature = inner(&direction, &ap);
    }
    todo!(
        "8.2: along the direction to the minimum; the new residual; a new direction, conjugate to the old ones"
    )
}

/// One step of Newton's method for the scalar function f: x − H⁻¹·∇f(x), by [`conjugate_gradient`].
pub fn newton_step<T: Float>(f: impl Fn(&Tensor<T>) -> Tensor<T>, x: &Tensor<T>, solve: Solve) -> Tensor<T> {
    let leaf = x.detach().requires_grad_();
    let gradient = grad(&enable_grad(|| f(&leaf)), &[&leaf]).remove(0);
    todo!("8.3: the direction that solves H·d = g, and x − d")
}
