//! The loop itself.

use std::ops::Range;
use std::time::Instant;

use tensor::random::Generator;
use tensor::{Float, Tensor, no_grad};

use super::checkpoint::{Checkpoint, Position, Resumed, Settings};
use super::interrupt::Listener;
use super::progress::Progress;
use super::trainer::{Goal, Trainer};
use super::{Best, EpochRecord, History, Score, Status, TrainError, Training};
use crate::{Module, Optimizer, StateDict};

/// A training under way.
pub(super) struct Run<'a, 'n, T: Float> {
    trainer: Trainer<'a>,
    network: &'n dyn Module<T>,
    optimizer: &'n mut dyn Optimizer<T>,
    samples: usize,
    /// The number of steps of an epoch.
    steps: usize,
    /// The learning rate that the curve or the schedule multiplies.
    learning_rate: f64,
    position: Position,
    /// The loss of the epoch so far.
    loss: Mean,
    /// The weights after the best epoch, if they are wanted.
    best: Option<StateDict<T>>,
    checkpoint: Option<Checkpoint>,
    listener: Option<Listener>,
    progress: Progress,
    /// Since when the seconds of the position count on.
    started: Instant,
    saved: Instant,
}

impl<'a, 'n, T: Float> Run<'a, 'n, T> {
    /// At the start, or where the checkpoint says.
    pub(super) fn new(
        trainer: Trainer<'a>,
        network: &'n dyn Module<T>,
        optimizer: &'n mut dyn Optimizer<T>,
        samples: usize,
    ) -> Result<Self, TrainError> {
        let batch_size = trainer.batch_size;
        let steps = if trainer.drop_last { samples / batch_size } else { samples.div_ceil(batch_size) };
        if steps == 0 {
            return Err(TrainError::NoBatch { samples, batch_size });
        }
        let learning_rate = optimizer.learning_rate();
        let listener = if trainer.catch_interrupt { Some(Listener::new()?) } else { None };
        let checkpoint = match &trainer.folder {
            Some(folder) => {
                let settings = settings(&trainer, optimizer, samples, steps * trainer.epochs);
                Some(Checkpoint::in_folder(folder, settings, steps, trainer.epochs)?)
            }
            None => None,
        };
        let progress = if trainer.quiet { Progress::Quiet } else { Progress::new(steps * trainer.epochs) };
        let mut run = Self {
            trainer,
            network,
            optimizer,
            samples,
            steps,
            learning_rate,
            position: Position { epoch: 0, step: 0, seconds: 0.0, history: History::default(), best: None },
            loss: Mean::default(),
            best: None,
            checkpoint,
            listener,
            progress,
            started: Instant::now(),
            saved: Instant::now(),
        };
        run.resume()?;
        Ok(run)
    }

    fn resume(&mut self) -> Result<(), TrainError> {
        let Some(checkpoint) = &self.checkpoint else { return Ok(()) };
        match checkpoint.resume(self.network, self.optimizer, self.trainer.keep_best) {
            Ok(None) => {}
            Ok(Some(Resumed { position, best })) => {
                let done = position.history.steps.len();
                if position.epoch < self.trainer.epochs {
                    self.progress.resume(position.epoch, position.step, done);
                }
                for (step, &loss) in position.history.steps[position.epoch * self.steps..].iter().enumerate()
                {
                    self.loss.add(loss, self.batch(step).len());
                }
                (self.position, self.best) = (position, best);
            }
            Err(reason) if self.trainer.ignore_unusable => {
                let path = checkpoint.path().display();
                self.progress.line(&format!("starting over, {path} cannot be used: {reason}"));
            }
            Err(reason) => {
                return Err(TrainError::Checkpoint { path: checkpoint.path().to_owned(), reason });
            }
        }
        Ok(())
    }

    /// Trains until the last epoch is done or somebody wants to stop. `loss` is that of the samples with these
    /// indices.
    pub(super) fn finish(
        mut self,
        mut loss: impl FnMut(&[usize]) -> Tensor<T>,
    ) -> Result<Training, TrainError> {
        let epochs = self.trainer.epochs;
        self.network.train();
        while self.position.epoch < epochs {
            let order = order(self.trainer.seed, self.position.epoch, self.samples);
            self.progress.start_epoch(self.position.epoch, epochs);
            while self.position.step < self.steps {
                self.step(&order, &mut loss)?;
                if self.is_stopped() {
                    self.save()?;
                    self.progress.finish();
                    return Ok(self.report(Status::Stopped));
                }
                if self.saved.elapsed() >= self.trainer.interval {
                    self.save()?;
                }
            }
            self.end_epoch();
            self.save()?;
        }
        self.progress.finish();
        if let Some(best) = self.best.take() {
            self.network.load_state_dict(&best).expect("the weights were this network's");
        }
        Ok(self.report(Status::Finished))
    }

    fn step(
        &mut self,
        order: &[usize],
        loss: &mut impl FnMut(&[usize]) -> Tensor<T>,
    ) -> Result<(), TrainError> {
        let Position { epoch, step, .. } = self.position;
        let total = self.steps * self.trainer.epochs;
        let done = epoch * self.steps + step;
        let factor = self.trainer.learning_rate.as_ref().map_or(1.0, |rate| rate.factor(done, total));
        self.optimizer.set_learning_rate(self.learning_rate * factor);

        let batch = self.batch(step);
        let samples = batch.len();
        self.optimizer.zero_grad();
        let loss = loss(&order[batch]);
        let value = loss.item().as_f64();
        if !value.is_finite() {
            self.progress.finish();
            return Err(TrainError::Diverged { epoch, step, loss: value });
        }
        loss.backward();
        // The graph holds the weights, which the step could otherwise not change in place.
        drop(loss);
        if let Some(hook) = &mut self.trainer.before_step {
            hook();
        }
        self.optimizer.step();

        self.position.history.steps.push(value);
        self.position.step += 1;
        self.loss.add(value, samples);
        self.progress.step(self.loss.mean());
        Ok(())
    }

