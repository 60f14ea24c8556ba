//! The rules of the lab by name, and a network's worth of optimizers.

use lab_03_optimizers::{Adagrad, Adam, AdamW, EmaMomentum, Momentum, Nesterov, Optimizer, RmsProp, Sgd};
use nn::Parameter;
use tensor::Float;

/// What the momenta keep of their velocity when a network learns.
const BETA: f64 = 0.9;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Sgd,
    EmaMomentum,
    Momentum,
    Nesterov,
    Adagrad,
    RmsProp,
    Adam,
    AdamW,
}

impl Rule {
    pub(crate) const ALL: [Rule; 8] = [
        Rule::Sgd,
        Rule::EmaMomentum,
        Rule::Momentum,
        Rule::Nesterov,
        Rule::Adagrad,
        Rule::RmsProp,
        Rule::Adam,
        Rule::AdamW,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Rule::Sgd => "gradient descent",
            Rule::EmaMomentum => "momentum (lecture)",
            Rule::Momentum => "momentum",
            Rule::Nesterov => "Nesterov",
            Rule::Adagrad => "Adagrad",
            Rule::RmsProp => "RMSProp",
            Rule::Adam => "Adam",
            Rule::AdamW => "AdamW",
        }
    }

    /// An optimizer for so many numbers, with this β if it has momentum.
    pub(crate) fn optimizer<T: Float>(self, size: usize, beta: f64) -> Box<dyn Optimizer<T>> {
        match self {
            Rule::Sgd => Box::new(Sgd),
            Rule::EmaMomentum => Box::new(EmaMomentum::new(size, beta)),
            Rule::Momentum => Box::new(Momentum::new(size, beta)),
            Rule::Nesterov => Box::new(Nesterov::new(size, beta)),
            Rule::Adagrad => Box::new(Adagrad::new(size)),
            Rule::RmsProp => Box::new(RmsProp::new(size)),
            Rule::Adam => Box::new(Adam::new(size)),
            Rule::AdamW => Box::new(AdamW::new(size)),
        }
    }
}

/// An optimizer for each parameter of a network.
pub(crate) struct Optimizers(Vec<(Parameter, Box<dyn Optimizer<f32>>)>);

impl Optimizers {
    pub(crate) fn new(rule: Rule, parameters: Vec<Parameter>) -> Self {
        let own = |parameter: Parameter| {
            let optimizer = rule.optimizer(parameter.numel(), BETA);
            (parameter, optimizer)
        };
        Self(parameters.into_iter().map(own).collect())
    }

    /// One step of all parameters that have a gradient.
    pub(crate) fn step(&mut self, rate: f64) {
        for (parameter, optimizer) in &mut self.0 {
            parameter.update(|theta, gradient| optimizer.step(theta, gradient, rate));
        }
    }
}
