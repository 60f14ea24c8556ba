//! The checks that students do not see: the laws of the visible ones on longer and harder input, and what holds for all
//! rules alike.

mod batches;
mod newton;
mod rules;
mod safety;
mod schedules;

use grading::Check;

use crate::contract::Contract;

type Lab<'a> = &'a dyn Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [rules::checks(), batches::checks(), schedules::checks(), safety::checks(), newton::checks()]
        .into_iter()
        .flatten()
        .map(Check::hidden)
        .collect()
}
