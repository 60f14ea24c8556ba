//! Rosenblatt's perceptron (1958): a neuron that learns two classes, and a bound on how often it can be wrong.
//!
//! Labels are 1 and −1. The neuron says 1 where its weighted sum is above 0, and −1 elsewhere.

use serde::{Deserialize, Serialize};

use crate::{Activation, neuron};

/// A neuron that tells two classes apart by the hyperplane ⟨w, x⟩ + b = 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Perceptron {
    /// w.
    pub weight: Vec<f64>,
    /// b.
    pub bias: f64,
}

impl Perceptron {
    /// One that knows nothing: w = 0 and b = 0.
    pub fn new(inputs: usize) -> Self {
        Perceptron { weight: vec![0.0; inputs], bias: 0.0 }
    }

    /// ⟨w, x⟩ + b.
    #[track_caller]
    pub fn score(&self, x: &[f64]) -> f64 {
        neuron(x, &self.weight, self.bias, Activation::Identity)
    }

    /// The label that it gives: 1 where the score is above 0, and −1 elsewhere.
    #[track_caller]
    pub fn predict(&self, x: &[f64]) -> f64 {
        if self.score(x) > 0.0 { 1.0 } else { -1.0 }
    }

    /// Rosenblatt's rule for one sample with its label y = ±1. It is a mistake if y·(⟨w, x⟩ + b) ≤ 0: not on the right
    /// side, nor on the line itself. Then w becomes w + y·x, and b becomes b + y. Otherwise nothing changes.
    ///
    /// Returns whether it was a mistake.
    pub fn learn(&mut self, x: &[f64], label: f64) -> bool {
        // BEGIN SOLUTION 3.1: after a mistake, move w by y·x and b by y
        let mistake = label * self.score(x) <= 0.0;
        if mistake {
            for (w, x) in self.weight.iter_mut().zip(x) {
                *w += label * x;
            }
            self.bias += label;
        }
        mistake
        // END SOLUTION
    }
}

/// Goes through the samples in their order, again and again, until a pass has no mistake, but at most `passes` times.
///
/// Returns the perceptron and the number of mistakes in each pass. The last is 0 if the classes were separated.
///
/// # Panics
/// If there is no sample, or not one label for each.
pub fn train(points: &[Vec<f64>], labels: &[f64], passes: usize) -> (Perceptron, Vec<usize>) {
    assert_eq!(points.len(), labels.len(), "each sample has one label");
    let mut perceptron = Perceptron::new(points[0].len());
    // BEGIN SOLUTION 3.2: pass after pass of perceptron.learn, with the mistakes of each
    //> let mut mistakes: Vec<usize> = Vec::new();
    let mut mistakes = Vec::new();
    while mistakes.len() < passes && mistakes.last() != Some(&0) {
        let mut wrong = 0;
        for (x, &label) in points.iter().zip(labels) {
            if perceptron.learn(x, label) {
                wrong += 1;
            }
        }
        mistakes.push(wrong);
    }
    (perceptron, mistakes)
    // END SOLUTION
}

/// R = max √(‖x‖² + 1), the length of the longest sample, with the constant 1 that the bias is the weight of.
pub fn radius(points: &[Vec<f64>]) -> f64 {
    // BEGIN SOLUTION 3.3: the largest √(‖x‖² + 1)
    let squared_length = |x: &Vec<f64>| x.iter().map(|x| x * x).sum::<f64>() + 1.0;
    points.iter().map(squared_length).fold(0.0, f64::max).sqrt()
    // END SOLUTION
}

/// γ = min y·(⟨w, x⟩ + b) / √(‖w‖² + b²): above 0 if and only if all samples are on their side.
pub fn margin(perceptron: &Perceptron, points: &[Vec<f64>], labels: &[f64]) -> f64 {
    // BEGIN SOLUTION 3.4: the smallest y·(⟨w, x⟩ + b), divided by the length of (w, b)
    let Perceptron { weight, bias } = perceptron;
    let length = (weight.iter().map(|w| w * w).sum::<f64>() + bias * bias).sqrt();
    let scores = points.iter().zip(labels).map(|(x, label)| label * perceptron.score(x));
    scores.fold(f64::INFINITY, f64::min) / length
    // END SOLUTION
}

/// Novikoff's bound (1962): Rosenblatt's rule makes at most (R/γ)² mistakes, in whatever order the samples come.
pub fn mistake_bound(radius: f64, margin: f64) -> f64 {
    // BEGIN SOLUTION 3.5: (R/γ)²
    (radius / margin).powi(2)
    // END SOLUTION
}
