//! The inputs that the checks are tried on, and what the answers are by other ways than the lab's.

use std::fmt;
use std::ops::RangeInclusive;

use grading::prelude::*;
use grading::proptest::collection::vec;
use scalar::{Dual, Real};
use tensor::{Float, Tensor};

use crate::contract::Operation::{self, Add, Div, Exp, Ln, Mul, Neg, Powi, Relu, Sub, Tanh};
use crate::contract::{Activation, Expression, Function, Graph};

/// A value that the text of a failure shows by its name: `η = 0.1`.
#[derive(Clone, Copy)]
pub(crate) struct Named<T> {
    name: &'static str,
    pub(crate) value: T,
}

impl<T: fmt::Debug> fmt::Debug for Named<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {:?}", self.name, self.value)
    }
}

/// What a strategy draws, by name.
pub(crate) fn named<S: Strategy>(name: &'static str, strategy: S) -> impl Strategy<Value = Named<S::Value>> {
    strategy.prop_map(move |value| Named { name, value })
}

/// Whole numbers as `f64`, times a unit, by name.
pub(crate) fn multiples(
    name: &'static str,
    range: RangeInclusive<i32>,
    unit: f64,
) -> impl Strategy<Value = Named<f64>> {
    named(name, range.prop_map(move |n| f64::from(n) * unit))
}

impl Operation {
    pub(crate) fn arity(self) -> usize {
        if matches!(self, Add | Sub | Mul | Div) { 2 } else { 1 }
    }

    /// By anything else than values that can be computed with: plain numbers, dual numbers.
    pub(crate) fn of<R: Real>(self, x: &[R]) -> R {
        match self {
            Add => x[0] + x[1],
            Sub => x[0] - x[1],
            Mul => x[0] * x[1],
            Div => x[0] / x[1],
            Neg => -x[0],
            Powi(n) => x[0].powi(n),
            Exp => x[0].exp(),
            Ln => x[0].ln(),
            Tanh => x[0].tanh(),
            Relu => x[0].relu(),
        }
    }

    /// The derivative with respect to one operand, by forward mode.
    pub(crate) fn partial(self, x: &[f64], operand: usize) -> f64 {
        let duals: Vec<Dual> = x.iter().map(|&x| Dual::constant(x)).collect();
        let seeded =
            |(place, dual): (usize, Dual)| if place == operand { Dual::variable(dual.value) } else { dual };
        self.of(&duals.into_iter().enumerate().map(seeded).collect::<Vec<_>>()).derivative
    }

    /// Whether the operation is tame here: away from kinks and poles, neither result nor slopes large.
    fn is_tame(self, x: &[f64]) -> bool {
        let result = self.of(x);
        let domain = match self {
            Div => x[1].abs() >= 0.5,
            Ln => x[0] >= 0.5,
            Powi(_) => x[0].abs() >= 0.5,
            Relu => x[0].abs() >= 0.01,
            _ => true,
        };
        domain && result.abs() <= 8.0
    }
}

pub(crate) fn operations() -> impl Strategy<Value = Operation> {
    prop_oneof![
        Just(Add),
        Just(Sub),
        Just(Mul),
        Just(Div),
        Just(Neg),
        (-3..=4).prop_map(Powi),
        Just(Exp),
        Just(Ln),
        Just(Tanh),
        Just(Relu)
    ]
}

impl Expression {
    /// All numbers, inputs first.
    pub(crate) fn values<R: Real>(&self, inputs: &[R]) -> Vec<R> {
        let mut values = inputs.to_vec();
        for (operation, operands) in &self.steps {
            let operands: Vec<R> = operands.iter().map(|&place| values[place]).collect();
            values.push(operation.of(&operands));
        }
        values
    }

    pub(crate) fn value(&self, inputs: &[f64]) -> f64 {
        *self.values(inputs).last().expect("an expression has an input")
    }

    /// The gradient by forward mode: one run for each input.
    pub(crate) fn gradient_by_duals(&self, inputs: &[f64]) -> Vec<f64> {
        let run = |wrt: usize| {
            let dual = |(place, &x)| if place == wrt { Dual::variable(x) } else { Dual::constant(x) };
            let duals: Vec<Dual> = inputs.iter().enumerate().map(dual).collect();
            self.values(&duals).last().expect("an expression has an input").derivative
        };
        (0..inputs.len()).map(run).collect()
    }

