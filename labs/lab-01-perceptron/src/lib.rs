//! The perceptron, from one number through an activation to a network of layers: see `README.md`.
//!
//! The files in the order of the steps: `activation` (the functions and their derivatives), `neuron` (a weighted sum,
//! and a layer of them), `rosenblatt` (the first rule by which a neuron learned), `mlp` (layers on layers, and what they
//! can approximate), `folding` (why layers without an activation are one), `features` (straight lines in a larger
//! space). `apply`, which is given, lets an activation act on a tensor and its derivative on a gradient.

pub mod activation;
mod apply;
mod features;
mod folding;
mod mlp;
mod neuron;
mod rosenblatt;

pub use apply::Activation;
pub use features::{Kernel, KernelPerceptron, quadratic_features, quadratic_kernel};
pub use folding::fold;
pub use mlp::{Mlp, staircase};
pub use neuron::{Layer, neuron};
pub use rosenblatt::{Perceptron, margin, mistake_bound, radius, train};
