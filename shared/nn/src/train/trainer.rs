//! The settings of a training.

use std::path::PathBuf;
use std::time::Duration;

use tensor::{Float, Tensor};

use super::fit::Run;
use super::{Dataset, TrainError, Training};
use crate::optim::Schedule;
use crate::{Module, Optimizer};

/// A training to be: its settings, then [`fit`](Self::fit). See the [module](super) for an example.
pub struct Trainer<'a> {
    pub(super) epochs: usize,
    pub(super) batch_size: usize,
    pub(super) seed: u64,
    pub(super) drop_last: bool,
    pub(super) learning_rate: Option<LearningRate<'a>>,
    pub(super) before_step: Option<Box<dyn FnMut() + 'a>>,
    pub(super) validation: Vec<Validation<'a>>,
    pub(super) keep_best: bool,
    pub(super) folder: Option<PathBuf>,
    pub(super) interval: Duration,
    pub(super) ignore_unusable: bool,
    pub(super) settings: Vec<(String, String)>,
    pub(super) stop: Option<Box<dyn FnMut() -> bool + 'a>>,
    pub(super) catch_interrupt: bool,
    pub(super) quiet: bool,
}

/// What the optimizer's learning rate is multiplied by.
pub(super) enum LearningRate<'a> {
    /// A function of the progress from 0 to 1.
    ByProgress(Box<dyn Fn(f64) -> f64 + 'a>),
    ByStep(Box<dyn Schedule + 'a>),
}

impl LearningRate<'_> {
    /// The factor in a step of so many.
    pub(super) fn factor(&self, step: usize, total: usize) -> f64 {
        match self {
            Self::ByProgress(curve) => curve(step as f64 / total as f64),
            Self::ByStep(schedule) => schedule.factor(step),
        }
    }

    /// The factor when `i` of `places` equal parts of all steps are done.
    pub(super) fn at(&self, i: usize, places: usize, total: usize) -> f64 {
        match self {
            Self::ByProgress(curve) => curve(i as f64 / places as f64),
            Self::ByStep(schedule) => schedule.factor(i * total / places),
        }
    }
}

/// A value that is computed after every epoch.
pub(super) struct Validation<'a> {
    pub(super) name: String,
    pub(super) goal: Goal,
    pub(super) compute: Box<dyn FnMut() -> f64 + 'a>,
}

/// Which values are better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Goal {
    Maximize,
    Minimize,
}

impl Goal {
    /// Whether a value beats the best so far. NaN beats nothing.
    pub(super) fn is_better(self, value: f64, best: Option<f64>) -> bool {
        match (self, best) {
            (_, None) => !value.is_nan(),
            (Self::Maximize, Some(best)) => value > best,
            (Self::Minimize, Some(best)) => value < best,
        }
    }
}

impl<'a> Trainer<'a> {
    /// One epoch in batches of 32, with seed 0.
    pub fn new() -> Self {
        Self {
            epochs: 1,
            batch_size: 32,
            seed: 0,
            drop_last: false,
            learning_rate: None,
            before_step: None,
            validation: Vec::new(),
            keep_best: false,
            folder: None,
            interval: Duration::from_secs(5),
            ignore_unusable: false,
            settings: Vec::new(),
            stop: None,
            catch_interrupt: false,
            quiet: false,
        }
    }

    /// Sets how often every sample is seen.
    #[must_use]
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// Sets how many samples a step is made from. The last batch of an epoch has what is left.
    ///
    /// # Panics
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn batch_size(mut self, batch_size: usize) -> Self {
        assert!(batch_size > 0, "a batch has at least one sample");
        self.batch_size = batch_size;
        self
    }

    /// Leaves a last batch out that is smaller than the others.
    #[must_use]
    pub fn drop_last(mut self) -> Self {
        self.drop_last = true;
        self
    }

    /// Sets what the order of the samples follows from. It does not touch the current generator, from which dropout
    /// draws; [`tensor::manual_seed`] does.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Multiplies the optimizer's learning rate by a function of the progress, which goes from 0 at the first step
    /// towards 1. The rate is what it was when the training is over.
    #[must_use]
    pub fn learning_rate_curve(mut self, curve: impl Fn(f64) -> f64 + 'a) -> Self {
        self.learning_rate = Some(LearningRate::ByProgress(Box::new(curve)));
        self
    }

