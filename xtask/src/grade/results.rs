//! What grading found, as it is kept on disk: one file for each submission and lab.
//!
//! Everything that instructors upload or read (Gradescope's `results.json`, the gradebook, JUnit, the pages) is
//! a projection of these files, so it can be written again at any time, with other settings, without grading again. A
//! result holds no clock time and no path of the machine: grading the same submission again gives the same bytes.

use std::fmt;

use grading::event::{CheckInfo, Failure};
use serde::{Deserialize, Serialize};

/// One lab of one submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LabResult {
    /// Who handed it in.
    pub(crate) student: String,
    /// The name for people, where the roster has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// The lab's whole name: `lab-05-cnn`.
    pub(crate) lab: String,
    /// How it ended.
    pub(crate) status: Status,
    /// What there is to say about the whole: the compiler's errors, the refused file, the missing cage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// Remarks that cost nothing: a file that does not belong, a stub that stood in for a missing file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
    /// Every check of the lab, in the order of the steps, whatever the status.
    pub(crate) checks: Vec<CheckResult>,
    /// What was enforced while foreign code ran, in words.
    pub(crate) cage: String,
    /// The seed of all inputs, which follows from lab, student and salt.
    pub(crate) seed: u64,
    /// Of everything that the result depends on: equal digests need no second grading.
    pub(crate) digest: String,
}

/// How the grading of a lab ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Every check was asked and answered.
    Graded,
    /// It does not compile.
    CompileError,
    /// It breaks a rule for submissions: a forbidden construct, a file that is too large, an archive with traps.
    Refused,
    /// The compiler or the whole run took too long.
    Timeout,
    /// Nothing could be answered for want of memory.
    OutOfMemory,
    /// Nothing could be answered because the program died.
    Crashed,
    /// The cage failed, through no fault of the submission. It has no score.
    NotGraded,
}

/// One check of one submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CheckResult {
    /// Name, step, law, points, whether it is hidden.
    pub(crate) info: CheckInfo,
    /// How it came out.
    pub(crate) outcome: Outcome,
}

/// How a check came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The law held on so many cases.
    Passed {
        /// How many.
        cases: u32,
    },
    /// It did not hold.
    Failed {
        /// Why, with the smallest input found.
        failure: Box<Failure>,
    },
    /// It was not asked, since the submission did not get so far. Worth nothing.
    NotRun,
}

impl CheckResult {
    /// Whether it holds.
    pub(crate) fn passed(&self) -> bool {
        matches!(self.outcome, Outcome::Passed { .. })
    }

    /// The points it earned.
    pub(crate) fn points(&self) -> u32 {
        if self.passed() { self.info.points } else { 0 }
    }
}

impl LabResult {
    /// The points; `None` where nothing was graded: that is not 0.
    pub(crate) fn score(&self) -> Option<u32> {
        (self.status != Status::NotGraded).then(|| self.checks.iter().map(CheckResult::points).sum())
    }

    /// The most that the lab is worth.
    pub(crate) fn max_score(&self) -> u32 {
        self.checks.iter().map(|check| check.info.points).sum()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Status::Graded => "graded",
            Status::CompileError => "compile error",
            Status::Refused => "refused",
            Status::Timeout => "timeout",
            Status::OutOfMemory => "out of memory",
            Status::Crashed => "crashed",
            Status::NotGraded => "not graded",
        })
    }
}
