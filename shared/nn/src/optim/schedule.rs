//! Schedules: which part of its learning rate an optimizer has in each step.
//!
//! The learning rate of the optimizer is the largest one. PyTorch's schedulers change the optimizer that they were made
//! for, and count the steps themselves; these are functions of the step, so that a training can go on anywhere.
//! [`Trainer::schedule`](crate::train::Trainer::schedule) asks them before each step.
//!
//! ```
//! use nn::optim::{OneCycleLR, Schedule};
//! use nn::{Linear, Module, Optimizer, Sgd};
//!
//! let network: Linear = Linear::new(2, 1);
//! let max_lr = 0.1;
//! let mut optimizer = Sgd::new(network.parameters(), max_lr);
//! let schedule = OneCycleLR::new(100);
//! for step in 0..100 {
//!     optimizer.set_learning_rate(max_lr * schedule.factor(step));
//!     // … backward …
//!     optimizer.step();
//! }
//! ```

use std::f64::consts::PI;

/// The learning rate as a function of the step.
pub trait Schedule {
    /// What the learning rate is multiplied by in this step; steps count from 0.
    fn factor(&self, step: usize) -> f64;
}

/// Multiplies the rate by γ every so many steps: γ^⌊step / step_size⌋.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepLR {
    step_size: usize,
    gamma: f64,
}

impl StepLR {
    /// With γ = 0.1.
    ///
    /// # Panics
    /// If `step_size` is 0.
    #[track_caller]
    pub fn new(step_size: usize) -> Self {
        assert!(step_size > 0, "StepLR: a rate holds for at least one step");
        Self { step_size, gamma: 0.1 }
    }

    /// Sets γ.
    #[must_use]
    pub fn gamma(mut self, gamma: f64) -> Self {
        self.gamma = gamma;
        self
    }
}

impl Schedule for StepLR {
    fn factor(&self, step: usize) -> f64 {
        self.gamma.powf((step / self.step_size) as f64)
    }
}

/// Half a cosine from 1 down to 0 in `t_max` steps, and 0 afterwards (Loshchilov and Hutter, *SGDR*, 2016), optionally
/// after a linear warm-up (Goyal et al., *Accurate, Large Minibatch SGD*, 2017).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineAnnealingLR {
    t_max: usize,
    warmup: usize,
}

impl CosineAnnealingLR {
    /// Without a warm-up.
    pub fn new(t_max: usize) -> Self {
        Self { t_max, warmup: 0 }
    }

    /// Begins with so many steps with the factors 1/(w + 1), 2/(w + 1), …, w/(w + 1), which are part of `t_max`.
    ///
    /// # Panics
    /// If that leaves no step for the cosine.
    #[must_use]
    #[track_caller]
    pub fn warmup(mut self, steps: usize) -> Self {
        assert!(steps < self.t_max, "CosineAnnealingLR: {steps} steps of warm-up in {}", self.t_max);
        self.warmup = steps;
        self
    }
}

impl Schedule for CosineAnnealingLR {
    fn factor(&self, step: usize) -> f64 {
        if step < self.warmup {
            (step + 1) as f64 / (self.warmup + 1) as f64
        } else if step < self.t_max {
            cosine(1.0, 0.0, (step - self.warmup) as f64 / (self.t_max - self.warmup) as f64)
        } else {
            0.0
        }
    }
}

/// Up to the largest rate and down to almost nothing, both along a cosine (Smith and Topin, *Super-Convergence*, 2017).
/// Momentum stays as it is, PyTorch's `cycle_momentum=False`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCycleLR {
    total_steps: usize,
    pct_start: f64,
    div_factor: f64,
    final_div_factor: f64,
}

impl OneCycleLR {
    /// A cycle of so many steps with PyTorch's settings: 0.3 of it goes up, from 1/25 of the largest rate, and down to
    /// 10⁻⁴ of the first.
    pub fn new(total_steps: usize) -> Self {
        Self { total_steps, pct_start: 0.3, div_factor: 25.0, final_div_factor: 1e4 }
    }

    /// Sets which part of the steps goes up.
    #[must_use]
    pub fn pct_start(mut self, pct_start: f64) -> Self {
        self.pct_start = pct_start;
        self
    }

    /// Sets by how much the first rate is smaller than the largest, and by how much the last is smaller than the first.
    #[must_use]
    pub fn div_factors(mut self, first: f64, last: f64) -> Self {
        self.div_factor = first;
        self.final_div_factor = last;
        self
    }
}

impl Schedule for OneCycleLR {
    /// After the last step of the cycle its rate stays.
    fn factor(&self, step: usize) -> f64 {
        let first = 1.0 / self.div_factor;
        let last = first / self.final_div_factor;
        // PyTorch's turn, which need not be a whole number.
        let turn = self.pct_start * self.total_steps as f64 - 1.0;
        let end = self.total_steps as f64 - 1.0;
        let step = step as f64;
        if step >= end {
            last
        } else if step <= turn {
            cosine(first, 1.0, step / turn)
        } else {
            cosine(1.0, last, (step - turn) / (end - turn))
        }
    }
}

/// Half a period of a cosine, from `from` at progress 0 to `to` at progress 1.
fn cosine(from: f64, to: f64, progress: f64) -> f64 {
    to + (from - to) * (1.0 + (PI * progress).cos()) / 2.0
}
