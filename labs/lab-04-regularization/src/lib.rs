//! Regularization: what keeps a network from learning its data by heart. See `README.md`.
//!
//! The files in the order of the steps: `early_stopping` (stop in time), `dropout` (no reliance on single neurons),
//! `penalties` and `decay` (small weights, and zeros), `batch_norm` (standardized activations); then more data from
//! the data that is there: `geometry`, `color` and `filters` change an image, `transforms` does so at random.

mod batch_norm;
mod color;
mod decay;
mod dropout;
mod early_stopping;
mod filters;
mod geometry;
mod penalties;
mod transforms;

pub use batch_norm::{BatchNorm1d, Statistics, batch_norm, statistics};
pub use color::{adjust_brightness, adjust_contrast, adjust_saturation, blend, grayscale};
pub use decay::{decay_weights, proximal_step, soft_threshold};
pub use dropout::{Dropout, dropout_mask};
pub use early_stopping::{EarlyStopping, is_improvement};
pub use filters::{add_noise, correlate, gaussian_blur, gaussian_taps, sobel};
pub use geometry::{Region, bilinear, cutout, hflip, quarter_turns, resized_crop, rotate};
pub use penalties::{l1_penalty, l2_penalty, weights_of};
pub use transforms::{
    ColorJitter, Compose, Cutout, RandomApply, RandomResizedCrop, RandomRotation, Transform, augment, uniform,
};
