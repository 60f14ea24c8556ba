//! The protocol between the runner and a lab's check binary.
//!
//! The check binary prints one [`Event`] per line on stdout, each line beginning with [`MARK`]; every other
//! line is the student's own output. It is text, line by line, because the process that prints it may die at
//! any moment (an endless loop, a stack overflow, an abort) and what was printed before must still be
//! readable.

use serde::{Deserialize, Serialize};

/// What an event's line begins with: a character that nobody prints by accident.
pub const MARK: char = '\u{1}';

/// One step in the life of a run of checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "events are made, printed and dropped one at a time")]
pub enum Event {
    /// The first line: the checks that will run, in order.
    Plan {
        /// The lab's name, such as `lab-05`.
        lab: String,
        /// The selected checks, in the order in which they run.
        checks: Vec<CheckInfo>,
    },
    /// A check begins.
    Started {
        /// The check's name.
        check: String,
    },
    /// A check is about to try this input (only with `--announce`): the last one before a crash is the
    /// culprit.
    Input {
        /// The check's name.
        check: String,
        /// The number of the case; while shrinking, of the case that is being shrunk.
        case: u32,
        /// The input, as text.
        input: String,
    },
    /// A check ended well.
    Passed {
        /// The check's name.
        check: String,
        /// How many cases were tried.
        cases: u32,
        /// How long it took, in milliseconds.
        millis: u64,
    },
    /// A check failed.
    Failed {
        /// The check's name.
        check: String,
        /// How long it took, in milliseconds, shrinking included.
        millis: u64,
        /// What went wrong.
        failure: Failure,
    },
    /// The last line: every check of the plan was run. A stream without it was cut short.
    Done {},
}

impl Event {
    /// The event as one line, without the line break.
    ///
    /// ```
    /// use grading::event::Event;
    ///
    /// let event = Event::Started { check: "pool_routes_to_the_argmax".into() };
    /// assert_eq!(Event::parse_line(&event.to_line()), Some(event));
    /// assert_eq!(Event::parse_line("a student's own line"), None);
    /// ```
    pub fn to_line(&self) -> String {
        let json = serde_json::to_string(self).expect("events hold strings and numbers only");
        format!("{MARK}{json}")
    }

    /// Reads an event from a line; `None` for every other line. See [`split_line`](Self::split_line).
    pub fn parse_line(line: &str) -> Option<Event> {
        Self::split_line(line).1
    }

    /// Splits a line into what the student printed and the event behind it.
    ///
    /// A student's `print!` without a line break stands in front of the next event, on the same line. A line
    /// whose event cannot be read, because it was cut off or is of an unknown kind, counts as the student's
    /// text.
    pub fn split_line(line: &str) -> (&str, Option<Event>) {
        let Some(at) = line.rfind(MARK) else {
            return (line, None);
        };
        let json = &line[at + MARK.len_utf8()..];
        match serde_json::from_str(json) {
            Ok(event) => (&line[..at], Some(event)),
            Err(_) => (line, None),
        }
    }
}

/// What a check is, apart from its code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckInfo {
    /// The check's name, unique in its lab: `conv_is_linear_in_its_input`.
    pub name: String,
    /// The step of the handout that it belongs to, such as `3`.
    pub step: String,
    /// What it is worth.
    pub points: u32,
    /// What it says, in words.
    pub law: String,
    /// Hints, from a nudge to nearly the solution.
    pub hints: Vec<String>,
    /// Whether students do not see it before the deadline.
    pub hidden: bool,
}

/// Why a check failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The answer is not the right one.
    Wrong,
    /// The function is still a `todo!`.
    NotWritten,
    /// The function panicked.
    Panicked,
    /// The function did not answer within the limit.
    TimedOut,
    /// The function was not called, or not to its end: other calls had used up the submission's time.
    NotAsked,
    /// The process died: a stack overflow, an abort, an exit. Only the runner can tell.
    Crashed,
    /// The answer cannot be judged: of an unusable form, or the check drew no valid input.
    InvalidAnswer,
}

/// The exit code of a check binary that has no worker to ask: nothing is judged.
pub const NOT_CAGED: i32 = 4;

