//! The training of the network: mini-batches, a learning rate that falls to 0, and nothing else.

use std::io::IsTerminal;
use std::time::Instant;

use data::{Batches, ImageSet};
use demo::Demo;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lab_02_backprop::Mlp;

/// How the training goes.
pub(crate) struct Settings {
    pub(crate) digits: usize,
    pub(crate) epochs: usize,
    pub(crate) batch_size: usize,
    pub(crate) learning_rate: f64,
}

impl Settings {
    pub(crate) fn new(demo: &Demo) -> Self {
        let full = Self { digits: 60_000, epochs: 8, batch_size: 64, learning_rate: 0.2 };
        let quick = Self { digits: 60_000, epochs: 2, batch_size: 64, learning_rate: 0.2 };
        let settings = if demo.args.quick { quick } else { full };
        Self { epochs: demo.args.epochs.unwrap_or(settings.epochs), ..settings }
    }
}

/// How the training went.
pub(crate) struct History {
    /// The loss of every batch.
    pub(crate) losses: Vec<f64>,
    /// The length of the gradient of each layer's weight, for every batch.
    pub(crate) norms: Vec<Vec<f64>>,
    pub(crate) seconds: f64,
}

/// Trains the network by stochastic gradient descent.
pub(crate) fn train(network: &mut Mlp, digits: &ImageSet, settings: &Settings, seed: u64) -> History {
    let batches = Batches::of(digits, settings.batch_size).shuffled(seed).drop_last();
    let steps = settings.epochs * batches.len();
    let bar = progress_bar(steps);
    let mut history = History { losses: Vec::new(), norms: Vec::new(), seconds: 0.0 };
    let start = Instant::now();
    for epoch in 0..settings.epochs {
        let before = history.losses.len();
        for (x, labels) in batches.epoch(epoch as u64) {
            let progress = history.losses.len() as f64 / steps as f64;
            let (loss, gradients) = network.loss_and_gradients(&x.flatten(1), &labels);
            network.step(&gradients, settings.learning_rate * (1.0 - progress));
            history.losses.push(f64::from(loss));
            if history.losses.len() % 20 == 1 {
                history.norms.push(gradients.iter().map(|g| f64::from(g.weight.norm().item())).collect());
            }
            bar.inc(1);
        }
        let losses = &history.losses[before..];
        let mean = losses.iter().sum::<f64>() / losses.len().max(1) as f64;
        let line = format!("epoch {}/{}  loss {mean:.4}", epoch + 1, settings.epochs);
        if std::io::stderr().is_terminal() { bar.println(line) } else { eprintln!("{line}") }
    }
    bar.finish_and_clear();
    history.seconds = start.elapsed().as_secs_f64();
    history
}

/// A bar on standard error, if somebody watches.
fn progress_bar(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("[{bar:30}] {percent:>3} %  {eta} left")
        .expect("the template is well-formed")
        .progress_chars("=> ");
    ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stderr()).with_style(style)
}
