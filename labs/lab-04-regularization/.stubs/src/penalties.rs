//! Penalties: what large weights cost. ℒ(θ) = ℒ₀(θ) + λ·R(θ), where R is the L1 or half the squared L2 norm.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use nn::{Module, Parameter};
use tensor::{Float, Tensor};

/// The parameters of a network that a penalty is meant for: its weights, which have two or more dimensions.
///
/// Biases, and the γ and β of BatchNorm, have one. They are few, do not make a function steep, and a bias that is
/// drawn to 0 only moves the function away from the data.
pub fn weights_of<T: Float>(network: &dyn Module<T>) -> Vec<Parameter<T>> {
    todo!("3.1: the parameters with at least two dimensions, in their order")
}

/// The L1 norm (LASSO): Σ|θ| over all numbers of all parameters, a scalar with a gradient. Of no parameters, 0.
pub fn l1_penalty<T: Float>(parameters: &[Parameter<T>]) -> Tensor<T> {
    todo!("3.2: the sum of the absolute values")
}

/// Half the squared L2 norm (ridge): ½Σθ² over all numbers of all parameters, a scalar with a gradient, which is θ.
/// Of no parameters, 0.
pub fn l2_penalty<T: Float>(parameters: &[Parameter<T>]) -> Tensor<T> {
    todo!("3.3: half the sum of the squares")
}
