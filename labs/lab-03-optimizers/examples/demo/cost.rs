//! What accuracy costs: Newton's method and stochastic gradient descent on a few and on many samples.
//!
//! Logistic regression tells two digits apart by 49 grey values and a constant. Its loss is convex, so that there is one
//! minimum to be compared with. The unit of cost is the gradient of one sample; a product with the Hessian counts as two.

use std::cell::Cell;

use data::ImageSet;
use lab_03_optimizers::{Sgd, Solve, minibatches, minimize, newton_step};
use tensor::random::Generator;
use tensor::{Tensor, grad, no_grad};

/// The penalty ½λ‖θ‖², without which a separable set has its minimum at infinity.
const PENALTY: f64 = 1e-2;

/// How many samples a step of stochastic gradient descent sees.
const BATCH: usize = 10;

/// Samples x [N, D] with labels ±1.
pub(crate) struct Regression {
    x: Tensor<f64>,
    y: Tensor<f64>,
}

/// The loss against the cost of getting there.
pub(crate) struct Curve {
    /// Gradients of single samples.
    pub(crate) cost: Vec<f64>,
    /// How far the loss is above its minimum.
    pub(crate) excess: Vec<f64>,
}

/// Both methods on so many samples.
pub(crate) struct Comparison {
    pub(crate) samples: usize,
    pub(crate) newton: Curve,
    pub(crate) sgd: Curve,
}

impl Regression {
    /// From a set of two digits, at a quarter of its resolution.
    pub(crate) fn new(digits: &ImageSet, samples: usize) -> Self {
        let digits = digits.take(samples).downsampled(4);
        let (images, labels) = digits.all();
        let samples = labels.len();
        let pixels = images.numel() / samples;
        let mut x = Vec::with_capacity(samples * (pixels + 1));
        for image in images.to_vec().chunks_exact(pixels) {
            x.extend(image.iter().map(|&grey| f64::from(grey)));
            x.push(1.0);
        }
        let y = labels.iter().map(|&label| if label == 0 { -1.0 } else { 1.0 }).collect();
        Self { x: Tensor::from_vec(x, [samples, pixels + 1]), y: Tensor::from_vec(y, [samples, 1]) }
    }

    pub(crate) fn samples(&self) -> usize {
        self.x.size(0)
    }

    fn features(&self) -> usize {
        self.x.size(1)
    }

    /// The mean of ln(1 + exp(−y·⟨x, θ⟩)), and the penalty.
    fn loss(&self, theta: &Tensor<f64>) -> Tensor<f64> {
        let margins = self.x.matmul(&theta.reshape([self.features(), 1])) * &self.y;
        (margins * -1.0).softplus().mean(..) + theta.square().sum(..) * (PENALTY / 2.0)
    }

    fn batch(&self, indices: &[usize]) -> Self {
        Self { x: self.x.index_select(0, indices), y: self.y.index_select(0, indices) }
    }

    fn start(&self) -> Tensor<f64> {
        Tensor::zeros(self.features())
    }

    /// Newton's method until nothing changes any more; the last place is the minimum.
    fn newton(&self) -> (Vec<Tensor<f64>>, Vec<f64>) {
        let solve = Solve { iterations: 200, tolerance: 1e-3 };
        let (mut places, mut costs) = (vec![self.start()], vec![0.0]);
        let mut cost = 0.0;
        for _ in 0..12 {
            // The loss is computed once for the gradient, and once for each product with the Hessian.
            let losses = Cell::new(0);
            let loss = |theta: &Tensor<f64>| {
                losses.set(losses.get() + 1);
                self.loss(theta)
            };
            places.push(newton_step(loss, &places[places.len() - 1], solve));
            cost += self.samples() as f64 * (1.0 + 2.0 * f64::from(losses.get() - 1));
            costs.push(cost);
        }
        (places, costs)
    }

    /// Stochastic gradient descent with a learning rate that falls as 1/n, for so many steps.
    fn sgd(&self, steps: usize, seed: u64) -> Vec<Vec<f64>> {
        let mut generator = Generator::seed(seed);
        let mut batches = Vec::new();
        while batches.len() < steps {
            batches.extend(minibatches(self.samples(), BATCH.min(self.samples()), &mut generator));
        }
        let mut batches = batches.into_iter();
        let gradient = |theta: &[f64]| {
            let batch = self.batch(&batches.next().expect("a batch for each step"));
            let leaf = Tensor::from_slice(theta, [theta.len()]).requires_grad_();
            grad(&batch.loss(&leaf), &[&leaf]).remove(0).to_vec()
        };
        let rate = |n: usize| 1.0 / (1.0 + PENALTY * n as f64);
        minimize(&mut Sgd, gradient, &self.start().to_vec(), rate, steps)
    }
}

/// Newton's method, and stochastic gradient descent at the same cost or a little more.
pub(crate) fn compare(problem: &Regression, steps: usize, seed: u64) -> Comparison {
    let (places, cost) = problem.newton();
    let loss = |theta: &Tensor<f64>| no_grad(|| problem.loss(theta)).item();
    let minimum = places.iter().map(loss).fold(f64::INFINITY, f64::min);
    let excess = places.iter().map(|theta| loss(theta) - minimum).collect();
    let newton = Curve { cost, excess };
    let path = problem.sgd(steps, seed);
    // At about twelve places per decade.
    let shown = |n: &usize| {
        *n < 12 || ((*n as f64).log10() * 12.0).floor() > ((*n as f64 - 1.0).log10() * 12.0).floor()
    };
    let seen: Vec<usize> = (0..path.len()).filter(shown).collect();
    let sgd = Curve {
        cost: seen.iter().map(|&n| (n * BATCH) as f64).collect(),
        excess: seen
            .iter()
            .map(|&n| loss(&Tensor::from_slice(&path[n], [path[n].len()])) - minimum)
            .collect(),
    };
    Comparison { samples: problem.samples(), newton, sgd }
}
