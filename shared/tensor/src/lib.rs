//! Tensors with automatic differentiation.
//!
//! A [`Tensor`] is a strided view of shared numbers, `f32` or `f64`, that can record how it was computed. The names
//! are PyTorch's, the code reads like the formula, and a mistake panics at the line that made it with both shapes
//! and the likely remedy:
//!
//! ```
//! use tensor::Tensor;
//!
//! // One step of linear regression by gradient descent.
//! let x = Tensor::from([[0.0f32], [1.0], [2.0]]);
//! let y = Tensor::from([[1.0f32], [3.0], [5.0]]);
//! let w = Tensor::from([[0.5f32]]).requires_grad_();
//! let b = Tensor::from([0.0f32]).requires_grad_();
//!
//! let loss = (x.matmul(&w) + &b - &y).square().mean(..);
//! loss.backward();
//! let w = &w - w.grad().unwrap() * 0.1;
//! assert!(w.item() > 0.5);
//! ```
//!
//! Floors, from the top: `ops` (what a tensor can do, with its derivative), `autograd` (the graph), `tensor` and
//! `storage` (views and memory), `layout` (shapes and strides), `kernels` (loops on slices, the only place with
//! threads and faer).

pub mod autograd;
mod device;
mod dims;
mod display;
mod error;
mod float;
mod io;
mod kernels;
mod layout;
mod ops;
mod profile;
#[cfg(feature = "proptest")]
pub mod proptest;
pub mod random;
mod serial;
mod slices;
mod storage;
mod tensor;
mod window;

pub use autograd::{
    Backward, Grads, Op, checkpoint, enable_grad, grad, grad_create_graph, hessian, hvp, is_grad_enabled,
    jacobian, jvp, no_grad, vjp,
};
pub use device::{Device, UnknownDevice};
pub use dims::{Dim, Dims};
pub use error::{Error, Result};
pub use float::Float;
pub use io::{npy, safetensors};
pub use kernels::in_pieces;
pub use layout::{MAX_RANK, Shape};
pub use ops::arithmetic::Operand;
pub use ops::pool::Pooling;
pub use ops::shape::INFER;
pub use random::{Generator, manual_seed};
pub use slices::{Slice, Slices};
pub use tensor::Tensor;
pub use window::{Convolution, Padding, Sizes};
