//! Why a training did not run to its end.

use std::fmt;
use std::path::PathBuf;

use crate::state_dict::{FileError, LoadError};

/// Why a training did not run to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// There is not a single batch to train with.
    #[error("{samples} samples do not make a batch of {batch_size}: use smaller batches or more data")]
    NoBatch {
        /// The number of samples.
        samples: usize,
        /// The size of a batch.
        batch_size: usize,
    },
    /// There is a checkpoint, but this training cannot go on from it. Nothing was changed.
    #[error(
        "cannot go on from {}: {reason}\ndelete the file, or choose another folder, or call \
         .ignore_unusable_checkpoint() to start over",
        path.display()
    )]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: CheckpointError,
    },
    /// A checkpoint could not be written.
    #[error(transparent)]
    Save(#[from] FileError),
    /// The loss is no number any more.
    #[error(
        "the loss is {loss} at step {step} of epoch {epoch}: a smaller learning rate may help, or a look at the data"
    )]
    Diverged {
        /// The epoch, counted from 0.
        epoch: usize,
        /// The step within the epoch, counted from 0.
        step: usize,
        /// The loss: infinite, or NaN.
        loss: f64,
    },
    /// Ctrl-C could not be caught.
    #[error("cannot listen for Ctrl-C: {0}")]
    Interrupt(#[from] ctrlc::Error),
}

/// Why a training cannot go on from a checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It belongs to a training with other settings.
    #[error("it belongs to another training{}", listing(.0))]
    Settings(Vec<Difference>),
    /// It does not fit the network or the optimizer, or cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// It is no checkpoint, or one that contradicts itself.
    #[error("it is no checkpoint of a training: {0}")]
    Malformed(String),
}

/// A setting that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is called.
    pub name: String,
    /// What it was when the checkpoint was written, if it was there.
    pub then: Option<String>,
    /// What it is now, if it is there.
    pub now: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".into());
        write!(f, "{} was {}, now it is {}", self.name, value(&self.then), value(&self.now))
    }
}

fn listing(differences: &[Difference]) -> String {
    differences.iter().map(|difference| format!("\n  {difference}")).collect()
}
