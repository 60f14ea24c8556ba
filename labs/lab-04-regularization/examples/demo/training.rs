//! The trainings: each remedy with each seed, several at a time.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use data::{Batches, ImageSet, Mnist};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lab_04_regularization::{
    EarlyStopping, augment, decay_weights, l1_penalty, l2_penalty, proximal_step, weights_of,
};
use nn::{Adam, Module, Optimizer, Sequential};
use tensor::{Tensor, manual_seed, no_grad, random};

use crate::remedies::{REMEDIES, Remedy, digit_augmentation};

/// How the trainings go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// How many digits a network learns from.
    pub(crate) digits: usize,
    /// How many other digits say after each epoch how well it does.
    pub(crate) validation: usize,
    pub(crate) epochs: usize,
    pub(crate) batch_size: usize,
    pub(crate) learning_rate: f64,
    pub(crate) seeds: u64,
}

/// How one training went.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    /// The place of its remedy in the list.
    pub(crate) remedy: usize,
    /// The mean loss on the training digits, as they are, after each epoch; they are seen without dropout.
    pub(crate) train: Vec<f64>,
    /// The mean loss on the validation digits after each epoch.
    pub(crate) validation: Vec<f64>,
    /// The share of the training digits that are right in the end.
    pub(crate) train_accuracy: f64,
    /// The share of the 10,000 test digits that are right in the end.
    pub(crate) test_accuracy: f64,
    /// The mean loss on the test digits in the end.
    pub(crate) test_loss: f64,
    /// All weights in the end, of all layers.
    pub(crate) weights: Vec<f32>,
}

impl Course {
    /// The share of the weights that are exactly 0.
    pub(crate) fn zeros(&self) -> f64 {
        self.weights.iter().filter(|&&weight| weight == 0.0).count() as f64 / self.weights.len() as f64
    }

    /// The root of the mean square of the weights.
    pub(crate) fn size(&self) -> f64 {
        let squares: f64 = self.weights.iter().map(|&weight| f64::from(weight * weight)).sum();
        (squares / self.weights.len() as f64).sqrt()
    }
}

