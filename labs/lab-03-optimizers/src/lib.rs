//! Optimizers: see `README.md`.

mod mean;

pub use mean::mean;
