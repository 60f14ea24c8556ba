//! The checks that students see, in the order of the steps.

mod gradient_check;
mod graph;
mod layers;
mod losses;
mod mlp;
mod mode;
mod operations;

use grading::Check;

use crate::contract::Contract;

/// What a check is given: the lab, whoever wrote it.
type Lab<'a> = &'a dyn Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [
        operations::checks(),
        graph::checks(),
        mode::checks(),
        layers::checks(),
        losses::checks(),
        gradient_check::checks(),
        mlp::checks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
