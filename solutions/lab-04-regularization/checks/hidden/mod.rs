//! Soon.
use crate::contract::Contract;
use grading::Check;
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![]
}
