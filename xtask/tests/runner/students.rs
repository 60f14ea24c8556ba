//! What students do: test, hint, reset, replay, demo, watch, with code of every quality.

use serde_json::Value;

use crate::workspace::{Workspace, wait_for};

const DOUBLE: &str = "labs/lab-07-toy/src/double.rs";
const SUM: &str = "labs/lab-07-toy/src/sum.rs";

/// A workspace in which `double` has this body, after `test`.
fn with_double(body: &str) -> Workspace {
    let workspace = Workspace::of_student();
    workspace.solve(DOUBLE, "1.1", body);
    workspace
}

#[test]
fn the_stub_explains_its_first_step_and_lets_the_rest_wait() {
    let workspace = Workspace::of_student();
    workspace
        .run(&["test", "7"])
        .code(1)
        .says(&[
            "Step 1 · Doubling",
            "double_is_a_sum",
            "double(x) = x + x",
            "not written",
            "1.1: double the \"number\" {x}",
            "labs/lab-07-toy/README.md#step-1-doubling",
            "Think of two.",
            "cargo xtask hint lab-07",
            "Step 2 · Sums & products: 2 checks waiting",
            "0 passed, 1 failed, 2 waiting",
        ])
        .keeps_silent_about(&["Gauss", "sum_is_gauss", "hidden", "\u{1b}"]);
}

#[test]
fn progress_goes_step_by_step() {
    let workspace = with_double("2 * x");
    workspace.run(&["test", "toy"]).code(1).says(&[
        "double_is_a_sum (3 cases",
        "Gauss knew.",
        "sum_is_gauss",
    ]);
    workspace.run(&[]).says(&["1 of 2 steps", "Next: step 2 of lab-07"]);
    workspace.solve(SUM, "2.1", "sum = n * (n + 1) / 2;");
    workspace.solve(SUM, "2.2", "(1..=n).product()");
    workspace.run(&["test", "toy"]).code(0).says(&["3 checks passed.", "cargo xtask demo lab-07"]);
    workspace.run(&[]).says(&["2 of 2 steps", "Everything is done."]);
    workspace.edit(SUM, "n * (n + 1) / 2", "n * n");
    workspace.run(&["test", "toy", "sum"]).code(1).says(&["got 9, expected 6"]);
    workspace.run(&[]).says(&["1 of 2 steps"]);
}

#[test]
fn one_check_one_step_or_all() {
    let workspace = Workspace::of_student();
    workspace.run(&["test", "7", "--all"]).code(1).says(&[
        "Think of two.",
        "Gauss knew.",
        "What is 0!?",
        "3 failed",
    ]);
    workspace.run(&["test", "7", "product"]).code(1).says(&["What is 0!?", "0 passed, 1 failed"]);
    workspace
        .run(&["test", "7", "--step", "2"])
        .code(1)
        .says(&["Gauss knew."])
        .keeps_silent_about(&["double"]);
    workspace.run(&["test", "7", "duoble_is_a_sum"]).code(2).complains(&["did you mean `double_is_a_sum`?"]);
    workspace.run(&["test", "7", "--step", "9"]).code(2).complains(&["no step 9", "1, 2"]);
}

#[test]
fn an_endless_loop_is_stopped_and_the_rest_is_run() {
    let workspace = with_double("while x == 3 { std::hint::spin_loop() } 2 * x");
    workspace.run(&["test", "7", "--limit", "1", "--all"]).code(1).says(&[
        "timed out",
        "cargo xtask replay lab-07:double_is_a_sum:0:3",
        "Gauss knew.",
        "What is 0!?",
    ]);
}

#[test]
fn a_dead_process_is_the_failure_of_one_check() {
    let recursion = "#[allow(unconditional_recursion)] fn down(x: i64, a: [i64; 99]) -> i64 \
                     { down(x + 1, std::hint::black_box(a)) + a[1] } if x == 3 { down(x, [0; 99]) } else { 2 * x }";
    for (body, message) in [
        (recursion, "stack overflow: endless recursion?"),
        ("if x == 3 { std::process::exit(0) } 2 * x", "std::process::exit?"),
        ("if x == 3 { std::process::abort() } 2 * x", "the process"),
    ] {
        let workspace = with_double(body);
        workspace.run(&["test", "7", "--all"]).code(1).says(&[
            "crashed",
            message,
            "input       3",
            "cargo xtask replay lab-07:double_is_a_sum:0:3",
            "sum_is_gauss",
            "0 passed, 3 failed",
        ]);
    }
}

#[test]
fn a_panic_shows_its_message_and_prints_are_shown_in_short() {
    let workspace = with_double(
        "println!(\"x is {x}\"); eprintln!(\"on stderr\"); print!(\"no end\"); panic!(\"oh {x}\")",
    );
    workspace.run(&["test", "7"]).code(1).says(&[
        "panicked",
        "oh 0",
        "your code printed",
        "│ x is 0",
        "│ on stderr",
        "│ no end",
    ]);
    let workspace = with_double("for i in 0..100_000 { println!(\"line {i}\") } 2 * x");
    let said =
        workspace.run(&["test", "7", "double"]).code(0).says(&["│ line 0", "299987 lines", "│ line 99999"]);
    assert!(said.stdout.lines().count() < 30);
}

