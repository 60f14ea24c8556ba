//! Networks that learn to part moons and spirals, one for each activation.

use data::toy::{self, Points};
use indicatif::ProgressBar;
use lab_01_perceptron::{Activation, Mlp, fold};
use nn::{Adam, Optimizer, Parameter};
use plots::{Figure, Scatter};
use tensor::{Generator, Tensor, manual_seed, no_grad};

use crate::progress;

/// Without an activation, the two of the lecture, and all others.
const ACTIVATIONS: [Activation; 9] = [
    Activation::Identity,
    Activation::ReLU,
    Activation::Tanh,
    Activation::Heaviside,
    Activation::Sigmoid,
    Activation::LeakyReLU(0.01),
    Activation::ELU(1.0),
    Activation::Swish,
    Activation::GELU,
];

/// How many of them are drawn.
const DRAWN: usize = 3;

/// Points along each side of a picture.
const SIDE: usize = 90;

pub(crate) struct Boundaries {
    pub(crate) problems: Vec<Problem>,
}

/// A set of points, and the networks that learned it.
pub(crate) struct Problem {
    pub(crate) name: &'static str,
    classes: usize,
    points: Points,
    x_range: (f64, f64),
    y_range: (f64, f64),
    pub(crate) trained: Vec<Trained>,
    /// What the first of them, which has no activation, folds to.
    pub(crate) folded: Folded,
}

/// A network without activation and the one layer that it is.
pub(crate) struct Folded {
    /// The number of parameters before.
    pub(crate) before: usize,
    /// That of the layer.
    pub(crate) after: usize,
    /// The largest difference of their outputs.
    pub(crate) difference: f64,
}

/// A network after training.
pub(crate) struct Trained {
    pub(crate) activation: Activation,
    network: Mlp,
    /// The share of right answers on points that took no part in the training.
    pub(crate) accuracy: f64,
    /// The cross-entropy after each step.
    pub(crate) losses: Vec<f64>,
}

impl Boundaries {
    pub(crate) fn learn(steps: usize, seed: u64) -> Self {
        let moons = |n: usize, generator: &mut Generator| toy::moons(n, 0.12, generator);
        let spirals = |n: usize, generator: &mut Generator| toy::spirals(n, 3, 0.8, 0.02, generator);
        let mut generator = Generator::seed(seed);
        let sets = [
            ("moons", 2, moons(300, &mut generator), moons(2000, &mut generator), (-1.6, 2.6), (-1.2, 1.7)),
            (
                "spirals",
                3,
                spirals(300, &mut generator),
                spirals(2000, &mut generator),
                (-1.15, 1.15),
                (-1.15, 1.15),
            ),
        ];
        let bar = progress(sets.len() * ACTIVATIONS.len() * steps);
        let problems = sets.map(|(name, classes, points, test, x_range, y_range)| {
            let trained = ACTIVATIONS.iter().map(|&activation| {
                manual_seed(seed);
                bar.set_message(format!("{name}, {}", self::name(activation)));
                Trained::learn(activation, &points, &test, classes, steps, &bar)
            });
            let trained: Vec<Trained> = trained.collect();
            let folded = Folded::of(&trained[0].network, &points);
            Problem { name, classes, points, x_range, y_range, trained, folded }
        });
        bar.finish_and_clear();
        Self { problems: problems.into() }
    }

    pub(crate) fn accuracy(&self, problem: &str, activation: &str) -> Option<f64> {
        let problem = self.problems.iter().find(|other| other.name == problem)?;
        let trained = problem.trained.iter().find(|other| name(other.activation) == activation)?;
        Some(trained.accuracy)
    }
}

impl Folded {
    fn of(network: &Mlp, points: &Points) -> Self {
        no_grad(|| {
            let x = points.x.cast();
            let layer = Mlp { layers: vec![fold(&network.layers)] };
            let difference = (network.forward(&x) - layer.forward(&x)).abs().max(..).item();
            Self { before: network.num_parameters(), after: layer.num_parameters(), difference }
        })
    }
}

