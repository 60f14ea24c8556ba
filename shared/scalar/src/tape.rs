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

/// One recorded number: how it was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) operation: &'static str,
    pub(crate) value: f64,
    /// The parents' places and the partial derivatives with respect to them; the first `arity` count.
    parents: [u32; 2],
    partials: [f64; 2],
    arity: u8,
}

impl Node {
    /// The parents' places, each with the partial derivative.
    pub(crate) fn edges(&self) -> impl Iterator<Item = (usize, f64)> {
        let edges = self.parents.into_iter().zip(self.partials).take(self.arity.into());
        edges.map(|(parent, partial)| (parent as usize, partial))
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
        self.push(Node { operation: "input", value, parents: [0; 2], partials: [0.0; 2], arity: 0 })
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
    /// Beyond 2³² nodes.
    fn push(&self, node: Node) -> Var<'_> {
        let mut nodes = self.nodes.borrow_mut();
        let place = u32::try_from(nodes.len()).expect("a tape holds up to 2³² numbers");
        nodes.push(node);
        Var { tape: self, place, value: node.value }
    }

    pub(crate) fn with_nodes<R>(&self, look: impl FnOnce(&[Node]) -> R) -> R {
        look(&self.nodes.borrow())
    }
}

/// The derivatives of one number with respect to everything that it was computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient {
    adjoints: Vec<f64>,
}

impl Gradient {
    /// The derivative with respect to a variable of the same tape; 0 where there is no dependence.
    pub fn wrt(&self, x: Var<'_>) -> f64 {
        self.at(x.place as usize)
    }

    pub(crate) fn at(&self, place: usize) -> f64 {
        self.adjoints.get(place).copied().unwrap_or(0.0)
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
            let mut adjoints = vec![0.0; self.place() + 1];
            adjoints[self.place()] = 1.0;
            for place in (0..=self.place()).rev() {
                let adjoint = adjoints[place];
                for (parent, partial) in nodes[place].edges() {
                    adjoints[parent] += adjoint * partial;
                }
            }
            Gradient { adjoints }
        })
    }

    /// f(x), where the slope f'(x) is given.
    fn unary(self, operation: &'static str, value: f64, slope: f64) -> Self {
        let (parents, partials) = ([self.place, 0], [slope, 0.0]);
        self.tape.push(Node { operation, value, parents, partials, arity: 1 })
    }

    /// f(a, b), where ∂f/∂a and ∂f/∂b are given.
    ///
    /// # Panics
    /// If the two are on different tapes.
    #[track_caller]
    fn binary(self, other: Self, operation: &'static str, value: f64, partials: [f64; 2]) -> Self {
        assert!(std::ptr::eq(self.tape, other.tape), "{operation}: the two numbers are on different tapes");
        let parents = [self.place, other.place];
        self.tape.push(Node { operation, value, parents, partials, arity: 2 })
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $sign:literal |$a:ident, $b:ident| $value:expr, [$da:expr, $db:expr];)+) => {$(
        impl<'t> $trait for Var<'t> {
            type Output = Var<'t>;
            #[track_caller]
            fn $method(self, other: Var<'t>) -> Var<'t> {
                let ($a, $b) = (self.value, other.value);
                self.binary(other, $sign, $value, [$da, $db])
            }
        }

        impl<'t> $trait<f64> for Var<'t> {
            type Output = Var<'t>;
            fn $method(self, $b: f64) -> Var<'t> {
                let $a = self.value;
                self.unary($sign, $value, $da)
            }
        }

        impl<'t> $trait<Var<'t>> for f64 {
            type Output = Var<'t>;
            fn $method(self, other: Var<'t>) -> Var<'t> {
                let ($a, $b) = (self, other.value);
                other.unary($sign, $value, $db)
            }
        }
    )+};
}

operators! {
    Add add "+" |a, b| a + b, [1.0, 1.0];
    Sub sub "−" |a, b| a - b, [1.0, -1.0];
    Mul mul "·" |a, b| a * b, [b, a];
    Div div "/" |a, b| a / b, [1.0 / b, -a / (b * b)];
}

impl<'t> Neg for Var<'t> {
    type Output = Var<'t>;
    fn neg(self) -> Var<'t> {
        self.unary("−", -self.value, -1.0)
    }
}

impl Real for Var<'_> {
    fn value(self) -> f64 {
        self.value
    }

    fn exp(self) -> Self {
        let y = self.value.exp();
        self.unary("exp", y, y)
    }

    fn ln(self) -> Self {
        self.unary("ln", self.value.ln(), self.value.recip())
    }

    fn sqrt(self) -> Self {
        let y = self.value.sqrt();
        self.unary("√", y, 0.5 / y)
    }

    fn sin(self) -> Self {
        self.unary("sin", self.value.sin(), self.value.cos())
    }

    fn cos(self) -> Self {
        self.unary("cos", self.value.cos(), -self.value.sin())
    }

    fn tanh(self) -> Self {
        let y = self.value.tanh();
        self.unary("tanh", y, 1.0 - y * y)
    }

    fn relu(self) -> Self {
        self.unary("relu", self.value.max(0.0), if self.value > 0.0 { 1.0 } else { 0.0 })
    }

    fn powi(self, n: i32) -> Self {
        let slope = if n == 0 { 0.0 } else { f64::from(n) * self.value.powi(n - 1) };
        self.unary("power", self.value.powi(n), slope)
    }
}