#[test]
fn code_that_does_not_compile_is_shown_as_rustc_says_it() {
    let workspace = with_double("x.twice()");
    workspace.run(&["test", "7"]).code(1).complains(&[
        "no method named `twice`",
        "src/double.rs:",
        "does not compile yet",
    ]);
    let said = workspace.run(&["test", "7", "--json"]).code(1);
    let event: Value = serde_json::from_str(said.stdout.trim()).unwrap();
    assert_eq!(event["event"], "build_failed");
    assert!(event["message"].as_str().unwrap().contains("no method named `twice`"));
    assert!(!said.stdout.contains("\\u001b"));
}

#[test]
fn json_is_one_object_a_line_and_ends_with_a_summary() {
    let workspace = with_double("println!(\"hello\"); 2 * x");
    let said = workspace.run(&["test", "7", "--json"]).code(1);
    let events: Vec<Value> = said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names[0], "plan");
    assert!(names.contains(&"printed") && names.contains(&"passed") && names.contains(&"failed"));
    let last = events.last().unwrap();
    assert_eq!(last["event"], "summary");
    assert_eq!((&last["passed"], &last["failed"], &last["waiting"]), (&1.into(), &2.into(), &0.into()));
    assert_eq!(last["next"]["check"], "sum_is_gauss");
}

#[test]
fn hints_come_one_by_one_even_while_the_code_does_not_compile() {
    let workspace = Workspace::of_student();
    workspace.run(&["hint", "7"]).code(0).says(&["Think of two."]).keeps_silent_about(&["Add x"]);
    workspace.run(&["hint", "7"]).code(0).says(&["Think of two.", "Add x to itself."]);
    workspace.run(&["hint", "7", "2"]).code(0).says(&["Gauss knew."]).keeps_silent_about(&["A loop"]);
    workspace.run(&["hint", "7", "product", "--more"]).code(0).says(&["hint 3/3", "(1..=n).product()"]);
    workspace.run(&["hint", "7", "is"]).code(2).complains(&[
        "several checks have `is`",
        "double_is_a_sum",
        "sum_is_gauss",
    ]);
    workspace.run(&["hint", "7", "sum"]).code(0).says(&["sum_is_gauss"]);
    workspace.run(&["hint", "7", "xyzzy"]).code(2).complains(&["no step or check `xyzzy`"]);
    workspace.solve(DOUBLE, "1.1", "syntax error");
    workspace.run(&["hint", "7"]).code(0).says(&["hint 3/3", "that was the last one"]);
}

#[test]
fn reset_keeps_what_was_written() {
    let workspace = with_double("my_precious_work");
    let mine = workspace.read(DOUBLE);
    workspace.run(&["reset", "7"]).code(2).complains(&["--yes"]);
    assert_eq!(workspace.read(DOUBLE), mine);
    workspace.run(&["reset", "7", "Double.rs", "--yes"]).code(2).complains(&["src/double.rs, src/sum.rs"]);
    workspace.run(&["reset", "7", "double.rs", "--yes"]).code(0).says(&["double.rs.1.bak"]);
    assert!(workspace.read(DOUBLE).contains("todo!"));
    assert_eq!(workspace.read(&format!("{DOUBLE}.1.bak")), mine);
    workspace.write(DOUBLE, "second");
    workspace.run(&["reset", "7", "--yes"]).code(0).says(&["double.rs.2.bak", "as it was at first"]);
    assert_eq!(workspace.read(&format!("{DOUBLE}.1.bak")), mine);
    std::fs::remove_file(workspace.path(DOUBLE)).unwrap();
    workspace.run(&["reset", "7", "--yes"]).code(0).says(&["was missing"]);
}

#[test]
fn what_was_reset_is_no_longer_done() {
    let workspace = Workspace::of_student();
    workspace.solve(DOUBLE, "1.1", "2 * x");
    workspace.run(&["test", "7"]).code(1);
    workspace.run(&[]).says(&["1 of 2 steps"]);
    workspace.run(&["reset", "7", "double.rs", "--yes"]).code(0);
    workspace.run(&[]).says(&["0 of 2 steps"]);
}

#[test]
fn a_token_repeats_its_case() {
    let workspace = with_double("3 * x");
    workspace
        .run(&["replay", "lab-07:double_is_a_sum:0:3"])
        .code(1)
        .says(&["got 9, expected 6"])
        .keeps_silent_about(&["sum_is_gauss"]);
    workspace.run(&["replay", "lab-07:no_such_check:0:3"]).code(2).complains(&["no check `no_such_check`"]);
    workspace.run(&["replay", "lab-99:x:0:3"]).code(2);
}

#[test]
fn the_demo_gets_its_flags_and_keeps_its_status() {
    let workspace = with_double("2 * x");
    workspace
        .run(&["demo", "7", "--quick", "--json", "--", "--epochs", "3"])
        .code(0)
        .says(&["double(21) = 42", "[\"--quick\", \"--json\", \"--epochs\", \"3\"]"]);
    workspace.run(&["demo", "7", "--", "--fail"]).code(9);
}

#[cfg(feature = "watch")]
#[test]
fn watching_checks_again_after_a_save() {
    let workspace = Workspace::of_student();
    let mut child = workspace.start(&["test", "7", "--watch"]);
    wait_for(&mut child, "watching");
    workspace.solve(DOUBLE, "1.1", "2 * x");
    let second = wait_for(&mut child, "watching");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(second.contains("Gauss knew."), "{second}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_hanging_check_at_once() {
    use std::time::{Duration, Instant};

    let workspace = with_double("loop { std::hint::spin_loop() }");
    let mut child = workspace.start(&["test", "7", "--limit", "600"]);
    wait_for(&mut child, "3 checks");
    let start = Instant::now();
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(60), "far less than the limit");
}
