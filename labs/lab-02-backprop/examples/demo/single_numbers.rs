//! A network whose every weight is one [`Value`], trained by the engine of steps 1 to 4.

use data::toy::moons;
use lab_02_backprop::{Value, no_grad, topological_order};
use plots::{Figure, Grid, Scatter};
use tensor::Generator;

use crate::graph::draw;

/// How many units each of the two hidden layers has.
const HIDDEN: usize = 8;
const RATE: f64 = 0.5;
const X_RANGE: (f64, f64) = (-1.8, 2.8);
const Y_RANGE: (f64, f64) = (-1.4, 1.9);
const GRID: (usize, usize) = (45, 60);

/// tanh(w₁x₁ + w₂x₂ + b) with a squared error behind it, differentiated: what the engine has recorded.
pub(crate) fn neuron() -> Figure {
    let [x1, x2] = [2.0, -1.0].map(Value::new);
    let [w1, w2, b] = [0.5, 1.5, 0.25].map(Value::new);
    let y = (&w1 * &x1 + &w2 * &x2 + &b).tanh();
    y.backward();
    let names = [("x₁", &x1), ("x₂", &x2), ("w₁", &w1), ("w₂", &w2), ("b", &b), ("y", &y)];
    draw("A neuron, as the engine has recorded it", &y, &names)
}

/// A layer: for each unit the weights of its inputs, then its bias.
type Layer = Vec<Vec<Value>>;

/// What came of the training.
pub(crate) struct SingleNumbers {
    pub(crate) parameters: usize,
    /// The nodes of the loss's graph.
    pub(crate) nodes: usize,
    /// The loss before each step.
    pub(crate) losses: Vec<f64>,
    pub(crate) points: Vec<[f64; 2]>,
    pub(crate) labels: Vec<usize>,
    /// The share of points on the right side.
    pub(crate) accuracy: f64,
    /// The probability of class 1 on a grid.
    grid: Grid,
}

impl SingleNumbers {
    /// Trains 2-8-8-1 units on two moons, with all points in each step.
    pub(crate) fn train(steps: usize) -> Self {
        let mut generator = Generator::seed(1);
        let moons = moons(80, 0.12, &mut generator);
        let points: Vec<[f64; 2]> =
            (0..moons.labels.len()).map(|n| [0, 1].map(|d| f64::from(moons.x.get([n, d])))).collect();
        let mut layers = [(2, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1)].map(|(inputs, outputs)| -> Layer {
            let bound = (3.0 / inputs as f64).sqrt();
            let mut weight = |input: usize| {
                Value::new(if input == inputs { 0.0 } else { bound * (2.0 * generator.uniform() - 1.0) })
            };
            (0..outputs).map(|_| (0..=inputs).map(&mut weight).collect()).collect()
        });
        let (mut losses, mut nodes) = (Vec::new(), 0);
        for _ in 0..steps {
            let loss = loss(&layers, &points, &moons.labels);
            loss.backward();
            losses.push(loss.data());
            nodes = topological_order(&loss).len();
            // Values never change: a step makes new ones, with gradients of 0.
            let step = |weight: &mut Value| *weight = Value::new(weight.data() - RATE * weight.grad());
            layers.iter_mut().flatten().flatten().for_each(step);
        }
        let probability = |point: [f64; 2]| no_grad(|| 1.0 / (1.0 + (-output(&layers, point).data()).exp()));
        let right = points
            .iter()
            .zip(&moons.labels)
            .filter(|(point, label)| (probability(**point) > 0.5) == (**label == 1));
        Self {
            parameters: layers.iter().flatten().map(Vec::len).sum(),
            nodes,
            losses,
            accuracy: right.count() as f64 / points.len() as f64,
            grid: Grid::from_fn(X_RANGE, Y_RANGE, GRID, |x, y| probability([x, y])),
            points,
            labels: moons.labels,
        }
    }

    /// The points, and what the network says of the plane around them.
    pub(crate) fn plane(&self) -> plots::Result<Figure> {
        let coordinate = |d: usize| self.points.iter().map(|point| point[d]).collect::<Vec<f64>>();
        Scatter::new("")
            .points(&coordinate(0), &coordinate(1), &self.labels)
            .decision(X_RANGE, Y_RANGE, GRID, self.grid.values())
            .size(420.0, 300.0)
            .figure()
    }
}

/// The logit of class 1 at a point.
fn output(layers: &[Layer; 3], point: [f64; 2]) -> Value {
    let mut x: Vec<Value> = point.map(Value::new).into();
    for (place, layer) in layers.iter().enumerate() {
        let unit = |weights: &Vec<Value>| {
            let sum = x.iter().zip(weights).fold(weights[x.len()].clone(), |sum, (x, w)| sum + x * w);
            if place + 1 == layers.len() { sum } else { sum.tanh() }
        };
        x = layer.iter().map(unit).collect();
    }
    x.remove(0)
}

/// The mean of ln(1 + e^(∓z)): the cross-entropy of two classes.
fn loss(layers: &[Layer; 3], points: &[[f64; 2]], labels: &[usize]) -> Value {
    let losses = points.iter().zip(labels).map(|(&point, &label)| {
        let sign = if label == 1 { -1.0 } else { 1.0 };
        ((output(layers, point) * sign).exp() + 1.0).ln()
    });
    losses.reduce(|sum, loss| sum + loss).expect("there are points") / points.len() as f64
}