    /// How far right gradients may be apart. An error of rounding in one of the n steps reaches the result through
    /// products of partial derivatives along paths; the sum of these products, with |∂| + 1 in place of ∂ (the partial
    /// derivatives have errors too), bounds what becomes of it. Slopes and curvatures of tame operations are below 64.
    pub(crate) fn tolerance(&self, inputs: &[f64]) -> Tolerance {
        let values = self.values(inputs);
        let mut reach = vec![1.0_f64; inputs.len()];
        for (operation, operands) in &self.steps {
            let x: Vec<f64> = operands.iter().map(|&place| values[place]).collect();
            let through = operands.iter().enumerate();
            reach
                .push(through.map(|(i, &place)| (operation.partial(&x, i).abs() + 1.0) * reach[place]).sum());
        }
        Tolerance::sum_of(64 * (self.steps.len() + 1)).times(reach.iter().copied().fold(1.0, f64::max))
    }
}

/// Expressions of up to `longest` steps with inputs for which every step is tame.
pub(crate) fn expressions(longest: usize) -> impl Strategy<Value = (Expression, Vec<f64>)> {
    let inputs = vec((-20..=20_i32).prop_map(|x| f64::from(x) / 10.0), 1..=3);
    let steps = vec((operations(), [any::<u16>(), any::<u16>()]), 1..=longest);
    (inputs, steps).prop_map(|(inputs, drawn)| {
        let mut values = inputs.clone();
        let mut steps = Vec::new();
        for (operation, places) in drawn {
            // Later numbers come up more often, so that expressions are deep as well as wide.
            let place = |drawn: u16| values.len() - 1 - usize::from(drawn) % values.len().min(4);
            let operands: Vec<usize> =
                places[..operation.arity()].iter().map(|&drawn| place(drawn)).collect();
            let x: Vec<f64> = operands.iter().map(|&place| values[place]).collect();
            // tanh is tame everywhere.
            let (operation, operands) =
                if operation.is_tame(&x) { (operation, operands) } else { (Tanh, operands[..1].to_vec()) };
            values.push(operation.of(&x[..operation.arity()]));
            steps.push((operation, operands));
        }
        (Expression { inputs: inputs.len(), steps }, inputs)
    })
}

impl Graph {
    /// Which nodes the root was computed from, itself included.
    pub(crate) fn reached_from(&self, root: usize) -> Vec<bool> {
        let mut reached = vec![false; self.parents.len()];
        reached[root] = true;
        for place in (0..=root).rev() {
            if reached[place] {
                self.parents[place].iter().for_each(|&(parent, _)| reached[parent] = true);
            }
        }
        reached
    }

    /// The derivative of `root` with respect to each node, forwards: a derivative of 1 at that node is carried on to all
    /// that was computed from it.
    pub(crate) fn derivatives(&self, root: usize) -> Vec<f64> {
        (0..self.parents.len())
            .map(|wrt| {
                let mut derivatives: Vec<f64> = Vec::new();
                for (place, parents) in self.parents.iter().enumerate() {
                    let carried = parents.iter().map(|&(parent, d)| d * derivatives[parent]).sum::<f64>();
                    derivatives.push(if place == wrt { 1.0 } else { carried });
                }
                derivatives[root]
            })
            .collect()
    }

    /// The derivatives of the last node.
    pub(crate) fn gradient(&self) -> Vec<f64> {
        self.derivatives(self.parents.len() - 1)
    }
}

/// Graphs of up to `most` nodes with up to three parents each, of which some may be the same.
///
/// Partial derivatives are multiples of ½ up to 2, and not 0; simple ones are 1. With at most 12 nodes, all sums and products of them are multiples of
/// 2⁻¹¹ below 6¹¹, which `f64` holds exactly: no order of computing them rounds.
pub(crate) fn graphs(most: usize) -> impl Strategy<Value = Graph> {
    let edge = (any::<u16>(), -4..=2_i32);
    vec(vec(edge, 0..=3), 1..=most).prop_map(|nodes| {
        let parents = |(place, edges): (usize, Vec<(u16, i32)>)| {
            let edge = |(drawn, d): (u16, i32)| {
                // Near ones more often: deep graphs as well as wide ones.
                (place > 0).then(|| {
                    (
                        place - 1 - usize::from(drawn) % place.min(4),
                        f64::from(if d < 0 { d } else { d + 2 }) / 2.0,
                    )
                })
            };
            edges.into_iter().filter_map(edge).collect()
        };
        Graph { parents: nodes.into_iter().enumerate().map(parents).collect() }
    })
}

impl Activation {
    pub(crate) fn of<R: Real>(self, x: R) -> R {
        match self {
            Activation::Relu => x.relu(),
            Activation::Tanh => x.tanh(),
            // σ(x) = (1 + tanh(x/2)) / 2.
            Activation::Sigmoid => ((x / 2.0).tanh() + 1.0) / 2.0,
        }
    }

    pub(crate) fn slope(self, x: f64) -> f64 {
        self.of(Dual::variable(x)).derivative
    }
}

