//! The checks that students do not see: the laws of the visible ones on harder input, and each function against an
//! oracle that shares no line with the reference.

mod activations;
mod learning;
mod networks;
mod oracle;

use grading::Check;

use crate::contract::Contract;

/// What a check is given: the lab, whoever wrote it.
type Lab<'a> = &'a dyn Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [activations::checks(), networks::checks(), learning::checks()]
        .into_iter()
        .flatten()
        .map(Check::hidden)
        .collect()
}
