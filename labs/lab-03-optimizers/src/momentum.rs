//! Momentum: a step that remembers where it came from.
//!
//! Across a ravine gradients change their sign from step to step and cancel; along it they agree and add up (Polyak,
//! *Some Methods of Speeding Up the Convergence of Iteration Methods*, 1964).

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::Float;

use crate::Optimizer;

/// Classical momentum, as in PyTorch: v ← β·v + g, θ ← θ − γ·v.
#[derive(Debug, Clone)]
pub struct Momentum<T: Float = f32> {
    /// β: how much of the velocity is kept.
    pub beta: f64,
    velocity: Vec<T>,
}

impl<T: Float> Momentum<T> {
    /// For so many numbers, at rest.
    pub fn new(size: usize, beta: f64) -> Self {
        Self { beta, velocity: vec![T::zero(); size] }
    }
}

impl<T: Float> Optimizer<T> for Momentum<T> {
    fn step(&mut self, theta: &mut [T], gradient: &[T], rate: f64) {
        let (rate, beta) = (T::from_f64(rate), T::from_f64(self.beta));
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            // *theta, g and *v belong to the same number.
        }
        todo!("3.1: the velocity first, then the step along it")
    }
}

/// Momentum as the lecture writes it, with an exponential moving average: v ← β·v + (1 − β)·g, θ ← θ − γ·v.
#[derive(Debug, Clone)]
pub struct EmaMomentum<T: Float = f32> {
    /// β: how much of the average is kept.
    pub beta: f64,
    velocity: Vec<T>,
}

impl<T: Float> EmaMomentum<T> {
    /// For so many numbers, with an average of 0.
    pub fn new(size: usize, beta: f64) -> Self {
        Self { beta, velocity: vec![T::zero(); size] }
    }
}

impl<T: Float> Optimizer<T> for EmaMomentum<T> {
    fn step(&mut self, theta: &mut [T], gradient: &[T], rate: f64) {
        let (rate, beta) = (T::from_f64(rate), T::from_f64(self.beta));
        todo!("3.2: the average of the old and the new, then the step along it")
    }
}

/// Nesterov's momentum, as in PyTorch: v ← β·v + g, θ ← θ − γ·(g + β·v).
///
/// The gradient is that of the place to which the velocity leads, seen from there (Nesterov, *A Method for Solving the
/// Convex Programming Problem with Convergence Rate O(1/k²)*, 1983).
#[derive(Debug, Clone)]
pub struct Nesterov<T: Float = f32> {
    /// β: how much of the velocity is kept.
    pub beta: f64,
    velocity: Vec<T>,
}

impl<T: Float> Nesterov<T> {
    /// For so many numbers, at rest.
    pub fn new(size: usize, beta: f64) -> Self {
        Self { beta, velocity: vec![T::zero(); size] }
    }
}

impl<T: Float> Optimizer<T> for Nesterov<T> {
    fn step(&mut self, theta: &mut [T], gradient: &[T], rate: f64) {
        let (rate, beta) = (T::from_f64(rate), T::from_f64(self.beta));
        todo!("3.3: the velocity as before, and a step along the gradient and the new velocity")
    }
}
