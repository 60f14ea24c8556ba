//! Reverse mode: write down what is computed, then walk back.
//!
//! A [`Tape`] is a list of nodes. Each holds the places of its (at most two) parents and the *partial derivatives*
//! with respect to them, which are plain numbers once the values are known. A node's parents stand before it, so the
//! order of the list is a topological order: one loop from the end multiplies the chain rule out
//!
//! ∂z/∂p = Σ over the children c of p: ∂z/∂c · ∂c/∂p,
//!
//! and meets every node after all of its children (Linnainmaa 1970). No recursion, no reference counting: the list is
//! dropped as a whole.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::Real;

/// Records what is computed with the variables made from it.
#[derive(Debug, Default)]
pub struct Tape {
    nodes: RefCell<Vec<Node>>,
}

/// One recorded number: how it was made. A million of them lie in memory at once, so a node is five words and no more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) value: f64,
    partials: [f64; 2],
    /// The parents' places *plus one*; 0 is nobody.
    parents: [u32; 2],
    pub(crate) operation: Operation,
}

impl Node {
    /// The parents' places, each with the partial derivative.
    pub(crate) fn edges(&self) -> impl Iterator<Item = (usize, f64)> {
        let edges = self.parents.into_iter().zip(self.partials).filter(|&(parent, _)| parent > 0);
        edges.map(|(parent, partial)| (parent as usize - 1, partial))
    }
}

/// What a node was computed by, for the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    Input,
    Add,
    Sub,
    Mul,
    Div,
    Neg,
    Exp,
    Ln,
    Sqrt,
    Sin,
    Cos,
    Tanh,
    Relu,
    Power,
}

impl Operation {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Add => "+",
            Self::Sub | Self::Neg => "−",
            Self::Mul => "·",
            Self::Div => "/",
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Sqrt => "√",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tanh => "tanh",
            Self::Relu => "relu",
            Self::Power => "power",
        }
    }
}

/// A recorded number. It is `Copy`: only a place on the tape, and the value.
#[derive(Debug, Clone, Copy)]
pub struct Var<'t> {
    tape: &'t Tape,
    place: u32,
    value: f64,
}

impl Tape {
    /// An empty tape.
    pub fn new() -> Self {
        Self::default()
    }

    /// An input: a number that nothing was computed for.
    pub fn var(&self, value: f64) -> Var<'_> {
        self.push(Node { value, partials: [0.0; 2], parents: [0; 2], operation: Operation::Input })
    }

    /// How many numbers are recorded.
    pub fn len(&self) -> usize {
        self.nodes.borrow().len()
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// # Panics
    /// Beyond 2³² − 1 nodes.
    fn push(&self, node: Node) -> Var<'_> {
        let mut nodes = self.nodes.borrow_mut();
        let place = nodes.len() as u32;
        assert!(place < u32::MAX, "a tape holds up to 2³² − 1 numbers");
        nodes.push(node);
        Var { tape: self, place, value: node.value }
    }

    pub(crate) fn with_nodes<R>(&self, look: impl FnOnce(&[Node]) -> R) -> R {
        look(&self.nodes.borrow())
    }
}

/// The derivatives of one number with respect to everything that it was computed from.
#[derive(Debug, Clone)]
pub struct Gradient {
    /// Of the number in place i at i + 1; what flows to nobody ends at 0, so that no node needs to be asked how many
    /// parents it has.
    adjoints: Vec<f64>,
}

impl Gradient {
    /// The derivative with respect to a variable of the same tape; 0 where there is no dependence.
    pub fn wrt(&self, x: Var<'_>) -> f64 {
        self.at(x.place as usize)
    }

    pub(crate) fn at(&self, place: usize) -> f64 {
        self.adjoints.get(place + 1).copied().unwrap_or(0.0)
    }
}

