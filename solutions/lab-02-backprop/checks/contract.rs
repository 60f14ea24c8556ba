//! The functions that are graded, with their signatures.
//!
//! A [`Value`] cannot be sent to another process, so graphs travel as descriptions of themselves, and are built where
//! the student's code is.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use lab_02_backprop as lab;
use lab_02_backprop::{CrossEntropy, GradientCheck, Layer, LinearGradients, Mlp, Value};
use serde::{Deserialize, Serialize};
use tensor::Tensor;

/// The stack of a thread: recursion over a long chain overflows it, a loop does not.
const SMALL_STACK: usize = 256 << 10;

grading::contract! {
    /// What students write.
    pub(crate) trait Contract {
        /// The result of an operation and its derivatives with respect to the operands.
        fn apply(operation: Operation, operands: Vec<f64>) -> (f64, Vec<f64>) {
            let operands: Vec<Value> = operands.into_iter().map(Value::new).collect();
            let result = operation.apply(&operands);
            let slopes = operands.iter().map(|operand| slope(&result, operand)).collect();
            (result.data(), slopes)
        }

        /// The data of a recorded number, the data of its parents and the partial derivatives.
        fn record(data: f64, parents: Vec<(f64, f64)>) -> (f64, Vec<(f64, f64)>) {
            let parents: Vec<(Value, f64)> = parents.into_iter().map(|(x, d)| (Value::new(x), d)).collect();
            let parents: Vec<(&Value, f64)> = parents.iter().map(|(value, d)| (value, *d)).collect();
            let value = Value::record("node", data, &parents);
            (value.data(), value.parents().iter().map(|(parent, d)| (parent.data(), *d)).collect())
        }

        /// The order in which the nodes of a graph are listed, from its last one; a node that is none of the graph's
        /// counts as one beyond them.
        fn topological_order(graph: Graph) -> Vec<usize> {
            let nodes = build(&graph);
            let place = |value: &Value| nodes.iter().position(|node| node.id() == value.id());
            let order = nodes.last().map(lab::topological_order).unwrap_or_default();
            order.iter().map(|value| place(value).unwrap_or(nodes.len())).collect()
        }

        /// The order in which the nodes of a chain of this length are listed from its end, by their places in the chain;
        /// worked on with little stack.
        fn topological_order_of_chain(length: usize) -> Vec<usize> {
            on_a_thread(move || {
                let node = |value: Value, place: usize| Value::record("node", place as f64, &[(&value, 1.0)]);
                let end = (1..length).fold(Value::new(0.0), node);
                lab::topological_order(&end).iter().map(|value| value.data() as usize).collect()
            })
        }

        /// The gradients of all nodes after backward passes from the last one, with these cotangents.
        fn backward(graph: Graph, cotangents: Vec<f64>) -> Vec<f64> {
            let nodes = build(&graph);
            for dy in cotangents {
                nodes.iter().last().inspect(|root| root.backward_with(dy));
            }
            gradients(&nodes)
        }

        /// The gradients of all nodes after a backward pass from each of these nodes in turn.
        fn backward_from(graph: Graph, roots: Vec<usize>) -> Vec<f64> {
            let nodes = build(&graph);
            roots.into_iter().for_each(|root| nodes[root].backward());
            gradients(&nodes)
        }

        /// The gradients of all nodes after a backward pass and `zero_grad`, and those after another backward pass.
        fn zero_grad(graph: Graph) -> (Vec<f64>, Vec<f64>) {
            let nodes = build(&graph);
            let Some(root) = nodes.last() else { return Default::default() };
            root.backward();
            root.zero_grad();
            let zeroed = gradients(&nodes);
            root.backward();
            (zeroed, gradients(&nodes))
        }

        /// The number and the gradient at the beginning of a chain x, x·c, x·c·c, … of so many products, worked on
        /// with little stack.
        fn chain(length: usize, factor: f64) -> (f64, f64) {
            let work = move || {
                let x = Value::new(1.0);
                let end = (0..length).fold(x.clone(), |value, _| Value::record("·", value.data() * factor, &[(&value, factor)]));
                end.backward();
                (end.data(), x.grad())
            };
            on_a_thread(work)
        }

        /// The value of an expression and the gradient of its inputs.
        fn differentiate(expression: Expression, inputs: Vec<f64>) -> (f64, Vec<f64>) {
            let inputs: Vec<Value> = inputs.into_iter().map(Value::new).collect();
            let mut values = inputs.clone();
            for (operation, operands) in &expression.steps {
                let operands: Vec<Value> = operands.iter().map(|&place| values[place].clone()).collect();
                values.push(operation.apply(&operands));
            }
            let root = values.last().expect("an expression has an input");
            root.backward();
            (root.data(), gradients(&inputs))
        }

        /// The gradient of an expression's inputs where the first steps, so many of them, were not recorded.
        fn differentiate_partly(expression: Expression, inputs: Vec<f64>, unrecorded: usize) -> Vec<f64> {
            let inputs: Vec<Value> = inputs.into_iter().map(Value::new).collect();
            let mut values = inputs.clone();
            for (place, (operation, operands)) in expression.steps.iter().enumerate() {
                let operands: Vec<Value> = operands.iter().map(|&place| values[place].clone()).collect();
                let compute = || operation.apply(&operands);
                values.push(if place < unrecorded { lab::no_grad(compute) } else { compute() });
            }
            values.iter().last().inspect(|root| root.backward());
            gradients(&inputs)
        }

        /// How many parents a product has before, in, and after so many nested `no_grad`s, each with a product before
        /// and after the next one in it; `panics` in the innermost.
        fn no_grad(depth: usize, panics: bool) -> Vec<usize> {
            // A thread has its own switch: whatever happens to it does not disturb the checks that follow.
            on_a_thread(move || {
                let x = Value::new(2.0);
                let parents = || Value::record("·", 4.0, &[(&x, 2.0), (&x, 2.0)]).parents().len();
                let mut seen = vec![parents()];
                let inside = catch_unwind(AssertUnwindSafe(|| nested(depth, &parents, &mut seen, panics)));
                match inside {
                    Err(panic) if !panics => resume_unwind(panic),
                    _ => seen.push(parents()),
                }
                seen
            })
        }

        /// What a function returns through `no_grad`.
        fn through_no_grad(answer: f64) -> f64 {
            lab::no_grad(|| answer)
        }

        /// y = x·Wᵀ + b.
        fn linear(x: Tensor<f64>, weight: Tensor<f64>, bias: Tensor<f64>) -> Tensor<f64> {
            lab::linear(&x, &weight, &bias)
        }

        /// dx, dW and db.
        fn linear_backward(x: Tensor<f64>, weight: Tensor<f64>, dy: Tensor<f64>) -> [Tensor<f64>; 3] {
            let LinearGradients { x, weight, bias } = lab::linear_backward(&x, &weight, &dy);
            [x, weight, bias]
        }

        /// dx of an activation, from its output.
        fn activation_backward(activation: Activation, y: Tensor<f64>, dy: Tensor<f64>) -> Tensor<f64> {
            match activation {
                Activation::Relu => lab::relu_backward(&y, &dy),
                Activation::Tanh => lab::tanh_backward(&y, &dy),
                Activation::Sigmoid => lab::sigmoid_backward(&y, &dy),
            }
        }

        /// The loss and the probabilities.
        fn softmax_cross_entropy(logits: Tensor<f64>, labels: Vec<usize>) -> (f64, Tensor<f64>) {
            let CrossEntropy { loss, probabilities } = lab::softmax_cross_entropy(&logits, &labels);
            (loss, probabilities)
        }

        /// The gradient of the logits.
        fn softmax_cross_entropy_backward(probabilities: Tensor<f64>, labels: Vec<usize>, dloss: f64) -> Tensor<f64> {
            lab::softmax_cross_entropy_backward(&probabilities, &labels, dloss)
        }

        /// The mean squared error.
        fn mse(prediction: Tensor<f64>, target: Tensor<f64>) -> f64 {
            lab::mse(&prediction, &target)
        }

        /// The gradient of the prediction.
        fn mse_backward(prediction: Tensor<f64>, target: Tensor<f64>, dloss: f64) -> Tensor<f64> {
            lab::mse_backward(&prediction, &target, dloss)
        }

        /// The step h at x.
        fn step_size(x: f64) -> f64 {
            lab::step_size(x)
        }

        /// The central difference of a function of one number.
        fn central_difference(function: Function, x: f64, h: f64) -> f64 {
            lab::central_difference(|x| function.of(&Tensor::scalar(x)), x, h)
        }

        /// The central differences of a function.
        fn numerical_gradient(function: Function, x: Tensor<f64>) -> Tensor<f64> {
            lab::numerical_gradient(|x| function.of(x), &x)
        }

        /// The relative error of two numbers.
        fn relative_error(a: f64, b: f64) -> f64 {
            lab::relative_error(a, b)
        }

        /// The verdict on a gradient.
        fn check_gradient(function: Function, x: Tensor<f64>, gradient: Tensor<f64>) -> GradientCheck {
            lab::check_gradient(|x| function.of(x), &x, &gradient)
        }

        /// What the forward pass of a network keeps.
        fn mlp_forward(layers: Vec<[Tensor<f64>; 2]>, x: Tensor<f64>) -> Vec<Tensor<f64>> {
            mlp(layers).forward(&x)
        }

        /// The gradients dx, dW, db of each layer.
        fn mlp_backward(
            layers: Vec<[Tensor<f64>; 2]>,
            activations: Vec<Tensor<f64>>,
            dlogits: Tensor<f64>,
        ) -> Vec<[Tensor<f64>; 3]> {
            mlp(layers).backward(&activations, &dlogits).into_iter().map(|g| [g.x, g.weight, g.bias]).collect()
        }

        /// The loss of a batch, and the gradients of each layer.
        fn mlp_loss_and_gradients(
            layers: Vec<[Tensor<f64>; 2]>,
            x: Tensor<f64>,
            labels: Vec<usize>,
        ) -> (f64, Vec<[Tensor<f64>; 3]>) {
            let (loss, gradients) = mlp(layers).loss_and_gradients(&x, &labels);
            (loss, gradients.into_iter().map(|g| [g.x, g.weight, g.bias]).collect())
        }

        /// The parameters after a step with gradients \[dW, db\].
        fn mlp_step(
            layers: Vec<[Tensor<f64>; 2]>,
            gradients: Vec<[Tensor<f64>; 2]>,
            learning_rate: f64,
        ) -> Vec<[Tensor<f64>; 2]> {
            let mut mlp = mlp(layers);
            let gradients = gradients.into_iter().map(|[weight, bias]| {
                // No step looks at the gradient of a layer's input.
                LinearGradients { x: Tensor::zeros([0, 0]), weight, bias }
            });
            mlp.step(&gradients.collect::<Vec<_>>(), learning_rate);
            mlp.layers.into_iter().map(|layer| [layer.weight, layer.bias]).collect()
        }
    }
}

