//! Convolutional networks, from the window that slides over an image to LeNet-5 and what it sees: see `README.md`.
//!
//! The files in the order of the steps: `window` (where it stands), `direct` (seven loops), `columns` and
//! `convolution` (the same as a matrix product, with its gradient), `pooling`, `receptive_field`, `lenet`,
//! `visualization`.

mod columns;
mod convolution;
mod direct;
mod lenet;
mod pooling;
mod receptive_field;
mod sizes;
mod visualization;
mod window;

pub use columns::{col2im, im2col};
pub use convolution::conv2d;
pub use direct::conv2d_direct;
pub use lenet::{Conv2d, LeNet5};
pub use pooling::{avg_pool2d, max_pool2d};
pub use receptive_field::{ReceptiveField, conv_parameters, linear_parameters, receptive_field};
pub use sizes::Sizes;
pub use visualization::{Ascent, Visualization, ascent_step, maximize_activation};
pub use window::{Padding, Window};
