//! A multi-layer perceptron whose backward pass is written by hand.
//!
//! Linear layers with ReLU between them, and the loss at the end. No graph is recorded: the network knows itself in which
//! order it computes, and so in which order to go back.

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
        // BEGIN SOLUTION 7.1: each layer's output is the next one's input, after a ReLU; the logits have none
        //> let mut activations: Vec<Tensor<T>> = vec![x.clone()];
        let mut activations: Vec<Tensor<T>> = vec![x.clone()];
        for (place, layer) in self.layers.iter().enumerate() {
            let y = linear(&activations[place], &layer.weight, &layer.bias);
            let is_last = place + 1 == self.layers.len();
            activations.push(if is_last { y } else { relu(&y) });
        }
        activations
        // END SOLUTION
    }

    /// The logits alone.
    pub fn logits(&self, x: &Tensor<T>) -> Tensor<T> {
        self.forward(x).pop().expect("the logits are the last of the activations")
    }

    /// The gradients of all layers, in their order, from what [`forward`](Self::forward) kept and from the gradient of
    /// the logits \[N, K\]. The first layer's `x` is the gradient of the network's input.
    pub fn backward(&self, activations: &[Tensor<T>], dlogits: &Tensor<T>) -> Vec<LinearGradients<T>> {
        // BEGIN SOLUTION 7.2: from the last layer to the first: the layer's backward, then that of the ReLU before it
        //> let mut gradients: Vec<LinearGradients<T>> = Vec::new();
        //> let mut dy = dlogits.clone();
        let mut gradients: Vec<LinearGradients<T>> = Vec::new();
        let mut dy = dlogits.clone();
        for (place, layer) in self.layers.iter().enumerate().rev() {
            let x = &activations[place];
            let gradient = linear_backward(x, &layer.weight, &dy);
            if place > 0 {
                dy = relu_backward(x, &gradient.x);
            }
            gradients.push(gradient);
        }
        gradients.reverse();
        gradients
        // END SOLUTION
    }

    /// The mean cross-entropy of a batch x \[N, D\] with its labels, and the gradients of all layers.
    pub fn loss_and_gradients(&self, x: &Tensor<T>, labels: &[usize]) -> (T, Vec<LinearGradients<T>>) {
        // BEGIN SOLUTION 7.3: forward, the loss, the loss's gradient, backward
        let activations = self.forward(x);
        let CrossEntropy { loss, probabilities } =
            softmax_cross_entropy(&activations[self.layers.len()], labels);
        let dlogits = softmax_cross_entropy_backward(&probabilities, labels, T::one());
        (loss, self.backward(&activations, &dlogits))
        // END SOLUTION
    }

    /// A step of gradient descent with learning rate η: θ ← θ − η·dθ for every parameter θ.
    pub fn step(&mut self, gradients: &[LinearGradients<T>], learning_rate: f64) {
        // BEGIN SOLUTION 7.4: every weight and every bias moves against its gradient
        for (layer, gradient) in self.layers.iter_mut().zip(gradients) {
            layer.weight = &layer.weight - &gradient.weight * learning_rate;
            layer.bias = &layer.bias - &gradient.bias * learning_rate;
        }
        // END SOLUTION
    }
}
