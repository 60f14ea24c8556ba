//! Early stopping: train while the loss on held-out data falls, and keep the weights from when it was lowest.
//!
//! The training loss falls for as long as one trains. The validation loss falls with it at first and rises again when
//! the network begins to learn its training set by heart (Prechelt, *Early Stopping — But When?*, 1998). It also
//! jumps, so one waits for a few epochs before one gives up, and then goes back to the best weights, not the last.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use nn::{Module, StateDict};
use tensor::Float;

/// Whether a loss is an improvement: lower than the best one so far by more than `min_delta`. While there is no best
/// one, every finite loss is an improvement. NaN and infinity never are.
pub fn is_improvement(loss: f64, best: Option<f64>, min_delta: f64) -> bool {
    todo!("1.1: compare with the best loss, if there is one; NaN and infinity are no improvement")
}

/// Watches the validation loss, keeps the best weights, and says when to stop.
///
/// ```
/// use lab_04_regularization::EarlyStopping;
/// use nn::Linear;
///
/// let network: Linear = Linear::new(3, 2);
/// let mut stopping = EarlyStopping::new(2);
/// for (epoch, validation_loss) in [0.9, 0.5, 0.6, 0.7, 0.8].into_iter().enumerate() {
///     // … one epoch of training …
///     if stopping.observe(validation_loss, &network) {
///         assert_eq!(epoch, 3);
///         break;
///     }
/// }
/// stopping.restore(&network);
/// ```
pub struct EarlyStopping<T: Float = f32> {
    /// After so many losses in a row that were no improvement, training should stop.
    patience: usize,
    /// By how much a loss must be lower to count as an improvement.
    min_delta: f64,
    /// The lowest loss so far, and everything that the network had learned then.
    best: Option<(f64, StateDict<T>)>,
    /// How many losses there have been since.
    waited: usize,
}

impl<T: Float> EarlyStopping<T> {
    /// Stops after `patience` losses in a row that were not lower than the best.
    ///
    /// # Panics
    /// If the patience is 0: training would stop before it could get better.
    #[track_caller]
    pub fn new(patience: usize) -> Self {
        assert!(patience > 0, "EarlyStopping: a patience of 0 stops at once");
        EarlyStopping { patience, min_delta: 0.0, best: None, waited: 0 }
    }

    /// Only a loss that is lower by more than `min_delta` counts as an improvement.
    #[must_use]
    pub fn min_delta(self, min_delta: f64) -> Self {
        EarlyStopping { min_delta, ..self }
    }

    /// The lowest loss that counted as an improvement; `None` if there was none.
    pub fn best_loss(&self) -> Option<f64> {
        self.best.as_ref().map(|(loss, _)| *loss)
    }

    /// Takes note of a validation loss, to be called after every epoch. An improvement is remembered with the
    /// network's state. Answers whether training should stop.
    pub fn observe(&mut self, loss: f64, network: &dyn Module<T>) -> bool {
        todo!("1.2: remember an improvement and wait anew, or count; stop when the patience is used up")
    }

    /// Gives the network back what it had learned when the loss was lowest: its parameters and its buffers. Does
    /// nothing if no loss was an improvement.
    ///
    /// # Panics
    /// If the network is another one than was observed.
    pub fn restore(&self, network: &dyn Module<T>) {
        todo!("1.3: load the remembered state, if there is one")
    }
}
