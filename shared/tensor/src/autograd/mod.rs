//! Reverse-mode automatic differentiation, define-by-run.
//!
//! While a computation runs, every tensor that depends on a leaf with [`requires_grad_`](Tensor::requires_grad_)
//! gets a node of a graph: the operation that made it, with whatever that needs for its backward pass, and edges to
//! the nodes of its inputs. [`backward`](Tensor::backward) walks the graph from the newest node to the oldest and
//! multiplies the chain rule out, vector times Jacobian at each step.
//!
//! An operation is a struct that implements [`Op`]: the struct is what the forward pass saved, the method is the
//! backward pass. The built-in operations use nothing else, and neither do those that students write:
//!
//! ```
//! use tensor::{Backward, Float, Grads, Op, Tensor};
//!
//! /// y = x³
//! fn cube<T: Float>(x: &Tensor<T>) -> Tensor<T> {
//!     x.map(|x| x * x * x).record(&[x], || Cube { x: x.clone() })
//! }
//!
//! struct Cube<T: Float> {
//!     x: Tensor<T>,
//! }
//!
//! impl<T: Float> Op<T> for Cube<T> {
//!     fn name(&self) -> &'static str {
//!         "Cube"
//!     }
//!
//!     /// dx = 3x²·dy
//!     fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
//!         vec![Some(self.x.square() * 3.0 * cx.dy)]
//!     }
//! }
//!
//! let x = Tensor::from([2.0f64]).requires_grad_();
//! cube(&x).sum(..).backward();
//! assert_eq!(x.grad().unwrap().item(), 12.0);
//! ```
//!
//! Because that backward pass is itself written in tensor operations, the gradient can be differentiated again
//! ([`grad_create_graph`], [`hvp`], [`jvp`]). One that loops over bare numbers works as well, for first derivatives;
//! asked for more, the engine answers [`NotTwiceDifferentiable`](crate::Error::NotTwiceDifferentiable).

mod checkpoint;
mod engine;
mod functional;
mod mode;
mod node;

pub use checkpoint::checkpoint;
pub use functional::{
    grad, grad_create_graph, hessian, hvp, jacobian, jvp, try_grad, try_grad_create_graph, vjp,
};
pub use mode::{enable_grad, is_grad_enabled, no_grad};
pub use node::HookHandle;
pub(crate) use node::{Node, is_recording};

use crate::{Float, Tensor};

/// The gradients of an operation's inputs, in their order; `None` for an input that has none or needs none.
pub type Grads<T> = Vec<Option<Tensor<T>>>;

/// One operation of a recorded computation: what its forward pass saved, and its backward pass.
///
/// Implement it for a struct and hand the struct to [`Tensor::record`]; see the [module](self) for an example.
pub trait Op<T: Float>: Send + Sync + 'static {
    /// The name that [`grad_fn`](Tensor::grad_fn) and error messages show.
    fn name(&self) -> &'static str;

    /// The vector-Jacobian product: from dℒ/dy, which is `cx.dy`, to dℒ/dx for every input x.
    ///
    /// Each gradient has its input's shape. Skip what [`cx.needs(i)`](Backward::needs) does not ask for.
    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T>;

    /// Whether the backward pass reads the output, `cx.y()`. It is kept in memory only then.
    fn saves_output(&self) -> bool {
        false
    }
}

/// What the engine hands to a backward pass.
pub struct Backward<'a, T: Float> {
    /// The gradient of the loss with respect to the output: same shape as the output.
    pub dy: &'a Tensor<T>,
    y: Option<Tensor<T>>,
    needs: &'a [bool],
}

impl<T: Float> Backward<'_, T> {
    /// The output of the forward pass.
    ///
    /// # Panics
    /// If the operation's [`saves_output`](Op::saves_output) does not say that it reads it.
    #[track_caller]
    pub fn y(&self) -> &Tensor<T> {
        self.y.as_ref().expect("this operation did not keep its output: let `saves_output` return true")
    }

    /// Whether the gradient of input `i` is wanted.
    pub fn needs(&self, i: usize) -> bool {
        self.needs[i]
    }
}
