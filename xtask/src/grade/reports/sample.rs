//! Results to try reports on: ordinary ones, and ones made to do harm.

use grading::event::{CheckInfo, Failure, FailureKind};

use crate::grade::results::{CheckResult, LabResult, Outcome, Status};

pub(super) const CAGE_ERROR: &str = "no Landlock: the kernel is too old";
/// Shown only where hidden checks are.
pub(super) const HIDDEN_INPUT: &str = "hidden-input";
/// Never shown.
pub(super) const HIDDEN_FILE: &str = "checks/hidden.rs";
/// Sets the title of the page that runs it.
pub(super) const SCRIPT: &str =
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";

fn check(step: u32, name: &str, points: u32, law: &str, outcome: Outcome) -> CheckResult {
    let info = CheckInfo {
        name: name.into(),
        step: step.to_string(),
        points,
        law: law.into(),
        hints: vec!["Write down which inputs an output position sees, for one position by hand.".into()],
        hidden: false,
    };
    CheckResult { info, outcome }
}

fn hidden(check: CheckResult) -> CheckResult {
    CheckResult { info: CheckInfo { hidden: true, ..check.info }, ..check }
}

fn passed(cases: u32) -> Outcome {
    Outcome::Passed { cases }
}

fn failed(failure: Failure) -> Outcome {
    Outcome::Failed { failure: Box::new(failure) }
}

fn lab(student: &str, lab: &str, status: Status, checks: Vec<CheckResult>) -> LabResult {
    LabResult {
        student: student.into(),
        name: None,
        lab: lab.into(),
        status,
        message: None,
        notes: Vec::new(),
        checks,
        cage: "Landlock, seccomp, limits; no network".into(),
        seed: 7,
        digest: format!("digest of {student} {lab}"),
    }
}

/// A submission with a good part and failures of several kinds.
pub(super) fn mixed(student: &str, name: &str) -> LabResult {
    let wrong = Failure {
        input: Some("Case {\n    images: [1, 1, 3, 3] = 0, 0, 0, 0, 1, 0, 0, 0, 0,\n    kernel: [1, 1, 2, 2] = 1, 2, 3, 4,\n    stride: 1,\n}".into()),
        got: Some("[1, 1, 2, 2]\n1  2\n3  4".into()),
        expected: Some("[1, 1, 2, 2]\n4  3\n2  1".into()),
        difference: Some("at [0, 0, 0, 0]: 1 instead of 4, off by 3 where 2.4e-6 is allowed".into()),
        mistake: Some("the kernel is flipped: this is a convolution in the sense of signal processing".into()),
        token: Some(format!("{name}:conv_is_a_sum_over_the_window:7:12")),
        ..Failure::new(FailureKind::Wrong, "The answer differs from the sum over the window.")
    };
    let panicked = Failure {
        input: Some("Case { images: [1, 1, 1, 1], size: 1 }".into()),
        location: Some("src/pooling.rs:41".into()),
        token: Some(format!("{name}:pool_routes_to_the_argmax:7:0")),
        ..Failure::new(FailureKind::Panicked, "index out of bounds: the len is 1 but the index is 1")
    };
    let secret = Failure {
        input: Some(format!("{HIDDEN_INPUT}: [2, 1, 5, 4]")),
        got: Some("NaN".into()),
        expected: Some("0".into()),
        location: Some(format!("{HIDDEN_FILE}:99")),
        token: Some(format!("{name}:hidden_gradient:7:3")),
        ..Failure::new(FailureKind::Wrong, "The gradient is not finite.")
    };
    let looped = Failure {
        input: Some("Case { stride: 3, size: 2 }".into()),
        token: Some(format!("{name}:pool_of_overlapping_windows:7:5")),
        ..Failure::new(FailureKind::TimedOut, "No answer within 5 s.")
    };
    let checks = vec![
        check(
            1,
            "window_sizes_agree_with_counting",
            2,
            "The output size is the number of places where the window fits.",
            passed(64),
        ),
        check(
            2,
            "conv_is_a_sum_over_the_window",
            3,
            "An output value is the sum over its window of input times kernel.",
            failed(wrong),
        ),
        check(
            2,
            "conv_is_linear_in_its_input",
            2,
            "A convolution is linear in its input: conv(a·x + y) = a·conv(x) + conv(y).",
            passed(48),
        ),
        hidden(check(
            4,
            "conv_gradient_agrees_with_differences",
            4,
            "The gradient agrees with finite differences.",
            failed(secret),
        )),
        check(
            5,
            "pool_routes_to_the_argmax",
            2,
            "The gradient of max pooling goes to the largest value of a window.",
            failed(panicked),
        ),
        check(
            5,
            "pool_of_overlapping_windows",
            1,
            "Windows that overlap share their inputs.",
            failed(looped),
        ),
        hidden(check(6, "receptive_field_grows", 1, "A deeper layer never sees less.", passed(1))),
    ];
    LabResult {
        notes: vec!["src/notes.txt does not belong to the lab and was left out.".into()],
        ..lab(student, name, Status::Graded, checks)
    }
}

