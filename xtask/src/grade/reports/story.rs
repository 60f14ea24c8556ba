//! What there is to say about a check and about a submission, before it is laid out.
//!
//! Where a report is given to a student, the words come from here: of a hidden check its law, what happened and the
//! smallest input, but nothing that names its source or repeats it.

use std::fmt::Write;

use grading::event::{Failure, FailureKind};
use grading::render;

use super::text;
use crate::grade::results::{CheckResult, LabResult, Outcome, Status};

/// A labelled text.
pub(super) struct Row {
    pub(super) label: &'static str,
    /// Ready to be shown; see [`text::block`].
    pub(super) text: String,
    pub(super) form: Form,
}

/// What a row's text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Prose,
    /// Numbers whose columns matter.
    Values,
    /// To be typed.
    Command,
}

/// Why a check failed.
pub(super) fn failure(check: &CheckResult, failure: &Failure) -> Vec<Row> {
    let row = |label, form, text: &str| Row { label, text: text::block(text), form };
    let location = failure.location.as_deref().filter(|place| !place.contains("checks"));
    let command = match &failure.token {
        // A student has no hidden checks to repeat.
        Some(token) if !check.info.hidden => Some(format!("cargo xtask replay {token}")),
        _ => None,
    };
    let known = [
        ("input", Form::Values, failure.input.as_deref()),
        ("got", Form::Values, failure.got.as_deref()),
        ("expected", Form::Values, failure.expected.as_deref()),
        ("difference", Form::Values, failure.difference.as_deref()),
        ("at", Form::Values, location),
        ("likely", Form::Prose, failure.mistake.as_deref()),
    ];
    let mut rows = vec![row(render::kind(&failure.kind), Form::Prose, &failure.message)];
    rows.extend(known.into_iter().filter_map(|(label, form, text)| Some(row(label, form, text?))));
    rows.extend(failure.notes.iter().map(|note| row("note", Form::Prose, note)));
    // What was not asked may be right.
    let hint = check.info.hints.first().filter(|_| failure.kind != FailureKind::NotAsked);
    rows.extend(hint.map(|hint| row("hint", Form::Prose, hint)));
    rows.extend(command.map(|command| row("replay", Form::Command, &command)));
    rows
}

/// All about a check, as plain text.
pub(super) fn plain(result: &LabResult, check: &CheckResult) -> String {
    let mut plain = text::block(&check.info.law);
    match &check.outcome {
        Outcome::Passed { cases: 1 } => plain += "\n\nheld on 1 case",
        Outcome::Passed { cases } => {
            let _ = write!(plain, "\n\nheld on {cases} cases");
        }
        Outcome::NotRun => {
            let _ = write!(plain, "\n\nnot run: {}", result.status);
        }
        Outcome::Failed { failure: why } => {
            plain.push('\n');
            for Row { label, text, .. } in failure(check, why) {
                let _ = write!(plain, "\n{label:<12}{}", text.replace('\n', "\n            "));
            }
        }
    }
    plain.trim_start().to_string()
}

/// What the status of a lab means for who handed it in; nothing where the checks speak for themselves.
pub(super) fn verdict(status: Status) -> Option<&'static str> {
    match status {
        Status::Graded => None,
        Status::CompileError => Some("It does not compile, so no check could ask it anything."),
        Status::Refused => Some("It breaks a rule for submissions, so it was not run."),
        Status::Timeout => Some("It took too long as a whole."),
        Status::OutOfMemory => Some("It ran out of memory before it could answer."),
        Status::Crashed => Some("It ended before it could answer."),
        Status::NotGraded => {
            Some("It could not be graded yet, through no fault of its author. This is no score of 0.")
        }
    }
}
