//! The inputs that the checks are tried on, and what the rules do to a single number, written as sums over its past.

use std::ops::RangeInclusive;

use grading::prelude::*;
use grading::proptest::collection::vec;
use tensor::Tensor;

use crate::contract::Bowl;

/// Numbers with two decimals, which read well.
pub(crate) fn rounded(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..=high).prop_map(|x| (x * 100.0).round() / 100.0)
}

/// Gradients: numbers from −1 to 1, of which some are 0.
pub(crate) fn slopes() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 8 => rounded(-1.0, 1.0)]
}

/// Gradients that are not 0: of size 0.1 to 1.
pub(crate) fn steep() -> impl Strategy<Value = f64> {
    (rounded(0.1, 1.0), any::<bool>()).prop_map(|(size, up)| if up { size } else { -size })
}

/// What a rule is given: numbers to begin with, and for each step a gradient and a learning rate.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) start: Vec<f64>,
    pub(crate) gradients: Vec<Vec<f64>>,
    pub(crate) rates: Vec<f64>,
}

impl Run {
    /// What a rule makes of it if it takes γ·`direction` away from each number in each step. `direction` is given the
    /// gradients of that number up to now.
    pub(crate) fn follow(&self, direction: impl Fn(&[f64]) -> f64) -> Vec<Vec<f64>> {
        self.follow_with_decay(0.0, 0.0, direction)
    }

    /// The same where `penalty`·θ is added to each gradient and θ shrinks by γ·`decay` before each step.
    pub(crate) fn follow_with_decay(
        &self,
        penalty: f64,
        decay: f64,
        direction: impl Fn(&[f64]) -> f64,
    ) -> Vec<Vec<f64>> {
        let mut path = vec![Vec::new(); self.rates.len()];
        for (place, &start) in self.start.iter().enumerate() {
            let (mut theta, mut past) = (start, Vec::new());
            for (step, &rate) in self.rates.iter().enumerate() {
                past.push(self.gradients[step][place] + penalty * theta);
                theta -= rate * decay * theta;
                theta -= rate * direction(&past);
                path[step].push(theta);
            }
        }
        path
    }

    /// The same with other gradients.
    pub(crate) fn map_gradients(&self, map: impl Fn(usize, f64) -> f64) -> Run {
        let mut run = self.clone();
        for gradient in &mut run.gradients {
            gradient.iter_mut().enumerate().for_each(|(place, g)| *g = map(place, *g));
        }
        run
    }
}

/// Runs over so many numbers and steps, with these gradients.
pub(crate) fn runs<S: Strategy<Value = f64> + 'static>(
    sizes: RangeInclusive<usize>,
    steps: RangeInclusive<usize>,
    gradients: impl Fn() -> S,
) -> impl Strategy<Value = Run> {
    let slope = gradients().boxed();
    (sizes, steps).prop_flat_map(move |(size, steps)| {
        let start = vec(rounded(-1.0, 1.0), size);
        let rates = vec(rounded(0.01, 0.5), steps);
        (start, vec(vec(slope.clone(), size), steps), rates).prop_map(|(start, gradients, rates)| Run {
            start,
            gradients,
            rates,
        })
    })
}

/// Σ βᵗ⁻ˢ·xₛ, the newest with weight 1.
pub(crate) fn decaying(beta: f64, past: impl DoubleEndedIterator<Item = f64>) -> f64 {
    past.rev().zip(0..).map(|(x, age)| beta.powi(age) * x).sum()
}

/// The newest of a list that is not empty.
pub(crate) fn newest(past: &[f64]) -> f64 {
    past[past.len() - 1]
}

/// Σ βᵗ⁻ˢ·gₛ.
pub(crate) fn momentum(beta: f64, past: &[f64]) -> f64 {
    decaying(beta, past.iter().copied())
}

/// Σ βᵗ⁻ˢ·gₛ².
pub(crate) fn squares(beta: f64, past: &[f64]) -> f64 {
    decaying(beta, past.iter().map(|g| g * g))
}