/// A submission with full marks.
pub(super) fn right(student: &str, name: &str) -> LabResult {
    let mut result = mixed(student, name);
    result.checks.iter_mut().for_each(|check| check.outcome = passed(48));
    result.notes.clear();
    result
}

/// A submission that does not compile.
pub(super) fn broken(student: &str, name: &str) -> LabResult {
    let message = "error[E0308]: mismatched types\n  --> /home/grader/overlay/src/conv.rs:12:5\n   |\n12 |     x + 1\n   |     ^^^^^ expected `Tensor`, found `i32`\n\nerror: aborting due to 1 previous error";
    LabResult { message: Some(message.into()), ..unasked(student, name, Status::CompileError) }
}

/// A submission that could not be graded.
pub(super) fn not_graded(student: &str, name: &str) -> LabResult {
    LabResult { message: Some(CAGE_ERROR.into()), ..unasked(student, name, Status::NotGraded) }
}

fn unasked(student: &str, name: &str, status: Status) -> LabResult {
    let mut result = mixed(student, name);
    result.checks.iter_mut().for_each(|check| check.outcome = Outcome::NotRun);
    LabResult { status, ..result }
}

/// A submission in which every text was written by somebody who means harm.
pub(super) fn hostile(student: &str, name: &str) -> LabResult {
    let long = format!("{SCRIPT}{}", "A".repeat(1_500_000));
    let nasty = format!(
        "</pre></dd></style>--> {SCRIPT} ]]> &lt; \u{202e}dlrow\u{2066} \0\u{1b}[2J\u{7} =cmd|' /C calc'!A0 \u{fffe}"
    );
    let failure = Failure {
        input: Some(long.clone()),
        got: Some(nasty.clone()),
        expected: Some(nasty.clone()),
        difference: Some(String::from_utf8_lossy(b"\xff\xfe<b>").into_owned()),
        mistake: Some(nasty.clone()),
        location: Some("/home/grader/secret/src/conv.rs:3".into()),
        token: Some(format!("{name}:x:7:1{SCRIPT}")),
        notes: vec![nasty.clone()],
        ..Failure::new(FailureKind::Panicked, nasty.clone())
    };
    let mut result = mixed(student, name);
    for check in &mut result.checks {
        if !check.info.hidden {
            check.outcome = failed(failure.clone());
        }
    }
    LabResult { message: Some(format!("{nasty}\n{long}")), notes: vec![nasty, long], ..result }
}

/// A class with every status, two labs, and an awkward student.
pub(super) fn class() -> Vec<LabResult> {
    let mut results = vec![
        mixed("ada", "lab-05-cnn"),
        right("ada", "lab-06-resnet"),
        right("bob", "lab-05-cnn"),
        broken("cleo", "lab-05-cnn"),
        not_graded("dan", "lab-05-cnn"),
        mixed("dan", "lab-06-resnet"),
        hostile(&format!("Zoë {SCRIPT}"), "lab-05-cnn"),
        right("../../etc/passwd", "lab-06-resnet"),
        mixed("ADA", "lab-05-cnn"),
    ];
    for (status, student) in [
        (Status::Refused, "eve"),
        (Status::Timeout, "fay"),
        (Status::OutOfMemory, "gil"),
        (Status::Crashed, "hal"),
    ] {
        results.push(unasked(student, "lab-05-cnn", status));
    }
    results
}
