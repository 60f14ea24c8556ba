//! What is the cage's failure, never the program's.

use std::process::Command;

use cage::{Cage, CageError};

use super::both;
use super::roles::{role, worker};

pub(super) const TESTS: &[super::Test] = &[
    ("refusals/what_does_not_exist", what_does_not_exist),
    ("refusals/what_may_not_be_executed", what_may_not_be_executed),
    ("refusals/limits_that_no_program_can_start_under", limits_that_no_program_can_start_under),
];

fn what_does_not_exist() {
    for cage in both(worker()) {
        let error = cage.run(&Command::new("/nonexistent/program")).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/program"), "{error}");
        let error = cage.readable("/nonexistent/input").run(&role("exit", &["0"])).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/input"), "{error}");
    }
}

fn what_may_not_be_executed() {
    for cage in both(Cage::worker().system_libraries()) {
        let error = cage.run(&role("exit", &["0"])).unwrap_err();
        assert!(matches!(&error, CageError::Failed { problem, .. } if problem.contains("denied")), "{error}");
    }
}

fn limits_that_no_program_can_start_under() {
    let limits = cage::Limits { processes: 0, open_files: 0, ..cage::Limits::worker() };
    for cage in both(worker().limits(limits)) {
        // Either it could not be started, which is the cage's failure, or it started and failed: never a success.
        assert!(!cage.run(&role("exit", &["0"])).is_ok_and(|outcome| outcome.end.success()));
    }
}
