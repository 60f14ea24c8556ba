//! Backpropagation: an engine that differentiates single numbers, the same rules for tensors, a check that finds wrong
//! gradients, and a network that trains with all of it. See `README.md`.
//!
//! The files in the order of the steps: `value` (a number that remembers), `operations` (how numbers are made, with
//! their partial derivatives), `graph` (the order, and the way back), `mode` (not recording); then, for tensors,
//! `layers` and `losses`, `gradient_check`, `mlp`.

mod gradient_check;
mod graph;
mod layers;
mod losses;
mod mlp;
mod mode;
mod operations;
mod value;

pub use gradient_check::{
    FLOOR, GradientCheck, TOLERANCE, central_difference, check_gradient, numerical_gradient, relative_error,
    step_size,
};
pub use graph::topological_order;
pub use layers::{
    LinearGradients, linear, linear_backward, relu, relu_backward, sigmoid, sigmoid_backward, tanh,
    tanh_backward,
};
pub use losses::{CrossEntropy, mse, mse_backward, softmax_cross_entropy, softmax_cross_entropy_backward};
pub use mlp::{Layer, Mlp};
pub use mode::{is_grad_enabled, no_grad};
pub use value::Value;