/// What can be done with values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Operation {
    Add,
    Sub,
    Mul,
    Div,
    Neg,
    Powi(i32),
    Exp,
    Ln,
    Tanh,
    Relu,
}

impl Operation {
    /// By the lab's own operations.
    fn apply(self, x: &[Value]) -> Value {
        match self {
            Operation::Add => &x[0] + &x[1],
            Operation::Sub => &x[0] - &x[1],
            Operation::Mul => &x[0] * &x[1],
            Operation::Div => &x[0] / &x[1],
            Operation::Neg => -&x[0],
            Operation::Powi(n) => x[0].powi(n),
            Operation::Exp => x[0].exp(),
            Operation::Ln => x[0].ln(),
            Operation::Tanh => x[0].tanh(),
            Operation::Relu => x[0].relu(),
        }
    }
}

/// A program: each step applies an operation to numbers before it, inputs or results of earlier steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Expression {
    /// How many inputs there are; they have the first places.
    pub(crate) inputs: usize,
    /// The operations with the places of their operands. The last result is that of the expression.
    pub(crate) steps: Vec<(Operation, Vec<usize>)>,
}

/// A graph without operations: each node with its parents, which come before it, and the partial derivatives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Graph {
    pub(crate) parents: Vec<Vec<(usize, f64)>>,
}

