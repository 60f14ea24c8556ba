//! The checks that students do not see: the laws of the visible ones on harder input, and each function against an
//! oracle that shares no line with the reference: dual numbers, the index tape of `scalar`, central differences.

mod engine;
mod gradient_check;
mod layers;
mod network;

use grading::Check;

use crate::contract::Contract;

type Lab<'a> = &'a dyn Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [engine::checks(), layers::checks(), gradient_check::checks(), network::checks()]
        .into_iter()
        .flatten()
        .map(Check::hidden)
        .collect()
}
