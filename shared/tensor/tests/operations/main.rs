//! The operation table: every operation, in `f32` and `f64`, over contiguous, permuted, sliced, expanded, empty and
//! one-element inputs, against a slow twin that loops over indices in double precision.
//!
//! Four laws hold for every line: the values are the oracle's up to rounding, the gradient is the oracle's by
//! central differences, the second derivative is the gradient's, and the bits do not depend on the number of
//! threads. A new operation is one more line.

mod complete;
mod elementwise;
mod guards;
mod naive;
mod reduce;
mod spatial;
mod structure;
mod table;

use table::Operation;

fn operations() -> Vec<Operation> {
    [elementwise::operations(), reduce::operations(), structure::operations(), spatial::operations()]
        .into_iter()
        .flatten()
        .collect()
}

fn assert_law(law: fn(&Operation) -> Vec<String>, applies: fn(&Operation) -> bool) {
    let operations: Vec<Operation> = operations().into_iter().filter(applies).collect();
    let failures: Vec<String> = operations.iter().flat_map(law).collect();
    println!("{} operations", operations.len());
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn values_agree_with_the_oracle() {
    assert_law(table::agrees_with_oracle, |_| true);
}

#[test]
fn gradients_agree_with_differences_of_the_oracle() {
    assert_law(table::gradient_is_the_oracles, |operation| operation.differentiable);
}

#[test]
fn second_derivatives_agree_with_differences_of_the_gradient() {
    assert_law(table::second_derivative_is_the_firsts, |operation| operation.differentiable);
}

#[test]
fn bits_are_the_same_with_one_and_more_threads() {
    assert_law(table::bits_do_not_depend_on_threads, |_| true);
}
