//! What is right, computed otherwise than the reference does it.

use lab_01_perceptron::{Activation, Layer};
use tensor::Tensor;

/// φ(x) and φ′(x) from hyperbolic functions and an integral.
pub(crate) fn activation(activation: Activation, x: f64) -> (f64, f64) {
    let right = x > 0.0;
    let pieces = |left: (f64, f64), on_the_right: (f64, f64)| if right { on_the_right } else { left };
    // σ = ½(1 + tanh(x/2)) and σ′ = 1/(4cosh²(x/2)); cosh overflows to infinity, whose inverse is the right 0.
    let sigmoid = 0.5 + 0.5 * (0.5 * x).tanh();
    let bell = 0.25 / (0.5 * x).cosh() / (0.5 * x).cosh();
    match activation {
        Activation::Identity => (x, 1.0),
        Activation::Heaviside => pieces((0.0, 0.0), (1.0, 0.0)),
        Activation::Sigmoid => (sigmoid, bell),
        Activation::Tanh => {
            let shrinking = (-2.0 * x.abs()).exp_m1();
            ((-shrinking / (2.0 + shrinking)).copysign(x), 1.0 / x.cosh() / x.cosh())
        }
        Activation::ReLU => pieces((0.0, 0.0), (x, 1.0)),
        Activation::LeakyReLU(alpha) => pieces((alpha * x, alpha), (x, 1.0)),
        // eˣ − 1 = 2e^(x/2)·sinh(x/2); e⁻⁷⁰⁰ is 0 beside 1.
        Activation::ELU(alpha) => {
            let half = 0.5 * x.clamp(-700.0, 0.0);
            pieces((alpha * 2.0 * half.exp() * half.sinh(), alpha * half.exp() * half.exp()), (x, 1.0))
        }
        Activation::Swish => (x * sigmoid, sigmoid + if x.abs() < 1e3 { x * bell } else { 0.0 }),
        Activation::GELU => {
            let cdf = 0.5 + bell_integral(x);
            (x * cdf, cdf + if x.abs() < 1e3 { x * bell_curve(x) } else { 0.0 })
        }
    }
}

/// e^(−t²/2)/√(2π).
fn bell_curve(t: f64) -> f64 {
    (-t * t / 2.0).exp() / std::f64::consts::TAU.sqrt()
}

/// The area under the bell curve between 0 and x, by Simpson's rule. With 4,000 intervals on at most 10, whose length is
/// h, and a fourth derivative of at most 1.2, the error is below 10·h⁴/180·1.2 < 3·10⁻¹². Beyond 10 there is less than
/// 10⁻²³ left.
fn bell_integral(x: f64) -> f64 {
    if x.abs() > 10.0 {
        return 0.5_f64.copysign(x);
    }
    let intervals = 4000;
    let h = x.abs() / f64::from(intervals);
    let weight = |i: i32| if i == 0 || i == intervals { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
    let sum: f64 = (0..=intervals).map(|i| weight(i) * bell_curve(f64::from(i) * h)).sum();
    (sum * h / 3.0).copysign(x)
}

/// A layer's outputs and what it activates, by loops.
pub(crate) fn layer(layer: &Layer, x: &Tensor<f64>) -> (Tensor<f64>, Tensor<f64>) {
    let (batch, inputs, outputs) = (x.size(0), x.size(1), layer.bias.numel());
    let sums = Tensor::from_fn([batch, outputs], |at| {
        let products = (0..inputs).map(|j| x.get([at[0], j]) * layer.weight.get([at[1], j]));
        products.sum::<f64>() + layer.bias.get([at[1]])
    });
    (sums.map(|a| activation(layer.activation, a).0), sums)
}

/// Layer after layer, by loops.
pub(crate) fn network(layers: &[Layer], x: &Tensor<f64>) -> Tensor<f64> {
    layers.iter().fold(x.clone(), |x, each| layer(each, &x).0)
}

/// Rosenblatt's rule on whole numbers, in which nothing is rounded: a constant feature in the place of the bias, and
/// inner products Σ mⱼ·uⱼ·vⱼ with the multiplicities m of a quadratic kernel, or 1.
pub(crate) struct Exact {
    /// The mistakes of each pass.
    pub(crate) mistakes: Vec<usize>,
    /// How often each sample was a mistake, times its label.
    pub(crate) coefficients: Vec<i64>,
    /// w, the bias last.
    pub(crate) weight: Vec<i64>,
}

impl Exact {
    pub(crate) fn train(points: &[Vec<i64>], multiplicities: &[i64], labels: &[i64], passes: usize) -> Self {
        let extended: Vec<Vec<i64>> = points.iter().map(|x| [&x[..], &[1]].concat()).collect();
        let multiplicities = [multiplicities, &[1]].concat();
        let mut weight = vec![0; multiplicities.len()];
        let mut coefficients = vec![0; points.len()];
        let mut mistakes = Vec::new();
        for _ in 0..passes {
            let mut count = 0;
            for (index, (x, y)) in extended.iter().zip(labels).enumerate() {
                let score: i64 = (0..x.len()).map(|j| multiplicities[j] * weight[j] * x[j]).sum();
                if (score >= 0) != (*y > 0) || score == 0 {
                    (0..x.len()).for_each(|j| weight[j] += y * x[j]);
                    coefficients[index] += y;
                    count += 1;
                }
            }
            mistakes.push(count);
            if count == 0 {
                break;
            }
        }
        Exact { mistakes, coefficients, weight }
    }
}

/// All products of at most two numbers, and how often each comes in the square of 1 + Σ xᵢ.
pub(crate) fn monomials(x: &[i64]) -> (Vec<i64>, Vec<i64>) {
    let extended = [&[1], x].concat();
    let mut products = Vec::new();
    let mut multiplicities = Vec::new();
    for i in 0..extended.len() {
        for j in i..extended.len() {
            products.push(extended[i] * extended[j]);
            multiplicities.push(if i == j { 1 } else { 2 });
        }
    }
    (products, multiplicities)
}
