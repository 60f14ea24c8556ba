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

// BEGIN HIDDEN
pub(crate) use momentum::path;
pub(crate) use newton::{EXACTLY, exponentials, systems, times, vector};
pub(crate) use safety::recorded;
pub(crate) use schedules::{RATES, cycles};
// END HIDDEN

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
