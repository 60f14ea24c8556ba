//! The checks that students do not see.
use grading::Check;
use crate::contract::Contract;
pub(crate) fn checks() -> Vec<Check<dyn Contract>> { vec![] }
