//! Gradient checkpointing: memory for computation.
//!
//! The activations inside `f` are not kept for the backward pass but computed again when it gets there (Chen et
//! al., *Training Deep Nets with Sublinear Memory Cost*, 2016). It is one more operation, whose inputs are `x` and
//! the leaves that `f` captures.

use std::sync::Arc;

use super::engine::{Pass, leaves};
use super::node::Node;
use super::{Backward, Grads, Op, enable_grad};
use crate::error::OrPanic;
use crate::random::{self, Generator};
use crate::{Float, Tensor};

/// `f(x)`, whose inner activations are computed again in the backward pass instead of being kept.
///
/// Values and gradients are bit for bit those of `f(x)`: random layers inside `f` see the same random numbers both
/// times. `f` must compute the same whenever it is called; it is called once more per backward pass.
///
/// ```
/// use tensor::{Tensor, checkpoint};
/// let w = Tensor::from([2.0f32]).requires_grad_();
/// let x = Tensor::from([3.0f32]).requires_grad_();
/// let y = checkpoint({ let w = w.clone(); move |x| (x * &w).tanh().exp() }, &x);
/// y.sum(..).backward();
/// assert!(x.grad().is_some() && w.grad().is_some());
/// ```
pub fn checkpoint<T: Float>(
    f: impl Fn(&Tensor<T>) -> Tensor<T> + Send + Sync + 'static,
    x: &Tensor<T>,
) -> Tensor<T> {
    let generator = random::snapshot();
    // The graph of this first run tells which leaves `f` captures; it is dropped at once.
    let input = if x.requires_grad() { x.detach().requires_grad_() } else { x.clone() };
    let y = f(&input);
    let Some(root) = &y.node else { return y };
    let captured: Vec<_> = leaves(root)
        .into_iter()
        .filter(|leaf| input.node.as_ref().is_none_or(|node| !Arc::ptr_eq(node, leaf)))
        .collect();
    y.detach().record_if(
        true,
        || std::iter::once(x.node.clone()).chain(captured.iter().cloned().map(Some)).collect(),
        || Checkpoint { f: Box::new(f), x: x.clone(), captured: captured.clone(), generator },
    )
}

type Segment<T> = dyn Fn(&Tensor<T>) -> Tensor<T> + Send + Sync;

struct Checkpoint<T: Float> {
    f: Box<Segment<T>>,
    x: Tensor<T>,
    captured: Vec<Arc<Node<T>>>,
    generator: Generator,
}

impl<T: Float> Op<T> for Checkpoint<T> {
    fn name(&self) -> &'static str {
        "Checkpoint"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let create_graph = super::is_grad_enabled();
        // A node of its own for the input bounds this pass, also where the leaves stand before `x` too.
        let x = match (self.x.requires_grad(), create_graph) {
            (false, _) => self.x.clone(),
            (true, false) => self.x.detach().requires_grad_(),
            (true, true) => self.x.detach().record(&[&self.x], || Alias),
        };
        let y = random::with(self.generator.clone(), || enable_grad(|| (self.f)(&x)));
        let mut targets: Vec<&Arc<Node<T>>> = x.node.iter().collect();
        targets.extend(&self.captured);
        let pass = Pass { name: "checkpoint", output: &y, seed: Some(cx.dy.clone()), create_graph };
        let mut grads = pass.towards(&targets, x.node.as_ref()).or_panic();
        if x.node.is_none() {
            grads.insert(0, None);
        }
        grads
    }
}

/// The input under a node of its own.
struct Alias;

impl<T: Float> Op<T> for Alias {
    fn name(&self) -> &'static str {
        "Alias"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.clone())]
    }
}
