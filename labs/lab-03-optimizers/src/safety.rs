//! What keeps a training from running away: gradients of bounded size, and a test that finds the learning rate.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use serde::{Deserialize, Serialize};
use tensor::{Float, Tensor};

/// How much the smoothed loss may grow above its lowest value before the range test ends.
pub const DIVERGED: f64 = 4.0;

/// How much of the past the smoothed loss of the range test keeps.
pub const SMOOTHING: f64 = 0.9;

/// Makes gradients shorter if they are longer than `max_norm`, all by the same factor, so that their direction stays.
///
/// The norm is that of all numbers of all gradients together, as if they were one vector (Pascanu, Mikolov and Bengio,
/// *On the Difficulty of Training Recurrent Neural Networks*, 2013). Returns the norm as it was before. A norm that is not
/// finite is returned, and nothing is changed.
pub fn clip_grad_norm<T: Float>(gradients: &mut [Tensor<T>], max_norm: f64) -> f64 {
    todo!("7.1: one root over the squares of all numbers; if it is too long, all times max_norm / norm")
}

/// Cuts every number of the gradients off at `limit` and −`limit`. The direction may change.
pub fn clip_grad_value<T: Float>(gradients: &mut [Tensor<T>], limit: f64) {
    todo!("7.2: gradient.clamp(low, high) for each")
}

/// `steps` learning rates from `low` to `high`, both included, each a constant multiple of the one before.
///
/// # Panics
/// If there are fewer than two steps.
pub fn geometric_rates(low: f64, high: f64, steps: usize) -> Vec<f64> {
    assert!(steps >= 2, "from one rate to another it takes two");
    todo!("7.3: low·(high/low)^p with the progress p from 0 to 1")
}

/// The exponential moving average of the losses with β = `beta`, corrected as in Adam: entry t = 1, 2, … is s / (1 − βᵗ),
/// where s ← β·s + (1 − β)·loss begins at 0.
pub fn smoothed(losses: &[f64], beta: f64) -> Vec<f64> {
    todo!("7.4: the average, and divided by 1 − βᵗ what is returned")
}

/// What a range test has seen: a learning rate and the loss there, step by step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RangeTest {
    /// The learning rates that were tried, growing.
    pub rates: Vec<f64>,
    /// The loss at each.
    pub losses: Vec<f64>,
}

/// The learning-rate range test (Smith, *Cyclical Learning Rates for Training Neural Networks*, 2015): trains one step
/// with each rate in turn, by calling `train_step(rate)`, which returns the loss of the step's batch.
///
/// It ends early, after a loss that is not finite, which is left out, or after one with which the loss, [`smoothed`] by
/// [`SMOOTHING`], is more than [`DIVERGED`] times its lowest value so far.
pub fn range_test(rates: &[f64], mut train_step: impl FnMut(f64) -> f64) -> RangeTest {
    let mut test = RangeTest { rates: Vec::new(), losses: Vec::new() };
    todo!("7.5: a step, a look at its loss, a record, and a look at the smoothed losses so far");
    test
}

impl RangeTest {
    /// A rate to train with: a tenth of the one at which the loss, [`smoothed`] by [`SMOOTHING`], is lowest (the first such
    /// one). There the training is about to tip over.
    ///
    /// # Panics
    /// If nothing was recorded.
    pub fn suggestion(&self) -> f64 {
        assert!(!self.losses.is_empty(), "no loss of the range test was finite");
        todo!("7.6: where the smoothed loss is lowest; a tenth of that rate")
    }
}