/// Trains every remedy with every seed, on all processors; the result does not depend on their number.
pub(crate) fn train_all(settings: &Settings, mnist: &Mnist, first_seed: u64) -> Vec<Course> {
    let jobs: Vec<(usize, u64)> =
        (0..settings.seeds).flat_map(|seed| (0..REMEDIES.len()).map(move |remedy| (remedy, seed))).collect();
    let bar = progress_bar(jobs.len() * settings.epochs);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(&(remedy, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let start = Instant::now();
                    let course = train(remedy, settings, mnist, first_seed + seed, &bar);
                    let line = format!(
                        "{:>15}, seed {}: {:5.2} % of the test digits, {:.1} s",
                        REMEDIES[remedy].name,
                        first_seed + seed,
                        100.0 * course.test_accuracy,
                        start.elapsed().as_secs_f64()
                    );
                    if std::io::stderr().is_terminal() {
                        bar.println(line)
                    } else {
                        eprintln!("{line}")
                    }
                    done.lock().expect("no other training has panicked").push((seed, course));
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut done = done.into_inner().expect("no training has panicked");
    done.sort_by_key(|(seed, course)| (course.remedy, *seed));
    done.into_iter().map(|(_, course)| course).collect()
}

/// One training. All remedies start from the same digits and, where the layers are the same, from the same weights.
fn train(remedy: usize, settings: &Settings, mnist: &Mnist, seed: u64, bar: &ProgressBar) -> Course {
    let place = remedy;
    let remedy = &REMEDIES[remedy];
    manual_seed(seed);
    let order = random::randperm(mnist.train.len());
    let digits = mnist.train.subset(&order[..settings.digits]);
    let held_out = mnist.train.subset(&order[settings.digits..settings.digits + settings.validation]).all();
    let (images, labels) = digits.all();

    let network = remedy.network();
    let weights = weights_of(&network);
    let mut optimizer = Adam::new(network.parameters(), settings.learning_rate);
    let mut stopping = remedy.patience.map(EarlyStopping::new);
    let mut course = Course {
        remedy: place,
        train: Vec::new(),
        validation: Vec::new(),
        train_accuracy: 0.0,
        test_accuracy: 0.0,
        test_loss: 0.0,
        weights: Vec::new(),
    };
    for epoch in 0..settings.epochs {
        // From epoch to epoch the learning rate falls, almost to 0, so that the last weights are no accident.
        let left = 1.0 - epoch as f64 / settings.epochs as f64;
        optimizer.set_learning_rate(settings.learning_rate * left);
        network.train();
        for batch in Batches::of(&digits, settings.batch_size).shuffled(seed).drop_last().epoch(epoch as u64)
        {
            step(remedy, &network, &weights, &mut optimizer, batch);
        }
        network.eval();
        course.train.push(loss(&network, &images, &labels));
        course.validation.push(loss(&network, &held_out.0, &held_out.1));
        bar.inc(1);
        if let (Some(stopping), Some(&loss)) = (&mut stopping, course.validation.last())
            && stopping.observe(loss, &network)
        {
            bar.inc((settings.epochs - epoch - 1) as u64);
            break;
        }
    }
    if let Some(stopping) = stopping {
        stopping.restore(&network);
    }
    course.train_accuracy = loss_and_accuracy(&network, &digits).1;
    (course.test_loss, course.test_accuracy) = loss_and_accuracy(&network, &mnist.test);
    course.weights = weights.iter().flat_map(|weight| weight.get().to_vec()).collect();
    course
}

/// A step of Adam on one batch, with what the remedy adds to the batch, to the loss and to the step.
pub(crate) fn step(
    remedy: &Remedy,
    network: &Sequential,
    weights: &[nn::Parameter],
    optimizer: &mut Adam,
    (images, labels): (Tensor, Vec<usize>),
) {
    let images = if remedy.augmentation { augment(&digit_augmentation(), &images) } else { images };
    optimizer.zero_grad();
    let mut loss = network.forward(&standardized(&images)).cross_entropy(&labels);
    if remedy.l1 > 0.0 {
        loss = loss + l1_penalty(weights) * remedy.l1;
    }
    if remedy.l2 > 0.0 {
        loss = loss + l2_penalty(weights) * remedy.l2;
    }
    loss.backward();
    let rate = optimizer.learning_rate();
    if remedy.decay > 0.0 {
        decay_weights(weights, rate, remedy.decay);
    }
    optimizer.step();
    if remedy.proximal > 0.0 {
        proximal_step(weights, rate, remedy.proximal);
    }
}

/// Images of numbers from 0 to 1 as networks like them: in a row, with mean 0 and variance 1.
fn standardized(images: &Tensor) -> Tensor {
    let (mean, std) = Mnist::MEAN_AND_STD;
    (images.flatten(1) - f64::from(mean)) * (1.0 / f64::from(std))
}

fn loss(network: &Sequential, images: &Tensor, labels: &[usize]) -> f64 {
    no_grad(|| f64::from(network.forward(&standardized(images)).cross_entropy(labels).item()))
}

/// The mean loss on a set, and the share of right answers.
fn loss_and_accuracy(network: &Sequential, digits: &ImageSet) -> (f64, f64) {
    network.eval();
    let (mut sum, mut right) = (0.0, 0);
    for (images, labels) in Batches::of(digits, 500).epoch(0) {
        let logits = no_grad(|| network.forward(&standardized(&images)));
        sum += f64::from(logits.cross_entropy(&labels).item()) * labels.len() as f64;
        right += logits.argmax(1).iter().zip(&labels).filter(|(answer, label)| answer == label).count();
    }
    (sum / digits.len() as f64, right as f64 / digits.len() as f64)
}

/// A bar on standard error, if somebody watches.
fn progress_bar(epochs: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("[{bar:30}] {percent:>3} %  {eta} left")
        .expect("the template is well-formed")
        .progress_chars("=> ");
    ProgressBar::with_draw_target(Some(epochs as u64), ProgressDrawTarget::stderr()).with_style(style)
}