/// The activations with a backward pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Activation {
    Relu,
    Tanh,
    Sigmoid,
}

/// Functions of a tensor for the gradient check.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Function {
    /// 5 + Σ cᵢxᵢ.
    Linear,
    /// Σ cᵢxᵢ².
    Square,
    /// Σ sin(cᵢxᵢ).
    Sine,
    /// Σ exp(cᵢxᵢ).
    Exponential,
    /// Π (xᵢ + 3) / 3: every entry's derivative depends on all others.
    Product,
}

impl Function {
    /// cᵢ = 1, −½, ⅓, −¼ … and again from the eighth on.
    pub(crate) fn factor(place: usize) -> f64 {
        let size = 1.0 / (place % 8 + 1) as f64;
        if place.is_multiple_of(2) { size } else { -size }
    }

    pub(crate) fn of(self, x: &Tensor<f64>) -> f64 {
        let terms = x.to_vec().into_iter().enumerate().map(|(place, x)| (Self::factor(place), x));
        match self {
            Function::Linear => 5.0 + terms.map(|(c, x)| c * x).sum::<f64>(),
            Function::Square => terms.map(|(c, x)| c * x * x).sum(),
            Function::Sine => terms.map(|(c, x)| (c * x).sin()).sum(),
            Function::Exponential => terms.map(|(c, x)| (c * x).exp()).sum(),
            Function::Product => terms.map(|(_, x)| (x + 3.0) / 3.0).product(),
        }
    }
}

