//! The functions that are graded, with their signatures.
//!
//! A closure cannot be sent to another process. So rules, landscapes and losses travel as descriptions of themselves, and
//! become optimizers and functions where the student's code is.

use std::cell::RefCell;

use lab_03_optimizers as lab;
use lab_03_optimizers::{
    Accumulator, Adagrad, Adam, AdamW, EmaMomentum, Momentum, Nesterov, OneCycle, Optimizer, RangeTest,
    RmsProp, Sgd, Solve, StepDecay, WarmupCosine,
};
use serde::{Deserialize, Serialize};
use tensor::random::Generator;
use tensor::{Tensor, no_grad};

grading::contract! {
    /// What students write.
    pub(crate) trait Contract {
        /// The numbers after each of the steps that a rule takes with these gradients and learning rates.
        fn steps(rule: Rule, start: Vec<f64>, gradients: Vec<Vec<f64>>, rates: Vec<f64>) -> Vec<Vec<f64>> {
            let mut optimizer = rule.optimizer(start.len());
            let mut theta = start;
            let step = |(gradient, rate): (Vec<f64>, f64)| {
                optimizer.step(&mut theta, &gradient, rate);
                theta.clone()
            };
            gradients.into_iter().zip(rates).map(step).collect()
        }

        /// The path of a rule downhill in a bowl, with a learning rate for each step.
        fn minimize(rule: Rule, bowl: Bowl, start: Vec<f64>, rates: Vec<f64>) -> Vec<Vec<f64>> {
            let mut optimizer = rule.optimizer(start.len());
            let gradient = |theta: &[f64]| bowl.gradient(theta);
            lab::minimize(optimizer.as_mut(), gradient, &start, |n| rates[n], rates.len())
        }

        /// The factor of a step on a parabola.
        fn contraction(rate: f64, curvature: f64) -> f64 {
            lab::contraction(rate, curvature)
        }

        /// The rate for curvatures between these.
        fn best_rate(low: f64, high: f64) -> f64 {
            lab::best_rate(low, high)
        }

        /// The batches of several epochs, one after the other from the same generator.
        fn minibatches(samples: usize, batch_size: usize, seed: u64, epochs: usize) -> Vec<Vec<Vec<usize>>> {
            let mut generator = Generator::seed(seed);
            (0..epochs).map(|_| lab::minibatches(samples, batch_size, &mut generator)).collect()
        }

        /// What an accumulator gives after each round of micro-batches, each with its number of samples.
        fn accumulate(rounds: Vec<Vec<(Vec<Tensor<f64>>, usize)>>) -> Vec<Vec<Tensor<f64>>> {
            let mut accumulator = Accumulator::new();
            let round = |micro_batches: Vec<(Vec<Tensor<f64>>, usize)>| {
                for (gradients, samples) in &micro_batches {
                    accumulator.add(gradients, *samples);
                }
                accumulator.take()
            };
            rounds.into_iter().map(round).collect()
        }

        /// The learning rate of a step.
        fn step_decay(schedule: StepDecay, step: usize) -> f64 {
            schedule.rate(step)
        }

        /// Half a cosine.
        fn cosine(from: f64, to: f64, progress: f64) -> f64 {
            lab::cosine(from, to, progress)
        }

        /// The learning rate of a step.
        fn warmup_cosine(schedule: WarmupCosine, step: usize) -> f64 {
            schedule.rate(step)
        }

        /// The learning rate of a step.
        fn one_cycle(schedule: OneCycle, step: usize) -> f64 {
            schedule.rate(step)
        }

        /// The gradients after clipping, and the norm before.
        fn clip_grad_norm(gradients: Vec<Tensor<f64>>, max_norm: f64) -> (Vec<Tensor<f64>>, f64) {
            let mut gradients = gradients;
            let norm = lab::clip_grad_norm(&mut gradients, max_norm);
            (gradients, norm)
        }

        /// The gradients after clipping.
        fn clip_grad_value(gradients: Vec<Tensor<f64>>, limit: f64) -> Vec<Tensor<f64>> {
            let mut gradients = gradients;
            lab::clip_grad_value(&mut gradients, limit);
            gradients
        }

        /// The rates of a range test.
        fn geometric_rates(low: f64, high: f64, steps: usize) -> Vec<f64> {
            lab::geometric_rates(low, high, steps)
        }

        /// The smoothed losses.
        fn smoothed(losses: Vec<f64>, beta: f64) -> Vec<f64> {
            lab::smoothed(&losses, beta)
        }

        /// A range test whose steps have these losses; the test, and the rates with which a step was trained.
        fn range_test(rates: Vec<f64>, losses: Vec<f64>) -> (RangeTest, Vec<f64>) {
            let trained = RefCell::new(Vec::new());
            let train_step = |rate: f64| {
                let mut trained = trained.borrow_mut();
                trained.push(rate);
                losses.get(trained.len() - 1).copied().unwrap_or(f64::NAN)
            };
            let test = lab::range_test(&rates, train_step);
            (test, trained.into_inner())
        }

        /// The rate that a range test suggests.
        fn suggestion(test: RangeTest) -> f64 {
            test.suggestion()
        }

        /// H·v at a place of a landscape.
        fn hessian_vector_product(landscape: Landscape, x: Tensor<f64>, v: Tensor<f64>) -> Tensor<f64> {
            lab::hessian_vector_product(|x| landscape.height(x), &x, &v)
        }

        /// The same where the caller has turned recording off.
        fn hessian_vector_product_unrecorded(landscape: Landscape, x: Tensor<f64>, v: Tensor<f64>) -> Tensor<f64> {
            no_grad(|| lab::hessian_vector_product(|x| landscape.height(x), &x, &v))
        }

        /// The solution of A·x = b, and how often A was asked for a product.
        fn conjugate_gradient(matrix: Tensor<f64>, b: Tensor<f64>, solve: Solve) -> (Tensor<f64>, usize) {
            let mut products = 0;
            let n = b.numel();
            let product = |p: &Tensor<f64>| {
                products += 1;
                matrix.matmul(&p.reshape([n, 1])).reshape(n)
            };
            let x = lab::conjugate_gradient(product, &b, solve);
            (x, products)
        }

        /// One step of Newton's method.
        fn newton_step(landscape: Landscape, x: Tensor<f64>, solve: Solve) -> Tensor<f64> {
            lab::newton_step(|x| landscape.height(x), &x, solve)
        }
    }
}

