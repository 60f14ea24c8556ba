//! Steps 1 to 4: the engine of single numbers.

use grading::prelude::*;
use grading::proptest::collection::vec;
use scalar::Tape;

use crate::cases::{expressions, graphs};
use crate::contract::{Contract, Expression, Graph, Operation};
use crate::hidden::Lab;

/// A graph in which every node was computed from the one before it, twice: 2ⁿ paths in n nodes.
fn ladder(rungs: usize) -> Graph {
    let parents = |node: usize| if node == 0 { Vec::new() } else { vec![(node - 1, 0.5), (node - 1, 0.5)] };
    Graph { parents: (0..=rungs).map(parents).collect() }
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("operations_at_their_edges", "1")
            .law("Results and partial derivatives are right far out, at 0, and for operands of either sign.")
            .points(2)
            .hints(["Try each formula at 0, at −0 and at ±100 with a pencil: which of them gives NaN or ∞?"])
            .example(|lab: Lab| {
                let cases: [(Operation, &[f64]); 14] = [
                    (Operation::Powi(0), &[0.0]),
                    (Operation::Powi(1), &[0.0]),
                    (Operation::Powi(2), &[0.0]),
                    (Operation::Powi(-3), &[-0.25]),
                    (Operation::Powi(1), &[-1e9]),
                    (Operation::Exp, &[-800.0]),
                    (Operation::Exp, &[0.0]),
                    (Operation::Ln, &[1e-9]),
                    (Operation::Tanh, &[100.0]),
                    (Operation::Tanh, &[-100.0]),
                    (Operation::Relu, &[-0.0]),
                    (Operation::Relu, &[1e9]),
                    (Operation::Div, &[0.0, -1e-3]),
                    (Operation::Mul, &[0.0, -1e9]),
                ];
                for (operation, x) in cases {
                    let (result, partials) = lab.apply(operation, x.to_vec())?;
                    let name = format!("{operation:?} of {x:?}");
                    let tolerance = Tolerance::operations(16).plus(Tolerance::sum_of(2));
                    expect::close(&name, &result, &operation.of(x), tolerance)?;
                    let expected: Vec<f64> = (0..x.len()).map(|operand| operation.partial(x, operand)).collect();
                    expect::close(&format!("the partial derivatives of {name}"), &partials, &expected, tolerance)?;
                }
                Ok(())
            }),
        Check::new("order_of_large_graphs", "2")
            .law("Once each, parents first, the root last: in graphs of up to 80 nodes, and where 2⁴⁰ paths lead to a node.")
            .points(2)
            .hints(["A number that has been seen is not searched again, however many paths lead to it."])
            .property(
                prop_oneof![9 => graphs(80).boxed(), 1 => Just(ladder(40)).boxed()],
                |lab: Lab, graph: &Graph| {
                    let root = graph.parents.len() - 1;
                    let order = lab.topological_order(graph.clone())?;
                    let count = graph.reached_from(root).into_iter().filter(|&reached| reached).count();
                    expect::equal("how many are listed", order.len(), count)?;
                    expect::equal("the last", order.last(), Some(&root))?;
                    let mut done = vec![false; root + 1];
                    for node in order {
                        expect::that(node <= root && !done[node], || format!("node {node} is listed twice"))?;
                        expect::that(graph.parents[node].iter().all(|&(parent, _)| done[parent]), || {
                            format!("node {node} stands before one of its parents")
                        })?;
                        done[node] = true;
                    }
                    Ok(())
                },
            ),
        Check::new("gradients_of_several_roots_add_up", "3")
            .law("Backward passes from several numbers of one graph leave the sum of their gradients, in any order.")
            .points(3)
            .hints(["Each pass begins with no adjoints but its own root's, and adds to what the gradients hold."])
            .property(
                graphs(12).prop_flat_map(|graph| {
                    let roots = vec(0..graph.parents.len(), 1..=4);
                    (Just(graph), roots)
                }),
                |lab: Lab, (graph, roots): &(Graph, Vec<usize>)| {
                    let got = lab.backward_from(graph.clone(), roots.clone())?;
                    let mut expected = vec![0.0; graph.parents.len()];
                    for &root in roots {
                        expected.iter_mut().zip(graph.derivatives(root)).for_each(|(sum, d)| *sum += d);
                    }
                    expect::close("the gradient of each node", &got, &expected, Tolerance::EXACT)?;
                    Ok(())
                },
            ),
        Check::new("a_ladder_takes_a_step_a_rung", "3")
            .law("Where each number is the sum of two halves of the one before, 2⁴⁰ paths, every gradient is 1.")
            .points(2)
            .hints(["Each number passes its adjoint on once, when it is complete, not once for each path."])
            .example(|lab: Lab| {
                let got = lab.backward(ladder(40), vec![1.0])?;
                expect::close("the gradient of each node", &got, &vec![1.0; 41], Tolerance::EXACT)?;
                let thrice = lab.backward(ladder(40), vec![1.0, 0.5, -2.0])?;
                expect::close("the gradient after three passes", &thrice, &vec![-0.5; 41], Tolerance::EXACT)?;
                let (zeroed, again) = lab.zero_grad(ladder(40))?;
                expect::close("the gradient after zero_grad", &zeroed, &vec![0.0; 41], Tolerance::EXACT)?;
                expect::close("the gradient of the next pass", &again, &vec![1.0; 41], Tolerance::EXACT)?;
                Ok(())
            }),
        Check::new("engine_agrees_with_tape_and_differences", "3")
            .law("The gradient of a long expression is that of an index tape, and that of central differences.")
            .points(3)
            .hints(["Let the visible check of random expressions find a small one that fails."])
            .property(expressions(20), |lab: Lab, (expression, inputs): &(Expression, Vec<f64>)| {
                let (value, gradient) = lab.differentiate(expression.clone(), inputs.clone())?;
                let tape = Tape::new();
                let variables: Vec<_> = inputs.iter().map(|&x| tape.var(x)).collect();
                let adjoints = expression.values(&variables).last().expect("there is an input").backward();
                let expected: Vec<f64> = variables.iter().map(|&x| adjoints.wrt(x)).collect();
                let tolerance = expression.tolerance(inputs);
                expect::close("the value", &value, &expression.value(inputs), tolerance)?;
                expect::close("the gradient", &gradient, &expected, tolerance)?;
                for (place, slope) in gradient.iter().enumerate() {
                    let moved = |by: f64| {
                        let mut moved = inputs.clone();
                        moved[place] += by;
                        expression.value(&moved)
                    };
                    // Where two step sizes disagree, a kink or a large third derivative is near, and differences say
                    // nothing.
                    let difference = |h: f64| (moved(h) - moved(-h)) / (2.0 * h);
                    let (fine, coarse) = (difference(1e-5), difference(2e-5));
                    if (fine - coarse).abs() <= 1e-6 * (1.0 + fine.abs()) {
                        let bound = Tolerance::within(1e-4);
                        expect::close(&format!("the derivative with respect to input {place}"), slope, &fine, bound)?;
                    }
                }
                Ok(())
            }),
        Check::new("what_was_not_recorded_is_constant", "4")
            .law("Where the first steps ran under no_grad, their results count as constants.")
            .points(2)
            .hints(["A number without parents ends every path; numbers that were recorded keep theirs."])
            .property(
                expressions(10).prop_flat_map(|(expression, inputs)| {
                    let unrecorded = 0..=expression.steps.len();
                    (Just(expression), Just(inputs), unrecorded)
                }),
                |lab: Lab, (expression, inputs, unrecorded): &(Expression, Vec<f64>, usize)| {
                    let got = lab.differentiate_partly(expression.clone(), inputs.clone(), *unrecorded)?;
                    // The same expression with those results as further inputs.
                    let values = expression.values(inputs);
                    let known = expression.inputs + unrecorded;
                    let rest = Expression { inputs: known, steps: expression.steps[*unrecorded..].to_vec() };
                    let gradient = rest.gradient_by_duals(&values[..known]);
                    let tolerance = expression.tolerance(inputs);
                    expect::close("the gradient", &got, &gradient[..inputs.len()].to_vec(), tolerance)?;
                    Ok(())
                },
            ),
    ]
}
