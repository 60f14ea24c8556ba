//! Why a submission is refused before anything of it runs.

use std::fmt;
use std::path::PathBuf;

/// How much of a file's name is shown.
const NAME_SHOWN: usize = 200;

/// A rule for submissions that is broken: where, and which one in words for the student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The file, relative to the lab or to the submission; a whole archive under its own name.
    pub(crate) file: PathBuf,
    /// The line, counted from 1, where there is one to point at.
    pub(crate) line: Option<usize>,
    /// A whole sentence that says what is wrong and what to do about it.
    pub(crate) rule: String,
}

impl Refusal {
    /// About the file as a whole.
    pub(crate) fn of(file: impl Into<PathBuf>, rule: impl Into<String>) -> Refusal {
        Refusal { file: file.into(), line: None, rule: rule.into() }
    }

    /// About one line of it.
    pub(crate) fn at(file: impl Into<PathBuf>, line: usize, rule: impl Into<String>) -> Refusal {
        Refusal { file: file.into(), line: Some(line), rule: rule.into() }
    }
}

impl fmt::Display for Refusal {
    /// `src/window.rs:12: …`. A hostile name can neither steer the terminal nor fill it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.file.to_string_lossy().chars().take(NAME_SHOWN) {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
        }
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.rule)
    }
}

impl std::error::Error for Refusal {}
