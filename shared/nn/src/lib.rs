//! Neural networks: modules, losses, initialisation, optimizers, state dicts and the training loop.
//!
//! The labs are written against this crate, with PyTorch's names. It sits on `tensor`, which computes and
//! differentiates; a network is a [`Module`] that holds [`Parameter`]s, and an optimizer holds the same ones. The
//! lecture's training loop:
//!
//! ```
//! use nn::{Adam, Linear, Module, Optimizer, ReLU, sequential};
//! use tensor::{Tensor, manual_seed};
//!
//! manual_seed(0);
//! let network = sequential![Linear::new(2, 16), ReLU, Linear::new(16, 2)];
//! let mut optimizer = Adam::new(network.parameters(), 1e-2);
//!
//! // Which quadrants are a point in: those where the signs agree, or the others?
//! let x: Tensor = Tensor::uniform([64, 2], -1.0, 1.0);
//! let labels: Vec<usize> = (0..64).map(|i| usize::from(x.get([i, 0]) * x.get([i, 1]) > 0.0)).collect();
//! let data = [(x, labels)];
//!
//! let max_epochs = 100;
//! # let mut losses = Vec::new();
//! for epoch in 0..max_epochs {
//!     for (x, labels) in &data {
//!         optimizer.zero_grad();
//!
//!         let loss = network.forward(x).cross_entropy(labels);
//!         # losses.push(loss.item());
//!
//!         loss.backward();
//!         optimizer.step();
//!     }
//! }
//! # assert!(losses[99] < 0.3 * losses[0], "{losses:?}");
//! ```
//!
//! [`train::Trainer`] is that loop with everything a long run needs: a progress bar, validation, checkpoints.

pub mod init;
mod layers;
pub mod loss;
mod module;
pub mod optim;
mod parameter;
#[cfg(doctest)]
mod rust_for_these_labs;
pub mod state_dict;
mod summary;
pub mod train;
mod visitor;

pub use layers::*;
pub use module::Module;
pub use optim::{Adam, AdamW, Optimizer, Sgd, clip_grad_norm_, clip_grad_value_};
pub use parameter::{Buffer, Parameter};
pub use state_dict::{FileError, LoadError, StateDict};
pub use summary::Summary;
pub use visitor::{Member, Mode, Visitor};
