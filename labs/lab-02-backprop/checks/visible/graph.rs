//! Steps 2 and 3: the topological order and the backward pass.

use grading::prelude::*;

use crate::cases::{Named, expressions, graphs, multiples};
use crate::contract::{Contract, Expression, Graph};
use crate::visible::Lab;

/// Whether each node stands after its parents.
fn parents_come_first(graph: &Graph, order: &[usize]) -> Verdict {
    let position = |node: usize| order.iter().position(|&listed| listed == node);
    for (at, &node) in order.iter().enumerate() {
        for &(parent, _) in graph.parents.get(node).into_iter().flatten() {
            expect::that(position(parent).is_some_and(|before| before < at), || {
                format!(
                    "node {node} stands before its parent {parent} in the order {order:?}: on the way back, node \
                     {parent} would pass its adjoint on before it is complete"
                )
            })?;
        }
    }
    Ok(())
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("order_lists_everything_once", "2")
            .law("The order lists all that the root was computed from, each number once, and the root last.")
            .hints([
                "A number that was used twice is reached twice. How do you know that you have been there?",
                "Clones of a value are the same number and have the same id(). `HashSet::insert` says whether \
                 something is new.",
                "while let Some((value, parents_done)) = stack.pop() { if parents_done { order.push(value); } else if \
                 seen.insert(value.id()) { … push (value.clone(), true), then each parent as (parent.clone(), \
                 false) … } }",
            ])
            .property(graphs(12), |lab: Lab, graph: &Graph| {
                let root = graph.parents.len() - 1;
                let order = lab.topological_order(graph.clone())?;
                let reached = graph.reached_from(root);
                let expected: Vec<usize> = (0..=root).filter(|&node| reached[node]).collect();
                let mut listed = order.clone();
                listed.sort_unstable();
                let mut once = listed.clone();
                once.dedup();
                expect::that(listed.len() == once.len(), || format!("some node is listed twice: {order:?}"))?;
                expect::equal("the set of the nodes that are listed", listed, expected.clone())
                    .suspect("the root itself is missing", || expected[..expected.len() - 1].to_vec())
                    .suspect("only the root is listed", || vec![root])?;
                expect::equal("the last node", order.last(), Some(&root))
                    .suspect("the order is the wrong way round: the root stands first", || order.first().filter(|_| order.len() > 1))?;
                Ok(())
            }),
        Check::new("order_puts_parents_first", "2")
            .law("Every number stands after all of its parents, however the graph branches and joins again.")
            .points(2)
            .hints([
                "When is a number complete, so that it may be put on the list?",
                "Put it back on the stack, marked, below its parents: when it comes up again, they are done. Whether \
                 a number has been seen must be asked when it is taken from the stack, not when it is put there.",
                "if parents_done { order.push(value); } else if seen.insert(value.id()) { stack.push((value.clone(), \
                 true)); for (parent, _) in value.parents() { stack.push((parent.clone(), false)); } }",
            ])
            .property(graphs(12), |lab: Lab, graph: &Graph| {
                let order = lab.topological_order(graph.clone())?;
                parents_come_first(graph, &order)
            }),
        Check::new("order_needs_no_deep_stack", "2")
            .law("The order of a chain of 100,000 numbers is found in 256 KiB of stack: no function calls itself once per node.")
            .hints([
                "A function that calls itself for each parent is 100,000 calls deep at the beginning of this chain.",
                "Keep what is still to be done in a Vec instead: push, and pop in a loop. The handout has the table.",
                "while let Some((value, parents_done)) = stack.pop() { if parents_done { order.push(value); } else if \
                 seen.insert(value.id()) { stack.push((value.clone(), true)); for (parent, _) in value.parents() { \
                 stack.push((parent.clone(), false)); } } }",
            ])
            .example(|lab: Lab| {
                const LENGTH: usize = 100_000;
                let order = lab.topological_order_of_chain(LENGTH)?;
                expect::equal("how many are listed", order.len(), LENGTH)
                    .suspect("only the root is listed", || 1_usize)
                    .suspect("the root itself is missing", || LENGTH - 1)?;
                match (0..LENGTH).find(|&place| order[place] != place) {
                    None => Ok(()),
                    Some(place) => expect::that(false, || {
                        format!("number {} of the chain is listed at place {place}, where number {place} belongs", order[place])
                    }),
                }
            }),
        Check::new("gradient_sums_over_all_paths", "3")
            .law(
                "The gradient of a number is the sum, over all paths from it to the root, of the products of the \
                 partial derivatives on the path. A number that is used twice gets both.",
            )
            .points(3)
            .hints([
                "A number may be used several times. Each use sends it a part of its adjoint.",
                "Go through the order backwards, beginning at the root, whose adjoint is dy. For each parent, *add* \
                 (this adjoint) · (the partial derivative).",
                "for value in topological_order(self).iter().rev() { let adjoint = …; value.set_grad(value.grad() + \
                 adjoint); for (parent, partial) in value.parents() { *adjoints.entry(parent.id()).or_insert(0.0) += \
                 adjoint * partial; } }",
            ])
            .property(graphs(12), |lab: Lab, graph: &Graph| {
                let got = lab.backward(graph.clone(), vec![1.0])?;
                let expected = graph.gradient();
                expect::close("the gradient of each node", &got, &expected, Tolerance::EXACT)
                    .suspect("a later contribution overwrites an earlier one: = for +=", || overwriting(graph))
                    .suspect("the root's own gradient is missing", || {
                        let mut without = expected.clone();
                        if let Some(last) = without.last_mut() {
                            *last = 0.0;
                        }
                        without
                    })?;
                Ok(())
            }),
        Check::new("backward_again_adds", "3")
            .law("A second backward pass adds its own gradient to the first one's, at every node: twice the gradient.")
            .points(2)
            .hints([
                "What does the second pass begin with, and does it see what the first one left behind?",
                "The gradients are a memory between passes; the adjoints of one pass are another matter. If old \
                 gradients are passed on again, leaves get too much.",
                "Keep the adjoints of a pass in a map of their own, and add each to the node's grad once.",
            ])
            .property(graphs(12), |lab: Lab, graph: &Graph| {
                let once = graph.gradient();
                let twice: Vec<f64> = once.iter().map(|g| 2.0 * g).collect();
                let got = lab.backward(graph.clone(), vec![1.0, 1.0])?;
                expect::close("the gradient of each node after two passes", &got, &twice, Tolerance::EXACT)
                    .suspect("the second pass replaces the first one's gradient", || once.clone())
                    .suspect("the second pass passes on what the first one left", || passed_on_again(graph, false))
                    .suspect("the second pass passes on what the first one left", || passed_on_again(graph, true))?;
                Ok(())
            }),
        Check::new("backward_is_linear_in_the_cotangent", "3")
            .law("backward_with(α) and then backward_with(β) leave (α + β) times the gradient.")
            .hints([
                "Where does dy enter the computation?",
                "dy is the adjoint of the number from which the pass begins. Everything else is multiplied with it on \
                 the way.",
                "HashMap::from([(self.id(), dy)])",
            ])
            .property((graphs(12), multiples("α", -4..=4, 1.0), multiples("β", -4..=4, 1.0)), |lab: Lab, (graph, alpha, beta): &(Graph, Named<f64>, Named<f64>)| {
                let (alpha, beta) = (alpha.value, beta.value);
                let got = lab.backward(graph.clone(), vec![alpha, beta])?;
                let expected: Vec<f64> = graph.gradient().iter().map(|g| (alpha + beta) * g).collect();
                expect::close("the gradient of each node", &got, &expected, Tolerance::EXACT)
                    .suspect("the cotangent is taken to be 1", || {
                        graph.gradient().iter().map(|g| 2.0 * g).collect::<Vec<_>>()
                    })?;
                Ok(())
            }),
        Check::new("zero_grad_forgets", "3")
            .law("zero_grad sets every gradient of the graph to 0, so that the next backward pass starts afresh.")
            .hints([
                "Which numbers have a gradient after a backward pass?",
                "All that the root was computed from: the same list that backward goes through.",
                "for value in topological_order(self) { value.set_grad(0.0); }",
            ])
            .property(graphs(12), |lab: Lab, graph: &Graph| {
                let (zeroed, again) = lab.zero_grad(graph.clone())?;
                let expected = graph.gradient();
                expect::close("the gradient after zero_grad", &zeroed, &vec![0.0; expected.len()], Tolerance::EXACT)
                    .suspect("only the root's gradient is set to 0", || {
                        let mut rest = expected.clone();
                        if let Some(last) = rest.last_mut() {
                            *last = 0.0;
                        }
                        rest
                    })?;
                expect::close("the gradient of another backward pass", &again, &expected, Tolerance::EXACT)?;
                Ok(())
            }),
        Check::new("engine_agrees_with_forward_mode", "3")
            .law("For any expression, one backward pass gives the gradient that forward mode finds in a run for each input.")
            .points(3)
            .hints([
                "If steps 1 and 2 pass, the mistake is in the sum over the paths.",
                "Take the smallest expression that fails and write the partial derivative on each edge of its graph.",
                "Compare by hand: the gradient of an input is the sum over its paths to the result.",
            ])
            .property(expressions(8), |lab: Lab, (expression, inputs): &(Expression, Vec<f64>)| {
                let (value, gradient) = lab.differentiate(expression.clone(), inputs.clone())?;
                let tolerance = expression.tolerance(inputs);
                expect::close("the value", &value, &expression.value(inputs), tolerance)?;
                expect::close("the gradient", &gradient, &expression.gradient_by_duals(inputs), tolerance)?;
                Ok(())
            }),
        Check::new("long_chains_need_no_deep_stack", "3")
            .law("A chain of 100,000 products is differentiated in 256 KiB of stack: no function calls itself once per node.")
            .hints([
                "Does a function call itself once per node? See `topological_order`, step 2.",
                "Both functions of this step are loops over the order. If the check order_needs_no_deep_stack of step 2 \
                 passes, the recursion is in backward_with; if not, it is in topological_order.",
                "for value in topological_order(self).iter().rev() { … }, and in topological_order \
                 while let Some((value, parents_done)) = stack.pop() { … }",
            ])
            .example(|lab: Lab| {
                let factor = 1.0 + 1e-5;
                let (value, gradient) = lab.chain(100_000, factor)?;
                let expected = factor.powi(100_000);
                let tolerance = Tolerance::operations(2 * 100_000);
                expect::close("the end of the chain", &value, &expected, tolerance)?;
                expect::close("the gradient at its beginning", &gradient, &expected, tolerance)?;
                Ok(())
            }),
    ]
}

/// What comes out if each contribution to an adjoint replaces the one before.
fn overwriting(graph: &Graph) -> Vec<f64> {
    let mut adjoints = vec![0.0; graph.parents.len()];
    if let Some(last) = adjoints.last_mut() {
        *last = 1.0;
    }
    for place in (0..adjoints.len()).rev() {
        for &(parent, d) in &graph.parents[place] {
            adjoints[parent] = adjoints[place] * d;
        }
    }
    adjoints
}

/// What two passes give that work in the gradients themselves, as micrograd does. The root's is set to 1 each time, or
/// 1 is added to it.
fn passed_on_again(graph: &Graph, root_adds: bool) -> Vec<f64> {
    let mut grads = vec![0.0; graph.parents.len()];
    for _ in 0..2 {
        if let Some(last) = grads.last_mut() {
            *last = if root_adds { *last + 1.0 } else { 1.0 };
        }
        for place in (0..grads.len()).rev() {
            for &(parent, d) in &graph.parents[place] {
                grads[parent] += grads[place] * d;
            }
        }
    }
    grads
}
