//! How far a training is: a bar if somebody watches, a line per epoch if the output goes to a file.
//!
//! Both go to standard error, which leaves standard output to results.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::EpochRecord;

/// Where the course of a training is shown.
pub(super) enum Progress {
    Bar { bar: ProgressBar, validation: String },
    Lines,
    Quiet,
}

impl Progress {
    pub(super) fn new(steps: usize) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines;
        }
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {percent:>3} %  {msg}  {eta} left")
            .expect("the template is well-formed")
            .progress_chars("=> ");
        let bar = ProgressBar::new(steps as u64).with_style(style);
        Self::Bar { bar, validation: String::new() }
    }

    /// Goes on from a checkpoint.
    pub(super) fn resume(&self, epoch: usize, step: usize, done: usize) {
        self.line(&format!("going on from the checkpoint: epoch {}, step {step}", epoch + 1));
        if let Self::Bar { bar, .. } = self {
            bar.set_position(done as u64);
            bar.reset_eta();
        }
    }

    pub(super) fn start_epoch(&self, epoch: usize, epochs: usize) {
        if let Self::Bar { bar, .. } = self {
            bar.set_prefix(format!("epoch {}/{epochs}", epoch + 1));
        }
    }

    /// After each step, with the mean loss of the epoch so far.
    pub(super) fn step(&self, loss: f64) {
        if let Self::Bar { bar, validation } = self {
            bar.set_message(format!("loss {loss:.4}{validation}"));
            bar.inc(1);
        }
    }

    pub(super) fn end_epoch(&mut self, epoch: usize, epochs: usize, record: &EpochRecord) {
        let scores: String =
            record.validation.iter().map(|score| format!("  {} {:.4}", score.name, score.value)).collect();
        self.line(&format!(
            "epoch {}/{epochs}  loss {:.4}{scores}  {:.1} s",
            epoch + 1,
            record.train_loss,
            record.seconds
        ));
        if let Self::Bar { validation, .. } = self {
            *validation = scores;
        }
    }

    pub(super) fn line(&self, text: &str) {
        match self {
            Self::Bar { bar, .. } => bar.println(text),
            Self::Lines => eprintln!("{text}"),
            Self::Quiet => {}
        }
    }

    pub(super) fn finish(&self) {
        if let Self::Bar { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}
