//! The checks that students see, in the order of the steps.

mod adam;
mod adaptive;
mod batches;
mod descent;
mod momentum;
mod newton;
mod safety;
mod schedules;

use grading::Check;

use crate::contract::Contract;

/// What a check is given: the lab, whoever wrote it.
type Lab<'a> = &'a dyn Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [
        descent::checks(),
        batches::checks(),
        momentum::checks(),
        adaptive::checks(),
        adam::checks(),
        schedules::checks(),
        safety::checks(),
        newton::checks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
