//! What all rules of this lab have in common: a step from a gradient.
//!
//! Every rule treats each number by itself, so it needs no shapes: it gets the numbers of one parameter and of its
//! gradient as slices. What a rule remembers (a velocity, a sum of squares) belongs to these numbers; a network with
//! several parameters has one optimizer for each. The learning rate comes with every step, since a schedule may change it.

use tensor::Float;

/// A rule that changes parameters by their gradient.
pub trait Optimizer<T: Float = f64> {
    /// Changes the numbers `theta` by one step with learning rate γ = `rate`, given the gradient at `theta`.
    fn step(&mut self, theta: &mut [T], gradient: &[T], rate: f64);
}
