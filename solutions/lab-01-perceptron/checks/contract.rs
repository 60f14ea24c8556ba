//! The functions that are graded, with their signatures.

use lab_01_perceptron as lab;
use lab_01_perceptron::{Activation, Kernel, KernelPerceptron, Layer, Mlp, Perceptron};
use serde::{Deserialize, Serialize};
use tensor::random::{self, Generator};
use tensor::{Tensor, no_grad};

/// The kernels that the checks try a kernel perceptron with. A function cannot be carried over a pipe, its name can.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Similarity {
    /// ⟨x, y⟩: the kernel perceptron is Rosenblatt's own.
    Linear,
    /// (1 + ⟨x, y⟩)².
    Quadratic,
}

impl Similarity {
    /// As a function.
    pub(crate) fn kernel(self) -> Kernel {
        match self {
            Similarity::Linear => inner,
            Similarity::Quadratic => |x, y| (1.0 + inner(x, y)) * (1.0 + inner(x, y)),
        }
    }
}

fn inner(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

grading::contract! {
    /// What students write.
    pub(crate) trait Contract {
        /// φ(x).
        fn value(activation: Activation, x: f64) -> f64 {
            activation.value(x)
        }

        /// φ′(x).
        fn derivative(activation: Activation, x: f64) -> f64 {
            activation.derivative(x)
        }

        /// One neuron.
        fn neuron(x: Vec<f64>, weight: Vec<f64>, bias: f64, activation: Activation) -> f64 {
            lab::neuron(&x, &weight, bias, activation)
        }

        /// A layer of neurons on a batch.
        fn layer(layer: Layer, x: Tensor<f64>) -> Tensor<f64> {
            no_grad(|| layer.forward(&x))
        }

        /// The gradients of x, W and b, from that of the layer's output; none for what the output does not depend on.
        fn layer_gradients(layer: Layer, x: Tensor<f64>, dy: Tensor<f64>) -> [Option<Tensor<f64>>; 3] {
            let leaves = [x, layer.weight, layer.bias].map(Tensor::requires_grad_);
            let [x, weight, bias] = leaves.clone();
            let y = Layer { weight, bias, activation: layer.activation }.forward(&x);
            if y.requires_grad() {
                y.backward_with(&dy);
            }
            leaves.each_ref().map(Tensor::grad)
        }

        /// Rosenblatt's rule for one sample: the perceptron after it, and whether it was a mistake.
        fn learn(perceptron: Perceptron, x: Vec<f64>, label: f64) -> (Perceptron, bool) {
            let mut perceptron = perceptron;
            let mistake = perceptron.learn(&x, label);
            (perceptron, mistake)
        }

        /// Rosenblatt's rule on a set: the perceptron at the end, and the mistakes of each pass.
        fn train(points: Vec<Vec<f64>>, labels: Vec<f64>, passes: usize) -> (Perceptron, Vec<usize>) {
            lab::train(&points, &labels, passes)
        }

        /// R.
        fn radius(points: Vec<Vec<f64>>) -> f64 {
            lab::radius(&points)
        }

        /// γ.
        fn margin(perceptron: Perceptron, points: Vec<Vec<f64>>, labels: Vec<f64>) -> f64 {
            lab::margin(&perceptron, &points, &labels)
        }

        /// Novikoff's bound.
        fn mistake_bound(radius: f64, margin: f64) -> f64 {
            lab::mistake_bound(radius, margin)
        }

        /// The layers of a new network.
        fn new_mlp(seed: u64, sizes: Vec<usize>, activation: Activation) -> Vec<Layer> {
            random::with(Generator::seed(seed), || Mlp::new(&sizes, activation).layers)
        }

        /// The outputs of a network with these layers.
        fn mlp(layers: Vec<Layer>, x: Tensor<f64>) -> Tensor<f64> {
            no_grad(|| Mlp { layers }.forward(&x))
        }

        /// The number of parameters of a network with these layers.
        fn num_parameters(layers: Vec<Layer>) -> usize {
            Mlp { layers }.num_parameters()
        }

        /// The layers of a staircase.
        fn staircase(heights: Vec<f64>) -> Vec<Layer> {
            lab::staircase(&heights).layers
        }

        /// Two linear layers as one.
        fn then(first: Layer, second: Layer) -> Layer {
            first.then(&second)
        }

        /// A stack of linear layers as one.
        fn fold(layers: Vec<Layer>) -> Layer {
            lab::fold(&layers)
        }

        /// φ(x) of the quadratic kernel.
        fn quadratic_features(x: Vec<f64>) -> Vec<f64> {
            lab::quadratic_features(&x)
        }

        /// The quadratic kernel.
        fn quadratic_kernel(x: Vec<f64>, y: Vec<f64>) -> f64 {
            lab::quadratic_kernel(&x, &y)
        }

        /// The score of a kernel perceptron with these coefficients.
        fn kernel_score(
            points: Vec<Vec<f64>>,
            coefficients: Vec<f64>,
            similarity: Similarity,
            x: Vec<f64>,
        ) -> f64 {
            KernelPerceptron { points, coefficients, kernel: similarity.kernel() }.score(&x)
        }

        /// The kernel perceptron on a set: its coefficients, and the mistakes of each pass.
        fn kernel_train(
            points: Vec<Vec<f64>>,
            labels: Vec<f64>,
            similarity: Similarity,
            passes: usize,
        ) -> (Vec<f64>, Vec<usize>) {
            let (perceptron, mistakes) = KernelPerceptron::train(&points, &labels, similarity.kernel(), passes);
            (perceptron.coefficients, mistakes)
        }
    }
}
