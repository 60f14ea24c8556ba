//! The backward pass: from the newest node to the oldest.
//!
//! Node numbers grow with creation, so taking the largest one that is waiting visits every node after all that
//! depend on it: a topological order without sorting and without recursion.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::mode::with_recording;
use super::{Backward, Node};
use crate::error::OrPanic;
use crate::{Error, Float, Result, Tensor, profile};

/// One run of the engine.
pub(super) struct Pass<'a, T: Float> {
    /// Called `backward`, `grad`, … in messages.
    pub(super) name: &'static str,
    pub(super) output: &'a Tensor<T>,
    /// dℒ/d output; ones if there is none, which needs a scalar output.
    pub(super) seed: Option<Tensor<T>>,
    /// Whether the backward pass is recorded itself.
    pub(super) create_graph: bool,
}

impl<T: Float> Pass<'_, T> {
    /// Gradients into the leaves.
    pub(super) fn into_leaves(self) -> Result<()> {
        let create_graph = self.create_graph;
        self.run(None, |node, grad| {
            if node.is_leaf() {
                with_recording(create_graph, || node.accumulate(grad.clone()));
            }
        })
    }

    /// Gradients with respect to `targets`, which may stand anywhere in the graph. Nothing behind `barrier` is
    /// visited. A target on which the output does not depend gets `None`.
    pub(super) fn towards(
        self,
        targets: &[&Arc<Node<T>>],
        barrier: Option<&Arc<Node<T>>>,
    ) -> Result<Vec<Option<Tensor<T>>>> {
        let Some(root) = &self.output.node else {
            return Ok(vec![None; targets.len()]);
        };
        let needed = leading_to(root, targets, barrier);
        let wanted: HashSet<u64> = targets.iter().map(|node| node.id).collect();
        let mut found = HashMap::new();
        self.run(Some(&needed), |node, grad| {
            if wanted.contains(&node.id) {
                found.insert(node.id, grad.clone());
            }
        })?;
        Ok(targets.iter().map(|node| found.get(&node.id).cloned()).collect())
    }

    fn seed(&self) -> Result<Tensor<T>> {
        let shape = self.output.layout.shape;
        let seed = match &self.seed {
            Some(seed) if seed.layout.shape == shape => seed.clone(),
            Some(seed) => {
                let detail = format!("the output has shape {shape:?}, its gradient {:?}", seed.layout.shape);
                return Err(Error::shape(self.name, detail));
            }
            None if self.output.numel() == 1 => self.output.ones_like(),
            None => {
                let detail = format!(
                    "an output of shape {shape:?} is not a scalar: reduce it, e.g. .mean(..), or give its gradient"
                );
                return Err(Error::NoGradient { op: self.name, detail });
            }
        };
        // A backward pass is linear in dy. If dy requires a gradient, everything computed from it by tensor
        // operations does so too, which is how a pass over bare numbers is found out.
        let leaf = self.create_graph && !seed.requires_grad();
        Ok(if leaf { seed.requires_grad_() } else { seed })
    }

    /// Visits the nodes that lead to a target, or all; `visit` sees each with its complete gradient.
    fn run(
        self,
        needed: Option<&HashSet<u64>>,
        mut visit: impl FnMut(&Arc<Node<T>>, &Tensor<T>),
    ) -> Result<()> {
        let Some(root) = &self.output.node else {
            let detail = "the output does not depend on any tensor that requires a gradient: \
                          call .requires_grad_() on one before computing with it";
            return Err(Error::NoGradient { op: self.name, detail: detail.into() });
        };
        let seed = self.seed()?;
        if needed.is_some_and(|needed| !needed.contains(&root.id)) {
            return Ok(());
        }
        let mut waiting = BTreeMap::from([(root.id, (Arc::clone(root), seed))]);
        while let Some((_, (node, grad))) = waiting.pop_last() {
            let grad = node.hooked(grad);
            visit(&node, &grad);
            let Some(op) = &node.op else { continue };
            let needs: Vec<bool> = node
                .inputs
                .iter()
                .map(|input| {
                    input.as_ref().is_some_and(|input| needed.is_none_or(|needed| needed.contains(&input.id)))
                })
                .collect();
            if !needs.contains(&true) {
                continue;
            }
            let cx = Backward { dy: &grad, y: node.output(), needs: &needs };
            let grads = with_recording(self.create_graph, || profile::backward(|| op.backward(&cx)));
            assert!(
                grads.len() == node.inputs.len(),
                "the backward pass of {} returned {} gradients for {} inputs",
                op.name(),
                grads.len(),
                node.inputs.len()
            );
            for ((input, grad), needed) in node.inputs.iter().zip(grads).zip(needs) {
                let (Some(input), Some(grad), true) = (input, grad, needed) else {
                    continue;
                };
                assert!(
                    grad.layout.shape == input.shape,
                    "the backward pass of {} returned a gradient of shape {:?} for an input of shape {:?}, made by {}",
                    op.name(),
                    grad.layout.shape,
                    input.shape,
                    input.name()
                );
                if self.create_graph && !grad.requires_grad() {
                    return Err(Error::NotTwiceDifferentiable { op: op.name() });
                }
                let sum = match waiting.remove(&input.id) {
                    None => grad,
                    Some((_, sum)) => with_recording(self.create_graph, || sum + &grad),
                };
                waiting.insert(input.id, (Arc::clone(input), sum));
            }
        }
        Ok(())
    }
}

