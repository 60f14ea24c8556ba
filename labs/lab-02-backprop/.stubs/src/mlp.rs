//! A multi-layer perceptron whose backward pass is written by hand.
//!
//! Linear layers with ReLU between them, and the loss at the end. No graph is recorded: the network knows itself in which
//! order it computes, and so in which order to go back.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::{Float, Tensor};

use crate::{
    CrossEntropy, LinearGradients, linear, linear_backward, relu, relu_backward, softmax_cross_entropy,
    softmax_cross_entropy_backward,
};

/// The parameters of a linear layer.
#[derive(Debug, Clone)]
pub struct Layer<T: Float = f32> {
    /// W \[O, D\].
    pub weight: Tensor<T>,
    /// b \[O\].
    pub bias: Tensor<T>,
}

/// Linear layers with ReLU between them; the last one gives logits.
#[derive(Debug, Clone)]
pub struct Mlp<T: Float = f32> {
    /// From the input to the logits.
    pub layers: Vec<Layer<T>>,
}

impl<T: Float> Mlp<T> {
    /// A network with layers of these sizes, from the input's to the number of classes, and random weights.
    ///
    /// Weights are uniform on \[−√(6/D), √(6/D)\], biases 0: with the variance 2/D numbers keep their size on their way
    /// through D weights and a ReLU (He et al., 2015).
    ///
    /// # Panics
    /// If there are fewer than two sizes.
    #[track_caller]
    pub fn new(sizes: &[usize]) -> Self {
        assert!(sizes.len() >= 2, "an input and an output are the least that a network has: {sizes:?}");
        let layer = |pair: &[usize]| {
            let bound = (6.0 / pair[0] as f64).sqrt();
            Layer { weight: Tensor::uniform([pair[1], pair[0]], -bound, bound), bias: Tensor::zeros(pair[1]) }
        };
        Self { layers: sizes.windows(2).map(layer).collect() }
    }

    /// The number of parameters.
    pub fn num_parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.weight.numel() + layer.bias.numel()).sum()
    }

    /// From x \[N, D\] to the logits \[N, K\], with everything that [`backward`](Self::backward) needs: the input of
    /// each layer in order, of which x is the first, and the logits last. For L layers that is L + 1 tensors.
    pub fn forward(&self, x: &Tensor<T>) -> Vec<Tensor<T>> {
        let mut activations: Vec<Tensor<T>> = vec![x.clone()];
        todo!("7.1: each layer's output is the next one's input, after a ReLU; the logits have none")
    }

    /// The logits alone.
    pub fn logits(&self, x: &Tensor<T>) -> Tensor<T> {
        self.forward(x).pop().expect("the logits are the last of the activations")
    }

    /// The gradients of all layers, in their order, from what [`forward`](Self::forward) kept and from the gradient of
    /// the logits \[N, K\]. The first layer's `x` is the gradient of the network's input.
    pub fn backward(&self, activations: &[Tensor<T>], dlogits: &Tensor<T>) -> Vec<LinearGradients<T>> {
        let mut gradients: Vec<LinearGradients<T>> = Vec::new();
        let mut dy = dlogits.clone();
        todo!("7.2: from the last layer to the first: the layer's backward, then that of the ReLU before it")
    }

    /// The mean cross-entropy of a batch x \[N, D\] with its labels, and the gradients of all layers.
    pub fn loss_and_gradients(&self, x: &Tensor<T>, labels: &[usize]) -> (T, Vec<LinearGradients<T>>) {
        todo!("7.3: forward, the loss, the loss's gradient, backward")
    }

    /// A step of gradient descent with learning rate η: θ ← θ − η·dθ for every parameter θ.
    pub fn step(&mut self, gradients: &[LinearGradients<T>], learning_rate: f64) {
        todo!("7.4: every weight and every bias moves against its gradient")
    }
}
