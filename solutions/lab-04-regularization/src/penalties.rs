//! Penalties: what large weights cost. ℒ(θ) = ℒ₀(θ) + λ·R(θ), where R is the L1 or half the squared L2 norm.

use nn::{Module, Parameter};
use tensor::{Float, Tensor};

/// The parameters of a network that a penalty is meant for: its weights, which have two or more dimensions.
///
/// Biases, and the γ and β of BatchNorm, have one. They are few, do not make a function steep, and a bias that is
/// drawn to 0 only moves the function away from the data.
pub fn weights_of<T: Float>(network: &dyn Module<T>) -> Vec<Parameter<T>> {
    // BEGIN SOLUTION 3.1: the parameters with at least two dimensions, in their order
    let is_weight = |parameter: &Parameter<T>| parameter.shape().len() >= 2;
    network.parameters().into_iter().filter(is_weight).collect()
    // END SOLUTION
}

/// The L1 norm (LASSO): Σ|θ| over all numbers of all parameters, a scalar with a gradient. Of no parameters, 0.
pub fn l1_penalty<T: Float>(parameters: &[Parameter<T>]) -> Tensor<T> {
    // BEGIN SOLUTION 3.2: the sum of the absolute values
    parameters.iter().fold(Tensor::scalar(0.0), |sum, parameter| sum + parameter.get().abs().sum(..))
    // END SOLUTION
}

/// Half the squared L2 norm (ridge): ½Σθ² over all numbers of all parameters, a scalar with a gradient, which is θ.
/// Of no parameters, 0.
pub fn l2_penalty<T: Float>(parameters: &[Parameter<T>]) -> Tensor<T> {
    // BEGIN SOLUTION 3.3: half the sum of the squares
    parameters.iter().fold(Tensor::scalar(0.0), |sum, parameter| sum + parameter.get().square().sum(..) * 0.5)
    // END SOLUTION
}
