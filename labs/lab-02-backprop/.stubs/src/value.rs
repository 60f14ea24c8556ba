//! A number that remembers how it was computed.
//!
//! [`Value`] is a handle: cloning it copies a pointer, and all clones are the same number. The number itself is a node
//! of a graph whose edges lead from a result to what it was computed from, its *parents*, each with the partial
//! derivative of the result with respect to it. That is all that a backward pass needs to know; which operation it was
//! is kept only to be drawn. The shape is that of micrograd (Karpathy, 2020).

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::is_grad_enabled;

/// A number in a graph.
///
/// ```
/// use lab_02_backprop::Value;
///
/// let (a, b) = (Value::new(2.0), Value::new(3.0));
/// let y = &a * &b + &a;
/// assert_eq!(y.data(), 8.0);
/// y.backward();
/// assert_eq!((a.grad(), b.grad()), (4.0, 2.0));
/// ```
#[derive(Clone)]
pub struct Value(Rc<Node>);

/// The number behind the handles. It never changes, but for its gradient: a `Cell` may be written through a shared
/// reference, and a node is shared by all who were computed from it.
struct Node {
    operation: &'static str,
    data: f64,
    grad: Cell<f64>,
    parents: Vec<(Value, f64)>,
}

impl Value {
    /// A number that was not computed from others: an input, a parameter or a constant.
    pub fn new(data: f64) -> Value {
        Value::node("input", data, Vec::new())
    }

    /// The result `data` of an operation, computed from `parents`, each with the partial derivative of the result with
    /// respect to it. Where nothing is recorded (see [`no_grad`](crate::no_grad)), the result has no parents.
    pub fn record(operation: &'static str, data: f64, parents: &[(&Value, f64)]) -> Value {
        todo!("1.1: a node with these parents, or with none while is_grad_enabled() says no")
    }

    fn node(operation: &'static str, data: f64, parents: Vec<(Value, f64)>) -> Value {
        Value(Rc::new(Node { operation, data, grad: Cell::new(0.0), parents }))
    }

    /// The number itself.
    pub fn data(&self) -> f64 {
        self.0.data
    }

    /// What backward passes have added up here: the derivative of their outputs with respect to this number.
    pub fn grad(&self) -> f64 {
        self.0.grad.get()
    }

    /// Sets the gradient.
    pub fn set_grad(&self, grad: f64) {
        self.0.grad.set(grad);
    }

    /// What this number was computed from, each with the partial derivative with respect to it. The same number may
    /// stand here twice, as in a·a.
    pub fn parents(&self) -> &[(Value, f64)] {
        &self.0.parents
    }

    /// The operation that computed this number, as it is drawn: `"+"`, `"tanh"`; `"input"` if none did.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// What tells two numbers of the same size apart: the address of the node, equal for all clones of one value. It
    /// stays theirs as long as one of them lives.
    pub fn id(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

/// Takes the graph apart without recursion.
///
/// Left to itself, Rust would drop a node by dropping its parents, they theirs, and so on: one nested call for each
/// node of a chain, and after some ten thousand of them the stack overflows. So we move the parents of whatever dies
/// with this node to a list, and work the list off. `Rc::into_inner` is the node itself if this was its last handle.
impl Drop for Node {
    fn drop(&mut self) {
        let mut orphans = std::mem::take(&mut self.parents);
        while let Some((value, _)) = orphans.pop() {
            if let Some(mut node) = Rc::into_inner(value.0) {
                orphans.append(&mut node.parents);
            }
        }
    }
}

/// Shows the number and not the graph behind it, which may be large.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({}, data {}, grad {})", self.operation(), self.data(), self.grad())
    }
}