    /// Multiplies the optimizer's learning rate by a schedule's factor; steps count on from epoch to epoch. The rate is
    /// what it was when the training is over.
    #[must_use]
    pub fn schedule(mut self, schedule: impl Schedule + 'a) -> Self {
        self.learning_rate = Some(LearningRate::ByStep(Box::new(schedule)));
        self
    }

    /// Calls a function between each backward pass and the optimizer's step, when the gradients are there: for
    /// [`clip_grad_norm_`](crate::clip_grad_norm_), or to record them.
    #[must_use]
    pub fn before_step(mut self, hook: impl FnMut() + 'a) -> Self {
        self.before_step = Some(Box::new(hook));
        self
    }

    /// Computes a value after every epoch, of which larger is better, such as the accuracy on samples that are not
    /// trained with. The network is in evaluation mode then and nothing is recorded.
    #[must_use]
    pub fn maximize(self, name: impl Into<String>, compute: impl FnMut() -> f64 + 'a) -> Self {
        self.validate(name.into(), Goal::Maximize, compute)
    }

    /// Like [`maximize`](Self::maximize), for a value of which smaller is better, such as a loss.
    #[must_use]
    pub fn minimize(self, name: impl Into<String>, compute: impl FnMut() -> f64 + 'a) -> Self {
        self.validate(name.into(), Goal::Minimize, compute)
    }

    fn validate(mut self, name: String, goal: Goal, compute: impl FnMut() -> f64 + 'a) -> Self {
        self.validation.push(Validation { name, goal, compute: Box::new(compute) });
        self
    }

    /// When the training is finished, gives the network the weights it had after the best epoch: by the first
    /// validation value, or by the training loss if there is none.
    #[must_use]
    pub fn keep_best(mut self) -> Self {
        self.keep_best = true;
        self
    }

    /// Keeps a checkpoint in a folder and goes on from the one that is there. A finished training is not run again:
    /// [`discard_checkpoint`](super::discard_checkpoint) once its results are safe.
    #[must_use]
    pub fn checkpoint(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Sets how much time may lie between two checkpoints; 5 seconds if not called. There is one after every epoch
    /// in any case.
    #[must_use]
    pub fn checkpoint_every(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Starts over if the checkpoint belongs to another training or is damaged, which is an error otherwise.
    #[must_use]
    pub fn ignore_unusable_checkpoint(mut self) -> Self {
        self.ignore_unusable = true;
        self
    }

    /// Adds to what a checkpoint must agree on: something that decides about the result and that the trainer cannot
    /// see, such as the architecture or the augmentation of the data.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.settings.push((name.into(), value.to_string()));
        self
    }

    /// Asks after every step whether to stop.
    #[must_use]
    pub fn stop_when(mut self, stop: impl FnMut() -> bool + 'a) -> Self {
        self.stop = Some(Box::new(stop));
        self
    }

    /// Stops after the current step when Ctrl-C is pressed, instead of ending the process. A second Ctrl-C ends it.
    #[must_use]
    pub fn stop_on_ctrl_c(mut self) -> Self {
        self.catch_interrupt = true;
        self
    }

    /// Shows nothing. Otherwise standard error gets a progress bar, or a line per epoch if it is no terminal.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Trains `network`: `loss` computes the loss of a batch, `optimizer` holds the network's parameters. Dropout and
    /// BatchNorm are in training mode, and still are afterwards.
    ///
    /// # Errors
    /// If there is no batch, the checkpoint cannot be used or written, or the loss stops being finite.
    pub fn fit<T: Float, D: Dataset>(
        self,
        network: &dyn Module<T>,
        optimizer: &mut dyn Optimizer<T>,
        data: &D,
        mut loss: impl FnMut(&D::Batch) -> Tensor<T>,
    ) -> Result<Training, TrainError> {
        let learning_rate = optimizer.learning_rate();
        let result = Run::new(self, network, &mut *optimizer, data.len())
            .and_then(|run| run.finish(|indices| loss(&data.batch(indices))));
        optimizer.set_learning_rate(learning_rate);
        result
    }
}

impl Default for Trainer<'_> {
    fn default() -> Self {
        Self::new()
    }
}
