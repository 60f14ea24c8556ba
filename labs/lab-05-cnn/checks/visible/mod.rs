//! The checks that students see, in the order of the steps.

mod columns;
mod convolution;
mod direct;
mod lenet;
mod pooling;
mod receptive_field;
mod visualization;
mod windows;

use grading::Check;

use crate::contract::Contract;

/// What a check is given: the lab, whoever wrote it.
type Lab<'a> = &'a dyn Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [
        windows::checks(),
        direct::checks(),
        columns::checks(),
        convolution::checks(),
        pooling::checks(),
        receptive_field::checks(),
        lenet::checks(),
        visualization::checks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
