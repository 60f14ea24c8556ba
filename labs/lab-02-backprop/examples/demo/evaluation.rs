//! What the network says about digits that it has not seen.

use data::{Batches, ImageSet};
use lab_02_backprop::{CrossEntropy, Mlp, softmax_cross_entropy};

/// The network's answers to a set of digits.
pub(crate) struct Evaluation {
    /// What the digits are.
    pub(crate) labels: Vec<usize>,
    /// What the network takes them for.
    pub(crate) predictions: Vec<usize>,
    /// The probability that it gives to its answer.
    confidences: Vec<f32>,
    /// The mean cross-entropy.
    pub(crate) loss: f64,
}

impl Evaluation {
    pub(crate) fn new(network: &Mlp, digits: &ImageSet) -> Self {
        let (mut predictions, mut confidences, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for (x, labels) in Batches::of(digits, 500).epoch(0) {
            let logits = network.logits(&x.flatten(1));
            let CrossEntropy { loss, probabilities } = softmax_cross_entropy(&logits, &labels);
            predictions.extend(logits.argmax(1));
            confidences.extend(probabilities.max(1).to_vec());
            sum += f64::from(loss) * labels.len() as f64;
        }
        Self { labels: digits.labels(), predictions, confidences, loss: sum / digits.len() as f64 }
    }

    /// The share of right answers.
    pub(crate) fn accuracy(&self) -> f64 {
        1.0 - self.mistakes().len() as f64 / self.labels.len() as f64
    }

    /// The digits that the network takes for others, those first of which it is surest.
    pub(crate) fn mistakes(&self) -> Vec<usize> {
        let mut wrong: Vec<usize> =
            (0..self.labels.len()).filter(|&i| self.labels[i] != self.predictions[i]).collect();
        wrong.sort_by(|&a, &b| self.confidences[b].total_cmp(&self.confidences[a]));
        wrong
    }
}