/// Goes once through what this part needs, so that what is missing is known before anything takes long.
pub(crate) fn rehearse() {
    let x = Tensor::zeros([1, 2]).requires_grad_();
    for activation in ACTIVATIONS {
        Mlp::new(&[2, 2, 2], activation).forward(&x).sum(..).backward();
    }
    let linear = Mlp::new(&[2, 2, 2], Activation::Identity);
    fold(&linear.layers);
    linear.num_parameters();
}

impl Trained {
    fn learn(
        activation: Activation,
        points: &Points,
        test: &Points,
        classes: usize,
        steps: usize,
        bar: &ProgressBar,
    ) -> Self {
        let mut network = Mlp::new(&[2, 32, 32, classes], activation);
        let parameters: Vec<Parameter<f64>> = network
            .layers
            .iter()
            .flat_map(|layer| [&layer.weight, &layer.bias])
            .map(|tensor| Parameter::new(tensor.clone()))
            .collect();
        let mut optimizer = Adam::new(parameters.clone(), 0.01);
        let x = points.x.cast::<f64>();
        let mut losses = Vec::new();
        for _ in 0..steps {
            let loss = network_with(&mut network, &parameters).forward(&x).cross_entropy(&points.labels);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            losses.push(loss.item());
            bar.inc(1);
        }
        let network = network_with(&mut network, &parameters).clone();
        let answers = no_grad(|| network.forward(&test.x.cast()).argmax(1));
        let right = answers.iter().zip(&test.labels).filter(|(answer, label)| answer == label).count();
        Self { activation, network, accuracy: right as f64 / test.labels.len() as f64, losses }
    }
}

/// The network, which computes with the current numbers of its parameters.
fn network_with<'a>(network: &'a mut Mlp, parameters: &[Parameter<f64>]) -> &'a Mlp {
    for (layer, pair) in network.layers.iter_mut().zip(parameters.chunks_exact(2)) {
        layer.weight = pair[0].get();
        layer.bias = pair[1].get();
    }
    network
}

impl Problem {
    /// What the first networks say about the plane, side by side.
    pub(crate) fn figures(&self, size: f64) -> plots::Result<Vec<Figure>> {
        self.trained[..DRAWN].iter().map(|trained| self.figure(trained, size)).collect()
    }

    fn figure(&self, trained: &Trained, size: f64) -> plots::Result<Figure> {
        let at = |(low, high): (f64, f64), i: usize| low + (high - low) * i as f64 / (SIDE - 1) as f64;
        let plane = Tensor::from_fn([SIDE * SIDE, 2], |index| match index[1] {
            0 => at(self.x_range, index[0] % SIDE),
            _ => at(self.y_range, index[0] / SIDE),
        });
        let probabilities = no_grad(|| trained.network.forward(&plane).softmax(1)).to_vec();
        let x: Vec<f32> = self.points.x.select(1, 0).to_vec();
        let y: Vec<f32> = self.points.x.select(1, 1).to_vec();
        let title = format!("{}: {:.1} %", title(trained.activation), 100.0 * trained.accuracy);
        let mut scatter = Scatter::new(&title).size(size, 0.8 * size).radius(2.2);
        for class in 0..self.classes {
            let of_class = |values: &[f32]| -> Vec<f32> {
                let labelled = values.iter().zip(&self.points.labels);
                labelled.filter(|(_, label)| **label == class).map(|(value, _)| *value).collect()
            };
            scatter = scatter.class("", &of_class(&x), &of_class(&y));
        }
        scatter.decisions(self.x_range, self.y_range, (SIDE, SIDE, self.classes), &probabilities).figure()
    }
}

/// As it is written in tables.
pub(crate) fn name(activation: Activation) -> &'static str {
    match activation {
        Activation::Identity => "none",
        Activation::Heaviside => "Heaviside",
        Activation::Sigmoid => "sigmoid",
        Activation::Tanh => "tanh",
        Activation::ReLU => "ReLU",
        Activation::LeakyReLU(_) => "leaky ReLU",
        Activation::ELU(_) => "ELU",
        Activation::Swish => "Swish",
        Activation::GELU => "GELU",
    }
}

fn title(activation: Activation) -> &'static str {
    if activation == Activation::Identity { "no activation" } else { name(activation) }
}
