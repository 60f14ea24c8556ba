//! What goes wrong on the cage's side, never on the target's.

use std::io;

/// The cage itself failed: the program was not run, or its end is not known. No verdict may be drawn from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CageError {
    /// This system enforces less than is required.
    #[error("this system cannot keep hostile code in its place: {missing}")]
    Level {
        /// What is missing, in words.
        missing: String,
    },
    /// The program that uses the cage does not take part.
    #[error("this program cannot start itself as a launcher: does its main call `cage::launcher()` first?")]
    NoLauncher,
    /// A step of locking up, starting or watching the target failed.
    #[error("{step}: {problem}")]
    Failed {
        /// What was to be done.
        step: String,
        /// What the system answered.
        problem: String,
    },
}

impl CageError {
    pub(crate) fn failed(step: impl Into<String>, problem: impl ToString) -> CageError {
        CageError::Failed { step: step.into(), problem: problem.to_string() }
    }
}

/// `.step("open the scratch directory")?`: names what was to be done.
pub(crate) trait Step<T> {
    fn step(self, step: &str) -> Result<T, CageError>;
}

impl<T, E: ToString> Step<T> for Result<T, E> {
    fn step(self, step: &str) -> Result<T, CageError> {
        self.map_err(|problem| CageError::failed(step, problem))
    }
}

impl From<CageError> for io::Error {
    fn from(error: CageError) -> io::Error {
        io::Error::other(error)
    }
}