impl Function {
    pub(crate) fn gradient(self, x: &Tensor<f64>) -> Tensor<f64> {
        let whole = self.of(x);
        let slope = |(place, x): (usize, f64)| {
            let c = Self::factor(place);
            match self {
                Function::Linear => c,
                Function::Square => 2.0 * c * x,
                Function::Sine => c * (c * x).cos(),
                Function::Exponential => c * (c * x).exp(),
                Function::Product => whole / (x + 3.0),
            }
        };
        Tensor::from_vec(x.to_vec().into_iter().enumerate().map(slope).collect(), x.shape())
    }
}

pub(crate) fn functions() -> impl Strategy<Value = Function> {
    prop_oneof![
        Just(Function::Linear),
        Just(Function::Square),
        Just(Function::Sine),
        Just(Function::Exponential),
        Just(Function::Product)
    ]
}

/// Shapes of one to three dimensions.
pub(crate) fn shapes() -> impl Strategy<Value = Vec<usize>> {
    vec(1..=3_usize, 1..=3)
}

/// ⟨a, b⟩, over all entries.
pub(crate) fn inner(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    a.to_vec().into_iter().zip(b.to_vec()).map(|(a, b)| a * b).sum()
}

/// What a linear layer needs, with a gradient of its output.
#[derive(Debug, Clone)]
pub(crate) struct Linear {
    /// \[N, D\]
    pub(crate) x: Tensor<f64>,
    /// \[O, D\]
    pub(crate) weight: Tensor<f64>,
    /// \[O\]
    pub(crate) bias: Tensor<f64>,
    /// \[N, O\]
    pub(crate) dy: Tensor<f64>,
}

/// Changes of x, weight and bias of a linear layer.
pub(crate) type Changes = (Tensor<f64>, Tensor<f64>, Tensor<f64>);

pub(crate) fn linears(most: usize) -> impl Strategy<Value = Linear> {
    (1..=most, 1..=most, 1..=most).prop_flat_map(|(n, d, o)| {
        (tensors([n, d]), tensors([o, d]), tensors([o]), tensors([n, o]))
            .prop_map(|(x, weight, bias, dy)| Linear { x, weight, bias, dy })
    })
}

/// Logits with labels: N from 1 to 4, K from 2 to 5, entries up to `size`.
pub(crate) fn logits(size: f64) -> impl Strategy<Value = (Tensor<f64>, Vec<usize>)> {
    (1..=4_usize, 2..=5_usize)
        .prop_flat_map(move |(n, k)| (tensors([n, k]).prop_map(move |z| z * size), vec(0..k, n)))
}

/// A network's parameters: weight and bias of each layer.
pub(crate) type Layers = Vec<[Tensor<f64>; 2]>;

/// Networks of one to `most` layers with a batch and its labels.
pub(crate) fn networks(most: usize) -> impl Strategy<Value = (Layers, Tensor<f64>, Vec<usize>)> {
    (vec(1..=4_usize, 1..=most), 2..=4_usize, 1..=3_usize).prop_flat_map(|(mut sizes, classes, n)| {
        let inputs = sizes[0];
        sizes.push(classes);
        let layers: Vec<_> =
            sizes.windows(2).map(|pair| [tensors([pair[1], pair[0]]), tensors([pair[1]])]).collect();
        (layers, tensors([n, inputs]), vec(0..classes, n))
    })
}

/// The activations of a network, number by number: what [`Real`]s make of the input \[N, D\], with each parameter given
/// by a function of layer, row and column; the last column is the bias.
pub(crate) fn network_by_loops<R: Real>(
    shapes: &[[usize; 2]],
    parameter: impl Fn(usize, usize, usize) -> R,
    x: &[Vec<R>],
) -> Vec<Vec<Vec<R>>> {
    let mut activations = vec![x.to_vec()];
    for (layer, &[outputs, inputs]) in shapes.iter().enumerate() {
        let unit = |row: &Vec<R>, o: usize| {
            let sum =
                (0..inputs).fold(parameter(layer, o, inputs), |sum, d| sum + parameter(layer, o, d) * row[d]);
            if layer + 1 < shapes.len() { sum.relu() } else { sum }
        };
        let rows = activations[layer].iter();
        activations.push(rows.map(|row| (0..outputs).map(|o| unit(row, o)).collect()).collect());
    }
    activations
}

/// Rows of numbers as a tensor.
pub(crate) fn matrix(rows: &[Vec<f64>]) -> Tensor<f64> {
    Tensor::from_vec(rows.concat(), [rows.len(), rows.first().map_or(0, Vec::len)])
}

/// A tensor's rows.
pub(crate) fn rows<T: Float>(x: &Tensor<T>) -> Vec<Vec<T>> {
    x.unbind(0).iter().map(Tensor::to_vec).collect()
}
