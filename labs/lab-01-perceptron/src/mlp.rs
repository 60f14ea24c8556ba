//! The multi-layer perceptron: layers on layers, and what one hidden layer can already do.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::Tensor;

use crate::{Activation, Layer};

/// A multi-layer perceptron. Its last layer is not activated.
#[derive(Debug, Clone)]
pub struct Mlp {
    /// The layers, from the input on.
    pub layers: Vec<Layer>,
}

impl Mlp {
    /// A network with random weights. `sizes` are the numbers of features from the input to the output: `[2, 16, 3]` has
    /// two inputs, one hidden layer of 16 neurons, and three outputs. Hidden layers end in `activation`, the last in
    /// none.
    pub fn new(sizes: &[usize], activation: Activation) -> Self {
        let mut layers: Vec<Layer> = Vec::new();
        todo!("4.1: a Layer::new for each pair of neighbours in sizes, the last with Activation::Identity")
    }

    /// The outputs \[N, out\] for N samples x \[N, in\]: each layer takes what the one before it gives.
    pub fn forward(&self, x: &Tensor<f64>) -> Tensor<f64> {
        todo!("4.2: x through one layer after the other")
    }

    /// How many numbers training may change: the weights and the biases of all layers.
    pub fn num_parameters(&self) -> usize {
        todo!("4.3: the sum of weight.numel() and bias.numel() over the layers")
    }
}

/// A network with one hidden layer of Heaviside neurons whose graph is a staircase on \[0, 1\]: with n `heights`, step k
/// lies between k/n and (k + 1)/n, its right end included, and has the height `heights[k]`. At 0 and left of it the
/// network gives the first height, right of 1 the last.
///
/// It has one input, n − 1 hidden neurons, and one output. Any continuous function on \[0, 1\] is as close to such a
/// staircase as we like, if only n is large enough.
///
/// # Panics
/// If there are fewer than two heights.
pub fn staircase(heights: &[f64]) -> Mlp {
    let n = heights.len();
    assert!(n >= 2, "a staircase has at least two steps");
    let edges: Vec<f64> = (1..n).map(|k| k as f64 / n as f64).collect();
    todo!(
        "4.4: hidden neuron k = 1, …, n − 1 turns on at x = k/n; its output weight is heights[k] − heights[k − 1]"
    )
}
