//! Gradient descent: the step, the loop around it, and which learning rates lead downhill.
//!
//! The gradient points to where the loss grows fastest; a step goes the other way (Cauchy, *Méthode générale pour la
//! résolution des systèmes d'équations simultanées*, 1847).

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::Float;

use crate::Optimizer;

/// θ ← θ − γ·g. With the gradient of a mini-batch it is stochastic gradient descent.
#[derive(Debug, Clone, Default)]
pub struct Sgd;

impl<T: Float> Optimizer<T> for Sgd {
    fn step(&mut self, theta: &mut [T], gradient: &[T], rate: f64) {
        let rate = T::from_f64(rate);
        for (theta, &g) in theta.iter_mut().zip(gradient) {
            // *theta is the number, g its slope.
        }
        todo!("1.1: every number moves against its slope, γ times as far")
    }
}

/// Takes so many steps from `start` and returns the path: `start` and where each step led, `steps + 1` points.
///
/// `gradient(θ)` is the gradient at θ, and `rate(n)` the learning rate of step n = 0, 1, 2, …
pub fn minimize<T: Float>(
    optimizer: &mut dyn Optimizer<T>,
    mut gradient: impl FnMut(&[T]) -> Vec<T>,
    start: &[T],
    rate: impl Fn(usize) -> f64,
    steps: usize,
) -> Vec<Vec<T>> {
    let mut theta = start.to_vec();
    let mut path = vec![theta.clone()];
    todo!(
        "1.2: in each step the gradient where we are, the optimizer's step with that step's rate, a new point"
    );
    path
}

/// By which factor a step of gradient descent with this rate changes the distance from the minimum of a parabola
/// ½λθ² with curvature λ: below 1 it comes nearer, above 1 it runs away.
pub fn contraction(rate: f64, curvature: f64) -> f64 {
    todo!("1.3: the size of what multiplies θ in one step")
}

/// The learning rate with which gradient descent comes down fastest where the curvatures lie between `low` and `high`
/// and both occur: the one for which the worse of the two [`contraction`]s is smallest.
pub fn best_rate(low: f64, high: f64) -> f64 {
    todo!("1.4: the rate at which both contract alike")
}
