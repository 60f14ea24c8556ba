//! The training loop: what is around the five lines of the lecture once a training takes minutes or hours.
//!
//! A [`Trainer`] goes through a [`Dataset`] in shuffled batches, steps the optimizer, validates after every epoch
//! and shows how far it is. With a checkpoint folder it can be killed at any moment and goes on from there, to the
//! very bits that an uninterrupted training arrives at: the order of the samples depends on the seed and the epoch
//! alone, and everything else that matters is in the checkpoint.
//!
//! ```
//! use nn::train::{Status, Trainer, accuracy};
//! use nn::{Adam, BatchNorm1d, Linear, Module, ReLU, sequential};
//! use tensor::{Tensor, manual_seed};
//!
//! manual_seed(0);
//! // Points in the plane; is the first coordinate the larger one?
//! let x: Tensor = Tensor::rand([256, 2]);
//! let labels: Vec<usize> = (0..256).map(|i| usize::from(x.get([i, 0]) > x.get([i, 1]))).collect();
//! let data = (x, labels);
//!
//! let network = sequential![Linear::new(2, 16), BatchNorm1d::new(16), ReLU, Linear::new(16, 2)];
//! let mut optimizer = Adam::new(network.parameters(), 1e-2);
//!
//! let training = Trainer::new()
//!     .epochs(20)
//!     .batch_size(32)
//!     .learning_rate_curve(|progress| 1.0 - progress)
//!     .maximize("accuracy", || accuracy(&network.forward(&data.0), &data.1))
//!     .keep_best()
//!     .quiet()
//!     .fit(&network, &mut optimizer, &data, |(x, labels)| network.forward(x).cross_entropy(labels))?;
//!
//! assert_eq!(training.status, Status::Finished);
//! assert!(training.best.unwrap().value > 0.95);
//! # Ok::<(), nn::train::TrainError>(())
//! ```

mod checkpoint;
mod error;
mod fit;
mod history;
mod interrupt;
mod progress;
mod trainer;

use tensor::{Float, Tensor};

pub use checkpoint::discard_checkpoint;
pub use error::{CheckpointError, Difference, TrainError};
pub use history::{Best, EpochRecord, History, Score};
pub use trainer::Trainer;

/// Samples that are handed out in batches.
///
/// A pair of inputs [N, …] and N labels is one.
pub trait Dataset {
    /// What a loss is computed from, such as a tensor of images with their labels.
    type Batch;

    /// The number of samples.
    fn len(&self) -> usize;

    /// The samples with these indices, which are below [`len`](Self::len).
    fn batch(&self, indices: &[usize]) -> Self::Batch;

    /// Whether there are no samples.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Float> Dataset for (Tensor<T>, Vec<usize>) {
    type Batch = (Tensor<T>, Vec<usize>);

    fn len(&self) -> usize {
        self.1.len()
    }

    fn batch(&self, indices: &[usize]) -> Self::Batch {
        let labels = indices.iter().map(|&i| self.1[i]).collect();
        (self.0.index_select(0, indices), labels)
    }
}

impl<D: Dataset + ?Sized> Dataset for &D {
    type Batch = D::Batch;

    fn len(&self) -> usize {
        (**self).len()
    }

    fn batch(&self, indices: &[usize]) -> Self::Batch {
        (**self).batch(indices)
    }
}

/// The share of rows whose largest logit is that of the label.
///
/// # Panics
/// If there is not one label for each row.
#[track_caller]
pub fn accuracy<T: Float>(logits: &Tensor<T>, labels: &[usize]) -> f64 {
    let predictions = logits.argmax(1);
    assert!(
        predictions.len() == labels.len(),
        "accuracy: {} labels for logits of shape {:?}",
        labels.len(),
        logits.shape()
    );
    let right = predictions.iter().zip(labels).filter(|(prediction, label)| prediction == label).count();
    right as f64 / labels.len() as f64
}

/// How a training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// After its last epoch.
    Finished,
    /// Before, because it was asked to stop. The checkpoint, if there is one, knows where.
    Stopped,
}

/// What a training has to tell.
#[derive(Debug, Clone)]
pub struct Training {
    /// How it ended.
    pub status: Status,
    /// Losses and validation values.
    pub history: History,
    /// The best epoch so far, by the first validation value, or by the training loss if there is none.
    pub best: Option<Best>,
}