/// Adam's direction: both means with weights that add up to 1.
pub(crate) fn adam(betas: [f64; 2], eps: f64, past: &[f64]) -> f64 {
    let weights = |beta: f64| decaying(beta, past.iter().map(|_| 1.0));
    let [beta1, beta2] = betas;
    let mean = momentum(beta1, past) / weights(beta1);
    let mean_of_squares = squares(beta2, past) / weights(beta2);
    mean / (mean_of_squares.sqrt() + eps)
}

/// What rounding allows after so many steps: about twenty operations in each, on numbers that are seldom above 10, and in
/// Adam a division by 1 − βᵗ, which for β = 0.999 has lost three digits.
pub(crate) fn rounding(steps: usize) -> Tolerance {
    Tolerance::sum_of(20 * (steps + 1)).times(20.0)
}

/// A likely mistake and the path that it would give.
pub(crate) type Mistake<'a> = (&'a str, Vec<Vec<f64>>);

/// Compares paths point by point; `first` is the number of the first step.
pub(crate) fn same_path(
    got: &[Vec<f64>],
    expected: &[Vec<f64>],
    first: usize,
    tolerance: Tolerance,
    mistakes: &[Mistake<'_>],
) -> Verdict {
    expect::equal("the number of points", got.len(), expected.len())?;
    for (step, (got, expected)) in got.iter().zip(expected).enumerate() {
        let name = format!("θ after step {}", step + first);
        let mut compared = expect::close(&name, got, expected, tolerance);
        for (mistake, path) in mistakes {
            compared = compared.suspect(mistake, || path[step].clone());
        }
        compared?;
    }
    Ok(())
}

/// β₁ and β₂, the usual ones and others.
pub(crate) fn betas() -> impl Strategy<Value = [f64; 2]> {
    prop_oneof![Just([0.9, 0.999]), [rounded(0.1, 0.9), rounded(0.5, 0.95)]]
}

/// ε as usual, and so large that its place in the formula shows.
pub(crate) fn epsilons() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1e-8), Just(0.1)]
}

/// Symmetric matrices with positive eigenvalues, at least `least`: BᵀB/n + `least`·I with |B| ≤ 1, so at most 1 + least
/// on the diagonal.
pub(crate) fn positive_definite(n: usize, least: f64) -> impl Strategy<Value = Vec<Vec<f64>>> {
    vec(vec(rounded(-1.0, 1.0), n), n).prop_map(move |b| {
        let entry = |i: usize, j: usize| -> f64 {
            let products: f64 = (0..n).map(|k| b[k][i] * b[k][j]).sum();
            products / n as f64 + if i == j { least } else { 0.0 }
        };
        (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
    })
}

/// Bowls of one to three dimensions.
pub(crate) fn bowls() -> impl Strategy<Value = Bowl> {
    (1..=3_usize).prop_flat_map(|n| {
        (positive_definite(n, 0.2), vec(rounded(-1.0, 1.0), n))
            .prop_map(|(matrix, minimum)| Bowl { matrix, minimum })
    })
}

/// A parabola of one dimension, or a ravine of several: each number has its own curvature.
pub(crate) fn ravine(curvatures: &[f64]) -> Bowl {
    let n = curvatures.len();
    let matrix = (0..n).map(|i| (0..n).map(|j| if i == j { curvatures[i] } else { 0.0 }).collect()).collect();
    Bowl { matrix, minimum: vec![0.0; n] }
}

/// The length of a vector.
pub(crate) fn length(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The rows as a matrix.
pub(crate) fn matrix(rows: &[Vec<f64>]) -> Tensor<f64> {
    Tensor::from_vec(rows.concat(), [rows.len(), rows.len()])
}

/// Lists of one to three tensors of different shapes, in any layout, as the gradients of a network.
pub(crate) fn gradients() -> impl Strategy<Value = Vec<Tensor<f64>>> {
    (1..=3_usize, 1..=4_usize, 1..=4_usize).prop_flat_map(|(count, rows, columns)| {
        (tensors([rows, columns]), tensors([columns]), tensors([rows, 1, columns])).prop_map(
            move |(a, b, c)| {
                let mut all = vec![a, b, c];
                all.truncate(count);
                all
            },
        )
    })
}

/// All numbers of some tensors.
pub(crate) fn numbers(tensors: &[Tensor<f64>]) -> Vec<f64> {
    tensors.iter().flat_map(|tensor| tensor.to_vec()).collect()
}