/// How a worker ended, as its cage says: the last line on the cage's stdout, in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "worker", rename_all = "snake_case")]
pub enum Obituary {
    /// It ran, and ended by itself or by a limit.
    Ended {
        /// What sort of failure that is, of the call that it was in.
        kind: FailureKind,
        /// What happened, in one sentence.
        message: String,
    },
    /// It did not run, because the cage could not be closed.
    NotCaged {
        /// What is missing.
        reason: String,
    },
}

/// A failed check's story, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What sort of failure.
    pub kind: FailureKind,
    /// What happened, in one sentence.
    pub message: String,
    /// The smallest input found that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The student's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
    /// The right answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Where the two differ first and by how much, against the tolerance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
    /// The well-known mistake that gives the very same answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mistake: Option<String>,
    /// Where the student's code panicked, as `file:line`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What repeats this case: `lab:check:seed:case`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Whatever else is worth saying.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Failure {
    /// A failure of which only the kind and a sentence are known.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            input: None,
            got: None,
            expected: None,
            difference: None,
            mistake: None,
            location: None,
            token: None,
            notes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each() -> Vec<Event> {
        let check = "conv_is_linear".to_string();
        let info = CheckInfo {
            name: check.clone(),
            step: "3".into(),
            points: 2,
            law: "conv(a·x) = a·conv(x)".into(),
            hints: vec!["a".into(), "b\nc".into()],
            hidden: true,
        };
        let full = Failure {
            kind: FailureKind::Wrong,
            message: "y differs".into(),
            input: Some("Case {\n x: \u{1} }".into()),
            got: Some("1".into()),
            expected: Some("2".into()),
            difference: Some("at [0]".into()),
            mistake: Some("flipped".into()),
            location: Some("src/conv.rs:3".into()),
            token: Some("lab-05:conv_is_linear:0:17".into()),
            notes: vec!["note".into()],
        };
        vec![
            Event::Plan { lab: "lab-05".into(), checks: vec![info] },
            Event::Started { check: check.clone() },
            Event::Input { check: check.clone(), case: 7, input: "[1.0, \"2\"]".into() },
            Event::Passed { check: check.clone(), cases: 48, millis: 12 },
            Event::Failed { check: check.clone(), millis: 3, failure: full },
            Event::Failed { check, millis: 3, failure: Failure::new(FailureKind::TimedOut, "no answer") },
            Event::Done {},
        ]
    }

    #[test]
    fn every_event_survives_its_line() {
        for event in one_of_each() {
            let line = event.to_line();
            assert!(!line.contains('\n'));
            assert_eq!(line.rfind(MARK), Some(0), "the mark is escaped inside");
            assert_eq!(Event::parse_line(&line), Some(event.clone()));
            assert_eq!(Event::parse_line(&format!("{line}\r\n")), Some(event.clone()));
            assert_eq!(Event::split_line(&format!("loss 0.3{line}")), ("loss 0.3", Some(event)));
        }
    }

    #[test]
    fn a_cut_or_foreign_line_is_the_students_text() {
        let line = one_of_each()[0].to_line();
        for text in [
            "",
            "hello",
            "{\"event\":\"done\"}",
            "\u{1}",
            "\u{1}{\"event\":\"unheard_of\"}",
            &line[..line.len() - 2],
        ] {
            assert_eq!(Event::split_line(text), (text, None));
        }
    }

    #[test]
    fn the_wire_format_is_as_documented() {
        assert_eq!(Event::Done {}.to_line(), "\u{1}{\"event\":\"done\"}");
        let failed = Event::Failed {
            check: "c".into(),
            millis: 1,
            failure: Failure::new(FailureKind::NotWritten, "5.2"),
        };
        assert_eq!(
            failed.to_line(),
            "\u{1}{\"event\":\"failed\",\"check\":\"c\",\"millis\":1,\
             \"failure\":{\"kind\":\"not_written\",\"message\":\"5.2\"}}"
        );
        let later = "\u{1}{\"event\":\"passed\",\"check\":\"c\",\"cases\":2,\"millis\":1,\"new\":0}";
        assert!(Event::parse_line(later).is_some(), "unknown fields are skipped");
    }
}
