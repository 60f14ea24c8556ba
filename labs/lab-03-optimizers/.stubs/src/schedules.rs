//! Schedules: the learning rate as a function of the step.
//!
//! Steps count from 0: `rate(0)` is that of the first step.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// Multiplies the rate by a factor every so many steps (PyTorch's `StepLR`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StepDecay {
    /// The first rate.
    pub start: f64,
    /// What it is multiplied by, such as 0.1.
    pub factor: f64,
    /// How many steps have the same rate.
    pub every: usize,
}

impl StepDecay {
    /// The learning rate of a step.
    pub fn rate(&self, step: usize) -> f64 {
        todo!("6.1: one factor for every so many steps that are over")
    }
}

/// Half a period of a cosine, from `from` at `progress` 0 to `to` at `progress` 1, flat at both ends.
pub fn cosine(from: f64, to: f64, progress: f64) -> f64 {
    todo!("6.2: the cosine goes from 1 to −1 while its argument goes from 0 to PI")
}

/// A linear warm-up, then half a cosine down to 0 (Loshchilov and Hutter, *SGDR*, 2016; Goyal et al., *Accurate, Large
/// Minibatch SGD*, 2017).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WarmupCosine {
    /// The largest rate, which step `warmup` has.
    pub peak: f64,
    /// w: how many steps come before the peak.
    pub warmup: usize,
    /// T: how many steps there are, more than w. The rate of step T, which is never taken, would be 0.
    pub total: usize,
}

impl WarmupCosine {
    /// The learning rate of a step: peak·(s + 1)/(w + 1) up to s = w, then the cosine from the peak at w to 0 at T, and 0
    /// afterwards.
    pub fn rate(&self, step: usize) -> f64 {
        let (s, w, total) = (step as f64, self.warmup as f64, self.total as f64);
        todo!("6.3: the line up to w, then cosine(…) with the progress from w to T, which ends at 1")
    }
}

/// One cycle: up to the largest rate, then down to almost nothing, both along a cosine (Smith and Topin,
/// *Super-Convergence*, 2017). The rates are those of PyTorch's `OneCycleLR`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OneCycle {
    /// The largest rate.
    pub max_rate: f64,
    /// T: how many steps there are.
    pub total_steps: usize,
    /// Which part of the steps goes up; PyTorch has 0.3. This part of T must be more than one step.
    pub pct_start: f64,
    /// The first rate is the largest, divided by this; PyTorch has 25.
    pub div_factor: f64,
    /// The last rate is the first, divided by this; PyTorch has 10⁴.
    pub final_div_factor: f64,
}

impl OneCycle {
    /// One cycle with PyTorch's settings.
    pub fn new(max_rate: f64, total_steps: usize) -> Self {
        Self { max_rate, total_steps, pct_start: 0.3, div_factor: 25.0, final_div_factor: 1e4 }
    }

    /// The learning rate of a step: up from step 0 to the turn at pct_start·T − 1, which need not be a whole number, then
    /// down to step T − 1.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn rate(&self, step: usize) -> f64 {
        assert!(step < self.total_steps, "step {step} of a cycle of {} steps", self.total_steps);
        let (step, total) = (step as f64, self.total_steps as f64);
        todo!("6.4: the first rate, the last, where it turns; then cosine(…) of one part or the other")
    }
}
