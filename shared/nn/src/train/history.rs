//! What a training remembers of its course.

use serde::{Deserialize, Serialize};

/// Losses and validation values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The loss of every batch.
    pub steps: Vec<f64>,
    /// The epochs that are complete.
    pub epochs: Vec<EpochRecord>,
}

impl History {
    /// How long the complete epochs took, in seconds.
    pub fn seconds(&self) -> f64 {
        self.epochs.iter().map(|epoch| epoch.seconds).sum()
    }
}

/// One epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// The mean loss of its samples.
    pub train_loss: f64,
    /// What the validation found, in the order in which it was asked for.
    pub validation: Vec<Score>,
    /// The learning rate of its last step.
    #[serde(with = "any_number")]
    pub learning_rate: f64,
    /// How long it took, validation included.
    pub seconds: f64,
}

/// A validation value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// What it is called.
    pub name: String,
    /// The number.
    #[serde(with = "any_number")]
    pub value: f64,
}

/// The best epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Which one, counted from 0.
    pub epoch: usize,
    /// Its value.
    #[serde(with = "any_number")]
    pub value: f64,
}

/// JSON has no NaN and no infinity; as text, every number comes back as it was.
mod any_number {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
