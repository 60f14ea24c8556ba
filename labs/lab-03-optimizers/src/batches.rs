//! Mini-batches: a gradient estimated from a few samples, and the gradient of many samples from parts that fit.
//!
//! The loss of a data set is a mean over its samples, so the mean over a random handful is right on average and costs a
//! fraction (Robbins and Monro, *A Stochastic Approximation Method*, 1951).

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::random::Generator;
use tensor::{Float, Tensor};

/// Cuts the samples 0, 1, …, `samples` − 1 into batches, in a new random order: each sample is in exactly one of them.
/// All have `batch_size` samples but the last, which has what is left.
pub fn minibatches(samples: usize, batch_size: usize, generator: &mut Generator) -> Vec<Vec<usize>> {
    todo!("2.1: all indices, shuffled by generator.shuffle(…), cut by chunks(…)")
}

/// Adds up the gradients of micro-batches, of a batch that is too large to be computed at once.
#[derive(Debug, Clone)]
pub struct Accumulator<T: Float = f32> {
    /// For each parameter the sum of the gradients of all samples; empty before the first micro-batch.
    sums: Vec<Tensor<T>>,
    /// How many samples are in the sums.
    samples: usize,
}

impl<T: Float> Accumulator<T> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { sums: Vec::new(), samples: 0 }
    }

    /// Takes in a micro-batch of so many samples: for each parameter the gradient of their *mean* loss.
    pub fn add(&mut self, gradients: &[Tensor<T>], samples: usize) {
        if self.sums.is_empty() {
            self.sums = gradients.iter().map(Tensor::zeros_like).collect();
        }
        let count = samples as f64;
        todo!("2.2: a mean over so many samples is their sum, divided by their number")
    }

    /// For each parameter the gradient of the mean loss of all samples since the last call. Then it starts anew.
    ///
    /// # Panics
    /// If there were none.
    pub fn take(&mut self) -> Vec<Tensor<T>> {
        assert!(self.samples > 0, "the mean over no samples");
        todo!("2.3: the sums by the number of all samples; what is left behind is empty")
    }
}

impl<T: Float> Default for Accumulator<T> {
    fn default() -> Self {
        Self::new()
    }
}