/// Runs `work` with little stack and with a recording switch of its own; panics pass through.
fn on_a_thread<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
    let thread = thread::Builder::new().stack_size(SMALL_STACK).spawn(work).expect("a thread can be started");
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// A description of a graph as the nodes themselves.
fn build(graph: &Graph) -> Vec<Value> {
    let mut nodes: Vec<Value> = Vec::new();
    for parents in &graph.parents {
        let parents: Vec<(&Value, f64)> = parents.iter().map(|&(place, d)| (&nodes[place], d)).collect();
        let node = if parents.is_empty() { Value::new(1.0) } else { Value::record("node", 1.0, &parents) };
        nodes.push(node);
    }
    nodes
}

fn gradients(values: &[Value]) -> Vec<f64> {
    values.iter().map(Value::grad).collect()
}

/// The derivative of a result with respect to an operand, over all ways through what was recorded: an operation may be
/// made of others, as a − b = a + (−b).
fn slope(result: &Value, operand: &Value) -> f64 {
    if result.id() == operand.id() {
        return 1.0;
    }
    result.parents().iter().map(|(parent, partial)| partial * slope(parent, operand)).sum()
}

fn nested(depth: usize, parents: &dyn Fn() -> usize, seen: &mut Vec<usize>, panics: bool) {
    if depth == 0 {
        assert!(!panics, "on purpose");
        return;
    }
    lab::no_grad(|| {
        seen.push(parents());
        nested(depth - 1, parents, seen, panics);
        seen.push(parents());
    });
}

fn mlp(layers: Vec<[Tensor<f64>; 2]>) -> Mlp<f64> {
    Mlp { layers: layers.into_iter().map(|[weight, bias]| Layer { weight, bias }).collect() }
}
