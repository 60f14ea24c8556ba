//! The inputs that the checks are tried on.

use std::fmt;

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_01_perceptron::{Activation, Layer};
use tensor::Tensor;

/// Every activation, with small and large slopes α.
pub(crate) fn activations() -> impl Strategy<Value = Activation> {
    use Activation::*;
    let alpha = slopes();
    prop_oneof![
        Just(Identity),
        Just(ReLU),
        Just(Heaviside),
        Just(Sigmoid),
        Just(Tanh),
        alpha.prop_map(LeakyReLU),
        slopes().prop_map(ELU),
        Just(Swish),
        Just(GELU),
    ]
}

/// Values of α: usual ones, and more than 1.
pub(crate) fn slopes() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.01), Just(1.0), rounded(0.0, 2.0)]
}

/// Numbers from −6 to 6, and 0 itself.
pub(crate) fn numbers() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 6 => rounded(-6.0, 6.0)]
}

/// Numbers with four decimals, which read well.
pub(crate) fn rounded(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..=high).prop_map(|x| (x * 1e4).round() / 1e4)
}

/// So many numbers from −1 to 1.
pub(crate) fn vectors(dim: usize) -> impl Strategy<Value = Vec<f64>> {
    vec(rounded(-1.0, 1.0), dim)
}

/// Layers with these numbers of inputs and outputs.
pub(crate) fn layers(
    inputs: usize,
    outputs: usize,
    activation: impl Strategy<Value = Activation>,
) -> impl Strategy<Value = Layer> {
    (tensors([outputs, inputs]), tensors([outputs]), activation)
        .prop_map(|(weight, bias, activation)| Layer { weight, bias, activation })
}

/// Layers that fit onto one another, with these sizes from the input to the output.
pub(crate) fn stacks(sizes: Vec<usize>, activation: Activation) -> impl Strategy<Value = Vec<Layer>> {
    sizes.windows(2).map(|pair| layers(pair[0], pair[1], Just(activation)).boxed()).collect::<Vec<_>>()
}

/// A layer and a batch \[N, in\] for it.
#[derive(Clone)]
pub(crate) struct OneLayer {
    pub(crate) layer: Layer,
    pub(crate) x: Tensor<f64>,
}

/// Layers that fit onto one another, and a batch for the first.
#[derive(Clone)]
pub(crate) struct Stack {
    pub(crate) layers: Vec<Layer>,
    pub(crate) x: Tensor<f64>,
}

/// As formulas are written, `W = [[0.5]], b = [1.0], Tanh, x = [[2.0]]`: what `derive` makes of tensors hides the
/// numbers.
impl fmt::Debug for OneLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Layer { weight, bias, activation } = &self.layer;
        let (weight, bias, x) = (rows(weight), &bias.to_vec(), rows(&self.x));
        write!(f, "W = {weight:?}, b = {bias:?}, {activation:?}, x = {x:?}")
    }
}

/// Alike, the layers numbered from 1.
impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (l, Layer { weight, bias, activation }) in (1..).zip(&self.layers) {
            let (weight, bias) = (rows(weight), bias.to_vec());
            write!(f, "W{l} = {weight:?}, b{l} = {bias:?}, {activation:?}; ")?;
        }
        write!(f, "x = {:?}", rows(&self.x))
    }
}

/// The rows of a matrix.
pub(crate) fn rows(matrix: &Tensor<f64>) -> Vec<Vec<f64>> {
    (0..matrix.size(0)).map(|n| matrix.select(0, n).to_vec()).collect()
}

/// Layers of any activation with a batch.
pub(crate) fn layers_and_batches() -> impl Strategy<Value = OneLayer> {
    (1..=4_usize, 1..=4_usize, 1..=3_usize).prop_flat_map(|(inputs, outputs, batch)| {
        (layers(inputs, outputs, activations()), tensors([batch, inputs]))
            .prop_map(|(layer, x)| OneLayer { layer, x })
    })
}

/// Points with labels that the hyperplane ⟨w, x⟩ + b = 0 tells apart.
#[derive(Debug, Clone)]
pub(crate) struct Separable {
    pub(crate) points: Vec<Vec<f64>>,
    pub(crate) labels: Vec<f64>,
    pub(crate) weight: Vec<f64>,
    pub(crate) bias: f64,
}

/// Sets of 1 to `most` points on both sides of a hyperplane, none closer to it than about `gap`.
pub(crate) fn separable(most: usize, gap: f64) -> impl Strategy<Value = Separable> {
    (1..=4_usize).prop_flat_map(move |dim| {
        let side = prop_oneof![Just(1.0), Just(-1.0)];
        (vec((vectors(dim), side), 1..=most), vectors(dim), rounded(-0.5, 0.5)).prop_map(
            move |(samples, weight, bias)| {
                // Far from 0, so that there is a hyperplane.
                let weight: Vec<f64> =
                    weight.iter().map(|w| if *w < 0.0 { w - 0.5 } else { w + 0.5 }).collect();
                let square: f64 = weight.iter().map(|w| w * w).sum();
                let place = |(x, side): (Vec<f64>, f64)| {
                    // Move the point along w until it is where its side wants it.
                    let score: f64 = x.iter().zip(&weight).map(|(x, w)| x * w).sum::<f64>() + bias;
                    let wanted = side * (score.abs() + gap * square.sqrt());
                    let moved = x.iter().zip(&weight).map(|(x, w)| x + (wanted - score) / square * w);
                    (moved.map(|x| (x * 1e4).round() / 1e4).collect(), side)
                };
                let (points, labels) = samples.into_iter().map(place).unzip();
                Separable { points, labels, weight, bias }
            },
        )
    })
}

/// ⟨w, x⟩ + b.
pub(crate) fn score(weight: &[f64], bias: f64, x: &[f64]) -> f64 {
    weight.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + bias
}

/// How far two classes are on their sides of a hyperplane: min y·(⟨w, x⟩ + b), not divided by anything.
pub(crate) fn least_score(weight: &[f64], bias: f64, points: &[Vec<f64>], labels: &[f64]) -> f64 {
    let scores = points.iter().zip(labels).map(|(x, label)| label * score(weight, bias, x));
    scores.fold(f64::INFINITY, f64::min)
}
