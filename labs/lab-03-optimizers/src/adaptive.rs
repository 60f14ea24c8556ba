//! An individual learning rate for every number, from the size of the gradients it has seen.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::Float;

use crate::Optimizer;

/// Adagrad: G ← G + g², θ ← θ − γ·g / (√G + ε) (Duchi, Hazan and Singer, *Adaptive Subgradient Methods for Online
/// Learning and Stochastic Optimization*, 2011).
///
/// The lecture's slide has a plus for the minus, and ε under the root.
#[derive(Debug, Clone)]
pub struct Adagrad<T: Float = f32> {
    /// ε, which keeps the division finite.
    pub eps: f64,
    /// G: the sum of all squared gradients.
    sum: Vec<T>,
}

impl<T: Float> Adagrad<T> {
    /// For so many numbers, with PyTorch's ε = 10⁻¹⁰.
    pub fn new(size: usize) -> Self {
        Self { eps: 1e-10, sum: vec![T::zero(); size] }
    }
}

impl<T: Float> Optimizer<T> for Adagrad<T> {
    fn step(&mut self, theta: &mut [T], gradient: &[T], rate: f64) {
        let (rate, eps) = (T::from_f64(rate), T::from_f64(self.eps));
        todo!("4.1: the sum of the squares first, then a step that it divides")
    }
}

/// RMSProp: v ← α·v + (1 − α)·g², θ ← θ − γ·g / (√v + ε) (Hinton, *Neural Networks for Machine Learning*, lecture 6e,
/// 2012): Adagrad with a memory that fades.
#[derive(Debug, Clone)]
pub struct RmsProp<T: Float = f32> {
    /// α: how much of the average is kept.
    pub alpha: f64,
    /// ε, which keeps the division finite.
    pub eps: f64,
    /// v: the moving average of the squared gradients.
    average: Vec<T>,
}

impl<T: Float> RmsProp<T> {
    /// For so many numbers, with PyTorch's α = 0.99 and ε = 10⁻⁸.
    pub fn new(size: usize) -> Self {
        Self { alpha: 0.99, eps: 1e-8, average: vec![T::zero(); size] }
    }
}

impl<T: Float> Optimizer<T> for RmsProp<T> {
    fn step(&mut self, theta: &mut [T], gradient: &[T], rate: f64) {
        let (rate, alpha, eps) = (T::from_f64(rate), T::from_f64(self.alpha), T::from_f64(self.eps));
        todo!("4.2: as Adagrad, with a moving average in place of the sum")
    }
}