/// The rules with their settings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Rule {
    Sgd,
    Momentum { beta: f64 },
    EmaMomentum { beta: f64 },
    Nesterov { beta: f64 },
    Adagrad { eps: f64 },
    RmsProp { alpha: f64, eps: f64 },
    Adam { betas: [f64; 2], eps: f64, weight_decay: f64 },
    AdamW { betas: [f64; 2], eps: f64, weight_decay: f64 },
}

impl Rule {
    fn optimizer(self, size: usize) -> Box<dyn Optimizer<f64>> {
        let adam = |[beta1, beta2]: [f64; 2], eps: f64| {
            let mut adam = Adam::new(size);
            (adam.beta1, adam.beta2, adam.eps) = (beta1, beta2, eps);
            adam
        };
        match self {
            Rule::Sgd => Box::new(Sgd),
            Rule::Momentum { beta } => Box::new(Momentum::new(size, beta)),
            Rule::EmaMomentum { beta } => Box::new(EmaMomentum::new(size, beta)),
            Rule::Nesterov { beta } => Box::new(Nesterov::new(size, beta)),
            Rule::Adagrad { eps } => {
                let mut adagrad = Adagrad::new(size);
                adagrad.eps = eps;
                Box::new(adagrad)
            }
            Rule::RmsProp { alpha, eps } => {
                let mut rms_prop = RmsProp::new(size);
                (rms_prop.alpha, rms_prop.eps) = (alpha, eps);
                Box::new(rms_prop)
            }
            Rule::Adam { betas, eps, weight_decay } => {
                let mut adam = adam(betas, eps);
                adam.weight_decay = weight_decay;
                Box::new(adam)
            }
            Rule::AdamW { betas, eps, weight_decay } => {
                let mut adamw = AdamW::new(size);
                adamw.adam = adam(betas, eps);
                adamw.weight_decay = weight_decay;
                Box::new(adamw)
            }
        }
    }
}

/// ½(θ − m)ᵀA(θ − m) with a symmetric A.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bowl {
    /// The rows of A.
    pub(crate) matrix: Vec<Vec<f64>>,
    /// m.
    pub(crate) minimum: Vec<f64>,
}

impl Bowl {
    /// A(θ − m).
    pub(crate) fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        let away: Vec<f64> = theta.iter().zip(&self.minimum).map(|(theta, m)| theta - m).collect();
        self.matrix.iter().map(|row| row.iter().zip(&away).map(|(a, d)| a * d).sum()).collect()
    }
}

/// Functions with Hessians.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Landscape {
    /// ⟨a, x⟩.
    Plane { a: Tensor<f64> },
    /// ½⟨x − m, A(x − m)⟩ over all entries of x, in row-major order.
    Bowl { matrix: Tensor<f64>, minimum: Tensor<f64> },
    /// Σ exp(cᵢxᵢ) − ⟨a, x⟩.
    Exponentials { c: Tensor<f64>, a: Tensor<f64> },
    /// (1 − x)² + 100(y − x²)².
    Rosenbrock,
}

impl Landscape {
    fn height(&self, x: &Tensor<f64>) -> Tensor<f64> {
        match self {
            Landscape::Plane { a } => (x * a).sum(..),
            Landscape::Bowl { matrix, minimum } => {
                let n = x.numel();
                let away = (x - minimum).reshape([n, 1]);
                (&away * matrix.matmul(&away)).sum(..) * 0.5
            }
            Landscape::Exponentials { c, a } => (x * c).exp().sum(..) - (x * a).sum(..),
            Landscape::Rosenbrock => {
                let (x, y) = (x.narrow(0, 0, 1), x.narrow(0, 1, 1));
                let valley = (&y - x.square()).square() * 100.0;
                ((x * -1.0 + 1.0).square() + valley).sum(..)
            }
        }
    }
}