impl<'t> Var<'t> {
    pub(crate) fn tape(self) -> &'t Tape {
        self.tape
    }

    pub(crate) fn place(self) -> usize {
        self.place as usize
    }

    /// The gradient of this number: one loop from its node to the first.
    pub fn backward(self) -> Gradient {
        self.tape.with_nodes(|nodes| {
            let nodes = &nodes[..=self.place()];
            let mut adjoints = vec![0.0; nodes.len() + 1];
            adjoints[nodes.len()] = 1.0;
            for (place, node) in nodes.iter().enumerate().rev() {
                let adjoint = adjoints[place + 1];
                for (parent, partial) in node.parents.into_iter().zip(node.partials) {
                    adjoints[parent as usize] += adjoint * partial;
                }
            }
            Gradient { adjoints }
        })
    }

    /// f(x), where the slope f'(x) is given.
    fn unary(self, operation: Operation, value: f64, slope: f64) -> Self {
        let (parents, partials) = ([self.place + 1, 0], [slope, 0.0]);
        self.tape.push(Node { value, partials, parents, operation })
    }

    /// f(a, b), where ∂f/∂a and ∂f/∂b are given.
    ///
    /// # Panics
    /// If the two are on different tapes.
    #[track_caller]
    fn binary(self, other: Self, operation: Operation, value: f64, partials: [f64; 2]) -> Self {
        assert!(
            std::ptr::eq(self.tape, other.tape),
            "{}: the two numbers are on different tapes",
            operation.symbol()
        );
        let parents = [self.place + 1, other.place + 1];
        self.tape.push(Node { value, partials, parents, operation })
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $operation:ident |$a:ident, $b:ident| $value:expr, [$da:expr, $db:expr];)+) => {$(
        impl<'t> $trait for Var<'t> {
            type Output = Var<'t>;
            #[track_caller]
            fn $method(self, other: Var<'t>) -> Var<'t> {
                let ($a, $b) = (self.value, other.value);
                self.binary(other, Operation::$operation, $value, [$da, $db])
            }
        }

        impl<'t> $trait<f64> for Var<'t> {
            type Output = Var<'t>;
            fn $method(self, $b: f64) -> Var<'t> {
                let $a = self.value;
                self.unary(Operation::$operation, $value, $da)
            }
        }

        impl<'t> $trait<Var<'t>> for f64 {
            type Output = Var<'t>;
            fn $method(self, other: Var<'t>) -> Var<'t> {
                let ($a, $b) = (self, other.value);
                other.unary(Operation::$operation, $value, $db)
            }
        }
    )+};
}

operators! {
    Add add Add |a, b| a + b, [1.0, 1.0];
    Sub sub Sub |a, b| a - b, [1.0, -1.0];
    Mul mul Mul |a, b| a * b, [b, a];
    Div div Div |a, b| a / b, [1.0 / b, -a / (b * b)];
}

impl<'t> Neg for Var<'t> {
    type Output = Var<'t>;
    fn neg(self) -> Var<'t> {
        self.unary(Operation::Neg, -self.value, -1.0)
    }
}

impl Real for Var<'_> {
    fn value(self) -> f64 {
        self.value
    }

    fn exp(self) -> Self {
        let y = self.value.exp();
        self.unary(Operation::Exp, y, y)
    }

    fn ln(self) -> Self {
        self.unary(Operation::Ln, self.value.ln(), self.value.recip())
    }

    fn sqrt(self) -> Self {
        let y = self.value.sqrt();
        self.unary(Operation::Sqrt, y, 0.5 / y)
    }

    fn sin(self) -> Self {
        self.unary(Operation::Sin, self.value.sin(), self.value.cos())
    }

    fn cos(self) -> Self {
        self.unary(Operation::Cos, self.value.cos(), -self.value.sin())
    }

    fn tanh(self) -> Self {
        let y = self.value.tanh();
        self.unary(Operation::Tanh, y, 1.0 - y * y)
    }

    fn relu(self) -> Self {
        self.unary(Operation::Relu, self.value.max(0.0), if self.value > 0.0 { 1.0 } else { 0.0 })
    }

    fn powi(self, n: i32) -> Self {
        let slope = if n == 0 { 0.0 } else { f64::from(n) * self.value.powi(n - 1) };
        self.unary(Operation::Power, self.value.powi(n), slope)
    }
}
