//! The checks that students see, in the order of the steps.

mod activations;
mod features;
mod folding;
mod mlp;
mod neurons;
mod rosenblatt;

use grading::Check;

use crate::contract::Contract;

/// What a check is given: the lab, whoever wrote it.
type Lab<'a> = &'a dyn Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [
        activations::checks(),
        neurons::checks(),
        rosenblatt::checks(),
        mlp::checks(),
        folding::checks(),
        features::checks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
