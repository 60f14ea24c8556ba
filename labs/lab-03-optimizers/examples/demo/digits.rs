//! A small network that learns handwritten digits, by each of the rules, at each of some learning rates.

use std::io::IsTerminal;
use std::time::Instant;

use data::ImageSet;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lab_03_optimizers::{Accumulator, RangeTest, clip_grad_norm, geometric_rates, minibatches, range_test};
use nn::train::accuracy;
use nn::{Linear, Module, Parameter, ReLU, Sequential, sequential};
use tensor::random::{self, Generator};
use tensor::{Tensor, no_grad};

use crate::rules::{Optimizers, Rule};

/// How many digits a step sees.
pub(crate) const BATCH: usize = 64;

/// A loss above this has diverged: guessing has ln 10 = 2.3.
pub(crate) const DIVERGED: f64 = 10.0;

/// What a training is.
pub(crate) struct Training<'a> {
    pub(crate) rule: Rule,
    /// The learning rate of each step.
    pub(crate) rate: &'a dyn Fn(usize) -> f64,
    pub(crate) steps: usize,
    /// The norm above which gradients are clipped.
    pub(crate) clip: Option<f64>,
}

/// How a training went.
pub(crate) struct Trained {
    pub(crate) network: Sequential,
    /// The loss of each step's batch; it ends where it has diverged.
    pub(crate) losses: Vec<f64>,
    /// The length of the whole gradient before clipping.
    pub(crate) norms: Vec<f64>,
    pub(crate) seconds: f64,
}

impl Trained {
    /// The mean loss of the last steps; infinite if it has diverged.
    pub(crate) fn last_loss(&self, steps: usize) -> f64 {
        let last = &self.losses[self.losses.len().saturating_sub(steps)..];
        let mean = last.iter().sum::<f64>() / last.len() as f64;
        if mean < DIVERGED { mean } else { f64::INFINITY }
    }

    pub(crate) fn accuracy(&self, digits: &ImageSet) -> f64 {
        let (x, labels) = digits.all();
        no_grad(|| accuracy(&self.network.forward(&x.flatten(1)), &labels))
    }
}

/// 784-100-10, the same weights for every training.
pub(crate) fn network(seed: u64) -> Sequential {
    random::with(Generator::seed(seed), || sequential![Linear::new(28 * 28, 100), ReLU, Linear::new(100, 10)])
}

/// The digits in a new order for each epoch, for ever.
struct Batches<'a> {
    digits: &'a ImageSet,
    generator: Generator,
    left: Vec<Vec<usize>>,
}

impl<'a> Batches<'a> {
    fn new(digits: &'a ImageSet, seed: u64) -> Self {
        Self { digits, generator: Generator::seed(seed), left: Vec::new() }
    }

    fn next(&mut self) -> (Tensor, Vec<usize>) {
        if self.left.is_empty() {
            self.left = minibatches(self.digits.len(), BATCH, &mut self.generator);
            assert!(!self.left.is_empty(), "no batch of {} digits", self.digits.len());
        }
        let (x, labels) = self.digits.batch(&self.left.pop().unwrap_or_default());
        (x.flatten(1), labels)
    }
}

/// The gradients of a network's parameters; zeros for one that has none.
fn gradients(parameters: &[Parameter]) -> Vec<Tensor> {
    parameters.iter().map(|p| p.grad().unwrap_or_else(|| p.get().zeros_like())).collect()
}

/// One step: forward, backward, clipping, the rules' step. Returns the loss and the length of the gradient.
fn step(
    network: &Sequential,
    optimizers: &mut Optimizers,
    (x, labels): &(Tensor, Vec<usize>),
    rate: f64,
    clip: Option<f64>,
) -> (f64, f64) {
    let parameters = network.parameters();
    network.zero_grad();
    let loss = network.forward(x).cross_entropy(labels);
    let value = f64::from(loss.item());
    loss.backward();
    drop(loss);
    let mut norm = f64::NAN;
    if let Some(max_norm) = clip {
        let mut gradients = gradients(&parameters);
        norm = clip_grad_norm(&mut gradients, max_norm);
        for (parameter, gradient) in parameters.iter().zip(gradients) {
            parameter.set_grad(gradient);
        }
    }
    optimizers.step(rate);
    (value, norm)
}

pub(crate) fn train(digits: &ImageSet, training: &Training<'_>, seed: u64, bar: &ProgressBar) -> Trained {
    let network = network(seed);
    let mut optimizers = Optimizers::new(training.rule, network.parameters());
    let mut batches = Batches::new(digits, seed);
    let start = Instant::now();
    let (mut losses, mut norms) = (Vec::new(), Vec::new());
    for n in 0..training.steps {
        let (loss, norm) =
            step(&network, &mut optimizers, &batches.next(), (training.rate)(n), training.clip);
        losses.push(loss);
        norms.push(norm);
        bar.inc(1);
        // NaN is not below anything.
        if loss.partial_cmp(&DIVERGED).is_none_or(|order| order.is_gt()) {
            bar.inc((training.steps - n - 1) as u64);
            break;
        }
    }
    Trained { network, losses, norms, seconds: start.elapsed().as_secs_f64() }
}

/// The learning-rate range test of a rule.
pub(crate) fn test_rates(digits: &ImageSet, rule: Rule, steps: usize, seed: u64) -> RangeTest {
    let network = network(seed);
    let mut optimizers = Optimizers::new(rule, network.parameters());
    let mut batches = Batches::new(digits, seed);
    let rates = geometric_rates(1e-5, 10.0, steps);
    range_test(&rates, |rate| step(&network, &mut optimizers, &batches.next(), rate, None).0)
}

/// The largest difference between the gradient of a batch and that accumulated from uneven parts of it, in parts of the
/// largest entry.
pub(crate) fn accumulation_error(digits: &ImageSet, seed: u64) -> f64 {
    let network = network(seed);
    let parameters = network.parameters();
    let gradient_of = |indices: &[usize]| {
        let (x, labels) = digits.batch(indices);
        network.zero_grad();
        network.forward(&x.flatten(1)).cross_entropy(&labels).backward();
        gradients(&parameters)
    };
    let all: Vec<usize> = (0..256).collect();
    let whole = gradient_of(&all);
    let mut accumulator = Accumulator::new();
    let mut rest = &all[..];
    for size in [100, 28, 64, 1, 63] {
        let (part, after) = rest.split_at(size);
        accumulator.add(&gradient_of(part), size);
        rest = after;
    }
    let accumulated = accumulator.take();
    let largest = |x: &Tensor| x.abs().to_vec().into_iter().fold(0.0_f32, f32::max);
    let errors = whole.iter().zip(&accumulated).map(|(a, b)| largest(&(a - b)) / largest(a));
    f64::from(errors.fold(0.0, f32::max))
}

/// A bar on standard error, if somebody watches.
pub(crate) fn progress_bar(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("[{bar:30}] {percent:>3} %  {eta} left  {msg}")
        .expect("the template is well-formed")
        .progress_chars("=> ");
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    ProgressBar::with_draw_target(Some(steps as u64), target).with_style(style)
}
