//! Where a training stands, as one file.
//!
//! The file is a safetensors file with the tensors of the network (`model.…`), of the optimizer (`optimizer.…`) and
//! of the best epoch (`best.…`), and everything else as JSON in its metadata. It is replaced in one step, so there
//! is always one whole checkpoint. Nothing in it is trusted: it is read and compared completely before the network
//! or the optimizer are touched.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tensor::Float;
use tensor::random::Generator;

use super::{Best, CheckpointError, Difference, History};
use crate::state_dict::{self, FileError, StateDict};
use crate::{Module, Optimizer};

const FILE: &str = "checkpoint.safetensors";
const METADATA_KEY: &str = "dl-labs.training";
const MODEL: &str = "model.";
const OPTIMIZER: &str = "optimizer.";
const BEST: &str = "best.";

/// What makes two trainings the same, by name. A checkpoint of another training is refused.
pub(super) type Settings = BTreeMap<String, String>;

/// Where a training stands, but for its tensors.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Position {
    /// The epoch that is next or under way.
    pub(super) epoch: usize,
    /// How many of its steps are done.
    pub(super) step: usize,
    /// How long they took.
    pub(super) seconds: f64,
    pub(super) history: History,
    pub(super) best: Option<Best>,
}

/// What the metadata holds.
#[derive(Serialize, Deserialize)]
struct Record {
    position: Position,
    /// The current generator, from which the next random number will be drawn.
    generator: Generator,
    settings: Settings,
}

/// What a checkpoint gives back besides what it puts in place.
pub(super) struct Resumed<T: Float> {
    pub(super) position: Position,
    /// The weights after the best epoch.
    pub(super) best: Option<StateDict<T>>,
}

/// The folder of a training's checkpoint, with what it is compared by.
pub(super) struct Checkpoint {
    path: PathBuf,
    settings: Settings,
    /// The number of steps of an epoch.
    steps: usize,
    epochs: usize,
}

impl Checkpoint {
    /// Makes the folder if it is not there.
    pub(super) fn in_folder(
        folder: &Path,
        settings: Settings,
        steps: usize,
        epochs: usize,
    ) -> Result<Self, FileError> {
        std::fs::create_dir_all(folder).map_err(|source| FileError::Io { path: folder.into(), source })?;
        Ok(Self { path: folder.join(FILE), settings, steps, epochs })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn save<T: Float>(
        &self,
        position: &Position,
        network: &dyn Module<T>,
        optimizer: &dyn Optimizer<T>,
        best: Option<&StateDict<T>>,
    ) -> Result<(), FileError> {
        let mut tensors = StateDict::new();
        let mut add = |prefix: &str, state: &StateDict<T>| {
            for (name, tensor) in state.iter() {
                tensors.insert(format!("{prefix}{name}"), tensor.clone());
            }
        };
        add(MODEL, &network.state_dict());
        add(OPTIMIZER, &optimizer.state_dict());
        best.iter().for_each(|best| add(BEST, best));
        let record = Record {
            position: position.clone(),
            generator: tensor::random::snapshot(),
            settings: self.settings.clone(),
        };
        let record = serde_json::to_string(&record)
            .map_err(|error| FileError::Io { path: self.path.clone(), source: error.into() })?;
        tensors.save_with(&self.path, &[(METADATA_KEY, &record)])
    }

    /// Puts the network, the optimizer and the current generator where the checkpoint says, if there is one. If
    /// there is an error nothing has changed.
    pub(super) fn resume<T: Float>(
        &self,
        network: &dyn Module<T>,
        optimizer: &mut dyn Optimizer<T>,
        keep_best: bool,
    ) -> Result<Option<Resumed<T>>, CheckpointError> {
        if !self.path.exists() {
            return Ok(None);
        }
        let malformed = |reason: &str| CheckpointError::Malformed(reason.to_owned());
        let archive = state_dict::open(&self.path)?;
        let record = archive.metadata().get(METADATA_KEY).ok_or_else(|| malformed("it lacks a position"))?;
        let Record { position, generator, settings } =
            serde_json::from_str(record).map_err(|error| CheckpointError::Malformed(error.to_string()))?;
        let differences = differences(&settings, &self.settings);
        if !differences.is_empty() {
            return Err(CheckpointError::Settings(differences));
        }
        if !self.is_possible(&position) {
            return Err(malformed("its position is outside the training"));
        }
        let tensors = StateDict::from_archive(&archive)?;
        let [model, memory, best] = [MODEL, OPTIMIZER, BEST].map(|prefix| tensors.below(prefix));
        if model.len() + memory.len() + best.len() != tensors.len() {
            return Err(malformed("it has tensors that belong to nothing"));
        }
        let expected = network.state_dict();
        state_dict::fit(&expected, model.entries()).map_err(state_dict::LoadError::from)?;
        let best = if keep_best && position.best.is_some() {
            state_dict::fit(&expected, best.entries()).map_err(state_dict::LoadError::from)?;
            Some(best)
        } else {
            None
        };
        optimizer.load_state_dict(&memory)?;
        network.load_state_dict(&model)?;
        tensor::random::restore(generator);
        Ok(Some(Resumed { position, best }))
    }

    /// Whether a training with these settings can be at this position.
    fn is_possible(&self, position: &Position) -> bool {
        let Position { epoch, step, history, best, .. } = position;
        *epoch <= self.epochs
            && *step <= self.steps
            && (*epoch < self.epochs || *step == 0)
            && history.epochs.len() == *epoch
            && history.steps.len() == epoch * self.steps + step
            && best.as_ref().is_none_or(|best| best.epoch < *epoch)
    }
}

fn differences(then: &Settings, now: &Settings) -> Vec<Difference> {
    let names: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter(|name| then.get(*name) != now.get(*name))
        .map(|name| Difference {
            name: name.clone(),
            then: then.get(name).cloned(),
            now: now.get(name).cloned(),
        })
        .collect()
}

/// Removes the checkpoint of a training whose results are safe. Does nothing if there is none.
///
/// # Errors
/// If the file is there and cannot be removed.
pub fn discard_checkpoint(folder: impl AsRef<Path>) -> io::Result<()> {
    match std::fs::remove_file(folder.as_ref().join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
