//! The graph behind a value: an order in which to go through it, and the backward pass.

use std::collections::{HashMap, HashSet};

use crate::Value;

/// Everything that `root` was computed from, each number once, parents before what was computed from them; `root` comes
/// last.
///
/// It does not call itself: a graph may be deeper than the stack of nested calls.
pub fn topological_order(root: &Value) -> Vec<Value> {
    // BEGIN SOLUTION 2.1: a depth-first search with a stack of your own: a number goes to the list after its parents
    //> let mut order: Vec<Value> = Vec::new();
    //> let mut seen: HashSet<usize> = HashSet::new();
    //> // What is still to be done: a number, and whether its parents have been seen to.
    //> let mut stack: Vec<(Value, bool)> = vec![(root.clone(), false)];
    let mut order: Vec<Value> = Vec::new();
    let mut seen: HashSet<usize> = HashSet::new();
    // What is still to be done: a number, and whether its parents have been seen to.
    let mut stack: Vec<(Value, bool)> = vec![(root.clone(), false)];
    while let Some((value, parents_done)) = stack.pop() {
        if parents_done {
            order.push(value);
        } else if seen.insert(value.id()) {
            let parents = value.parents().iter().map(|(parent, _)| (parent.clone(), false));
            let parents: Vec<_> = parents.collect();
            stack.push((value, true));
            stack.extend(parents);
        }
    }
    order
    // END SOLUTION
}

impl Value {
    /// Adds to the gradient of everything that this number was computed from its derivative: see
    /// [`backward_with`](Self::backward_with), with a cotangent of 1.
    pub fn backward(&self) {
        self.backward_with(1.0);
    }

    /// Adds dy · ∂self/∂v to the gradient of every number v that this one was computed from, itself included, by the
    /// chain rule: the adjoint of v is
    ///
    /// v̄ = Σ over the numbers c computed from v: c̄ · ∂c/∂v, and that of this number is dy.
    ///
    /// What earlier backward passes left in the gradients stays there and takes no part.
    pub fn backward_with(&self, dy: f64) {
        // BEGIN SOLUTION 3.1: from the last number of the order to the first, pass each adjoint on to the parents
        //> // The adjoints of this pass, by id; 0 for what is not in the map yet.
        //> let mut adjoints: HashMap<usize, f64> = HashMap::new();
        // The adjoints of this pass, by id; 0 for what is not in the map yet.
        let mut adjoints: HashMap<usize, f64> = HashMap::from([(self.id(), dy)]);
        for value in topological_order(self).iter().rev() {
            let adjoint = adjoints.get(&value.id()).copied().unwrap_or(0.0);
            value.set_grad(value.grad() + adjoint);
            for (parent, partial) in value.parents() {
                *adjoints.entry(parent.id()).or_insert(0.0) += adjoint * partial;
            }
        }
        // END SOLUTION
    }

    /// Sets the gradient of this number and of everything that it was computed from to 0.
    pub fn zero_grad(&self) {
        // BEGIN SOLUTION 3.2: 0 for every number of the order
        for value in topological_order(self) {
            value.set_grad(0.0);
        }
        // END SOLUTION
    }
}
