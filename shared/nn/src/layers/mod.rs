//! The layers that networks are built from, with PyTorch's names, defaults and parameter names.
//!
//! Each is a struct with public [`Parameter`](crate::Parameter)s; optional settings follow the constructor:
//! `Linear::new(6, 8).without_bias()`.

mod activation;
mod batch_norm;
mod dropout;
mod layer_norm;
mod linear;
mod sequential;
mod shape;

pub use activation::{ELU, GELU, LeakyReLU, LogSoftmax, ReLU, SiLU, Sigmoid, Softmax, Softplus, Tanh};
pub use batch_norm::{BatchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d};
pub use dropout::Dropout;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use sequential::Sequential;
pub use shape::{Flatten, Identity};
