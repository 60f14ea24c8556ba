//! What a law says about one case.

use crate::event::Failure;
use crate::fault::Fault;

/// The law holds, or why the case ends here.
///
/// `?` turns the faults of graded functions and the mismatches of expectations into it.
pub type Verdict = Result<(), Stop>;

/// Why a case ends before the law has been shown to hold.
#[derive(Debug)]
pub enum Stop {
    /// The law says nothing about this input.
    Discard,
    /// The law does not hold.
    Fail(Box<Failure>),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Fail(Box::new(failure))
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Failure::from(fault).into()
    }
}
