//! Adam: momentum for the direction, the size of the gradients for the individual rate.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::Float;

use crate::Optimizer;

/// Adam (Kingma and Ba, *Adam: A Method for Stochastic Optimization*, 2014):
///
/// m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², θ ← θ − γ·m̂ / (√v̂ + ε),
///
/// where m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) in step t = 1, 2, … make up for m and v starting at 0. With a weight
/// decay λ, g is the gradient of ℒ + ½λ‖θ‖²: λ·θ is added to the gradient that is given.
#[derive(Debug, Clone)]
pub struct Adam<T: Float = f32> {
    /// β₁: how much of the average of the gradient is kept.
    pub beta1: f64,
    /// β₂: how much of the average of its square is kept.
    pub beta2: f64,
    /// ε, which keeps the division finite.
    pub eps: f64,
    /// λ: the strength of an L2 penalty.
    pub weight_decay: f64,
    m: Vec<T>,
    v: Vec<T>,
    /// t: how many steps have been taken.
    steps: i32,
}

impl<T: Float> Adam<T> {
    /// For so many numbers, with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ and no weight decay.
    pub fn new(size: usize) -> Self {
        let zeros = vec![T::zero(); size];
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, m: zeros.clone(), v: zeros, steps: 0 }
    }
}

impl<T: Float> Optimizer<T> for Adam<T> {
    fn step(&mut self, theta: &mut [T], gradient: &[T], rate: f64) {
        let [rate, beta1, beta2, eps, decay] =
            [rate, self.beta1, self.beta2, self.eps, self.weight_decay].map(T::from_f64);
        let one = T::one();
        let averages = self.m.iter_mut().zip(&mut self.v);
        for ((theta, &g), (m, v)) in theta.iter_mut().zip(gradient).zip(averages) {
            // beta1.powi(self.steps) is β₁ᵗ.
        }
        todo!("5.1: count the step, then for each number both averages, their corrections, and the step")
    }
}

/// AdamW (Loshchilov and Hutter, *Decoupled Weight Decay Regularization*, 2017): θ ← (1 − γλ)·θ, then a step of Adam
/// with the gradient of ℒ alone.
#[derive(Debug, Clone)]
pub struct AdamW<T: Float = f32> {
    /// λ: the strength of the decay.
    pub weight_decay: f64,
    /// Adam, with its settings. Its own weight decay is 0.
    pub adam: Adam<T>,
}

impl<T: Float> AdamW<T> {
    /// For so many numbers, with Adam's settings and PyTorch's weight decay of 0.01.
    pub fn new(size: usize) -> Self {
        Self { weight_decay: 0.01, adam: Adam::new(size) }
    }
}

impl<T: Float> Optimizer<T> for AdamW<T> {
    fn step(&mut self, theta: &mut [T], gradient: &[T], rate: f64) {
        todo!("5.2: the decay of the numbers themselves, then self.adam.step(…)")
    }
}
