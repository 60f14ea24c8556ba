//! Optimizers, from one step downhill to Adam and Newton: see `README.md`.
//!
//! The files in the order of the steps: `descent` (gradient descent and its loop), `batches` (mini-batches, gradients of
//! a batch in parts), `momentum`, `adaptive` (Adagrad, RMSProp), `adam` (Adam, AdamW), `schedules`, `safety` (clipping,
//! the learning-rate range test), `newton`. `optimizer` has what all rules have in common and is given.

mod adam;
mod adaptive;
mod batches;
mod descent;
mod momentum;
mod newton;
mod optimizer;
mod safety;
mod schedules;

pub use adam::{Adam, AdamW};
pub use adaptive::{Adagrad, RmsProp};
pub use batches::{Accumulator, minibatches};
pub use descent::{Sgd, best_rate, contraction, minimize};
pub use momentum::{EmaMomentum, Momentum, Nesterov};
pub use newton::{Solve, conjugate_gradient, hessian_vector_product, newton_step};
pub use optimizer::Optimizer;
pub use safety::{
    DIVERGED, RangeTest, SMOOTHING, clip_grad_norm, clip_grad_value, geometric_rates, range_test, smoothed,
};
pub use schedules::{OneCycle, StepDecay, WarmupCosine, cosine};
