//! One neuron, and a layer of them.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use serde::{Deserialize, Serialize};
use tensor::Tensor;

use crate::Activation;

/// One neuron: z = φ(Σⱼ xⱼ·wⱼ + b), from as many inputs x as it has weights.
///
/// # Panics
/// If there are not as many inputs as weights.
pub fn neuron(x: &[f64], weight: &[f64], bias: f64, activation: Activation) -> f64 {
    assert_eq!(x.len(), weight.len(), "a neuron has one weight for each of its inputs");
    todo!("2.1: the weighted sum plus the bias, then activation.value")
}

/// Neurons that see the same inputs, all at once: z = φ(xWᵀ + b).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Layer {
    /// W \[out, in\]: row i has the weights of neuron i.
    pub weight: Tensor<f64>,
    /// b \[out\].
    pub bias: Tensor<f64>,
    /// φ.
    pub activation: Activation,
}

impl Layer {
    /// A layer with random weights and biases, uniform on \[−1/√in, 1/√in) as PyTorch draws them. Given.
    pub fn new(inputs: usize, outputs: usize, activation: Activation) -> Self {
        let bound = 1.0 / (inputs as f64).sqrt();
        Layer {
            weight: Tensor::uniform([outputs, inputs], -bound, bound),
            bias: Tensor::uniform(outputs, -bound, bound),
            activation,
        }
    }

    /// The outputs \[N, out\] for N samples x \[N, in\], one per row.
    ///
    /// # Panics
    /// If the samples have not as many numbers as the layer has inputs.
    pub fn forward(&self, x: &Tensor<f64>) -> Tensor<f64> {
        todo!("2.2: φ(xWᵀ + b), with matmul, .t() and self.activation.apply")
    }
}