    /// Which places in the order of the samples make up a batch.
    fn batch(&self, step: usize) -> Range<usize> {
        let first = step * self.trainer.batch_size;
        first..(first + self.trainer.batch_size).min(self.samples)
    }

    fn end_epoch(&mut self) {
        let train_loss = std::mem::take(&mut self.loss).mean();
        self.network.eval();
        let validation = no_grad(|| {
            let scores = self.trainer.validation.iter_mut();
            scores.map(|v| Score { name: v.name.clone(), value: (v.compute)() }).collect::<Vec<_>>()
        });
        self.network.train();

        let (goal, value) = match (self.trainer.validation.first(), validation.first()) {
            (Some(first), Some(score)) => (first.goal, score.value),
            _ => (Goal::Minimize, train_loss),
        };
        let epoch = self.position.epoch;
        if goal.is_better(value, self.position.best.as_ref().map(|best| best.value)) {
            self.position.best = Some(Best { epoch, value });
            self.best = self.trainer.keep_best.then(|| self.network.state_dict());
        }

        let seconds = self.seconds();
        let learning_rate = self.optimizer.learning_rate();
        let record = EpochRecord { train_loss, validation, learning_rate, seconds };
        self.progress.end_epoch(epoch, self.trainer.epochs, &record);
        self.position.history.epochs.push(record);
        self.position.epoch += 1;
        self.position.step = 0;
        self.position.seconds = 0.0;
        self.started = Instant::now();
    }

    fn seconds(&self) -> f64 {
        self.position.seconds + self.started.elapsed().as_secs_f64()
    }

    fn is_stopped(&mut self) -> bool {
        let interrupted = self.listener.as_ref().is_some_and(Listener::stop_requested);
        self.trainer.stop.as_mut().is_some_and(|stop| stop()) || interrupted
    }

    fn save(&mut self) -> Result<(), TrainError> {
        if let Some(checkpoint) = &self.checkpoint {
            let position = Position { seconds: self.seconds(), ..self.position.clone() };
            checkpoint.save(&position, self.network, &*self.optimizer, self.best.as_ref())?;
            self.saved = Instant::now();
        }
        Ok(())
    }

    fn report(self, status: Status) -> Training {
        Training { status, history: self.position.history, best: self.position.best }
    }
}

/// A mean over samples, of which each batch contributes the mean of its own.
#[derive(Default)]
struct Mean {
    sum: f64,
    samples: usize,
}

impl Mean {
    fn add(&mut self, mean: f64, samples: usize) {
        self.sum += mean * samples as f64;
        self.samples += samples;
    }

    fn mean(&self) -> f64 {
        self.sum / self.samples as f64
    }
}

/// The order of the samples in an epoch, a function of the seed and the epoch alone.
fn order(seed: u64, epoch: usize, samples: usize) -> Vec<usize> {
    // 2⁶⁴ divided by the golden ratio: the seeds of consecutive epochs are far apart, and those of other seeds.
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut order: Vec<usize> = (0..samples).collect();
    Generator::seed(seed.wrapping_add(GOLDEN.wrapping_mul(epoch as u64 + 1))).shuffle(&mut order);
    order
}

/// What a checkpoint must agree on.
fn settings<T: Float>(
    trainer: &Trainer<'_>,
    optimizer: &dyn Optimizer<T>,
    samples: usize,
    total: usize,
) -> Settings {
    let mut settings = Settings::from_iter(trainer.settings.iter().cloned());
    let mut set = |name: &str, value: String| settings.insert(name.to_owned(), value);
    set("epochs", trainer.epochs.to_string());
    set("batch size", trainer.batch_size.to_string());
    set("last batch", if trainer.drop_last { "dropped" } else { "kept" }.to_owned());
    set("seed", trainer.seed.to_string());
    set("samples", samples.to_string());
    set("number type", T::NAME.to_owned());
    set("optimizer", optimizer.describe());
    set("learning rate", optimizer.learning_rate().to_string());
    let scores = trainer.validation.iter().map(|v| format!("{:?} {}", v.goal, v.name).to_lowercase());
    set("validation", scores.collect::<Vec<_>>().join(", "));
    set("weights", if trainer.keep_best { "of the best epoch" } else { "of the last epoch" }.to_owned());
    if let Some(rate) = &trainer.learning_rate {
        // A function cannot be compared, but its values at a few places can.
        const PLACES: usize = 8;
        let values = (0..=PLACES).map(|i| rate.at(i, PLACES, total).to_string());
        set("learning rate curve", values.collect::<Vec<_>>().join(" "));
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_a_permutation_that_depends_on_seed_and_epoch() {
        let first = order(1, 0, 100);
        assert_eq!(first, order(1, 0, 100));
        assert_ne!(first, order(1, 1, 100));
        assert_ne!(first, order(2, 0, 100));
        let mut sorted = first;
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..100));
    }
}
