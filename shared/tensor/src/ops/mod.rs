//! The operations on tensors, each with its forward and its backward pass side by side.
//!
//! Backward passes are written in tensor operations, so they can be differentiated again. What the forward pass
//! computes with is in `kernels`.

pub(crate) mod arithmetic;
pub(crate) mod choose;
pub(crate) mod conv;
pub(crate) mod elementwise;
pub(crate) mod index;
pub(crate) mod join;
#[cfg(test)]
pub(crate) mod laws;
pub(crate) mod matmul;
pub(crate) mod matrix;
pub(crate) mod norm;
pub(crate) mod pool;
pub(crate) mod reduce;
pub(crate) mod scan;
pub(crate) mod shape;
pub(crate) mod slice;
pub(crate) mod softmax;
pub(crate) mod sort;
pub(crate) mod unfold;