/// The nodes between the root and the targets, both included.
fn leading_to<T: Float>(
    root: &Arc<Node<T>>,
    targets: &[&Arc<Node<T>>],
    barrier: Option<&Arc<Node<T>>>,
) -> HashSet<u64> {
    let oldest = targets.iter().map(|node| node.id).min().unwrap_or(u64::MAX);
    let mut reachable: BTreeMap<u64, &Arc<Node<T>>> = BTreeMap::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let behind_barrier = barrier.is_some_and(|barrier| barrier.id == node.id);
        if node.id >= oldest && reachable.insert(node.id, node).is_none() && !behind_barrier {
            open.extend(node.inputs.iter().flatten());
        }
    }
    let mut needed: HashSet<u64> = targets.iter().map(|node| node.id).collect();
    for (id, node) in &reachable {
        let stops = barrier.is_some_and(|barrier| barrier.id == *id);
        if !stops && node.inputs.iter().flatten().any(|input| needed.contains(&input.id)) {
            needed.insert(*id);
        }
    }
    needed
}

/// The leaves that a graph ends in, oldest first.
pub(super) fn leaves<T: Float>(root: &Arc<Node<T>>) -> Vec<Arc<Node<T>>> {
    let mut seen = HashSet::new();
    let mut found = BTreeMap::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        if seen.insert(node.id) {
            if node.is_leaf() {
                found.insert(node.id, Arc::clone(node));
            }
            open.extend(node.inputs.iter().flatten());
        }
    }
    found.into_values().collect()
}

impl<T: Float> Tensor<T> {
    /// Computes the gradient of this scalar with respect to every leaf it depends on, and adds it to their
    /// [`grad`](Self::grad). Calling it for several losses accumulates.
    ///
    /// # Panics
    /// If this is not a scalar, or nothing it depends on requires a gradient.
    #[track_caller]
    pub fn backward(&self) {
        self.try_backward().or_panic();
    }

    /// Like [`backward`](Self::backward), with an error instead of a panic.
    pub fn try_backward(&self) -> Result<()> {
        self.backward_pass(None)
    }

    /// Like [`backward`](Self::backward), for an output of any shape, from its gradient `dy`.
    ///
    /// # Panics
    /// If `dy` has another shape, or nothing this depends on requires a gradient.
    #[track_caller]
    pub fn backward_with(&self, dy: &Tensor<T>) {
        self.backward_pass(Some(dy.clone())).or_panic();
    }

    fn backward_pass(&self, seed: Option<Tensor<T>>) -> Result<()> {
        Pass { name: "backward", output: self, seed, create_graph: false }.into_leaves()
    }
}
