//! The checks that students do not see: the laws of the visible ones on harder input, and each function against an
//! oracle that shares no line with the reference.

mod batch_norm;
mod images;
mod transforms;
mod weights;

use grading::Check;

use crate::contract::Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [weights::checks(), batch_norm::checks(), images::checks(), transforms::checks()]
        .into_iter()
        .flatten()
        .map(Check::hidden)
        .collect()
}
