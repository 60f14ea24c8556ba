//! A check binary as the runner sees it: a process that may loop, overflow its stack, abort or exit.
//!
//! The test starts itself: with `TOY` in the environment it is the check binary of a toy lab whose one
//! function is as right, wrong or deadly as the variable says. Hence a main of its own.

use std::env;
use std::process::{Command, ExitCode, Output};

use grading::event::{Event, Failure, FailureKind};
use grading::prelude::*;
use grading::proptest::collection::vec;

grading::contract! {
    /// What is graded in the toy lab.
    pub trait Toy {
        /// The sum of some numbers.
        fn sum(x: Vec<i64>) -> i64 { sum(&x) }
        /// A number that nobody gets wrong.
        fn three() -> i64 { 3 }
    }
}

fn sum(x: &[i64]) -> i64 {
    let long = x.len() >= 3;
    match env::var("TOY").as_deref() {
        Ok("wrong") if long => x[..2].iter().sum(),
        Ok("panics") => x[0] + sum_of(&x[1..]),
        Ok("unwritten") => todo!("1.1: add them up"),
        Ok("loops") if long => loop {
            std::hint::spin_loop();
        },
        Ok("loops holding stdout") if long => {
            let _held = std::io::stdout().lock();
            loop {
                std::hint::spin_loop();
            }
        }
        Ok("loops while shrinking") if long && x.iter().all(|&v| v == 0) => loop {
            std::hint::spin_loop();
        },
        Ok("loops while shrinking") if long => i64::MIN,
        Ok("overflows") if long => without_end(1),
        Ok("aborts") if long => std::process::abort(),
        Ok("exits") if long => std::process::exit(0),
        Ok("prints") => {
            print!("adding {} numbers", x.len());
            sum_of(x)
        }
        _ => sum_of(x),
    }
}

fn sum_of(x: &[i64]) -> i64 {
    x.iter().sum()
}

#[expect(unconditional_recursion, reason = "it is to overflow the stack")]
fn without_end(n: i64) -> i64 {
    std::hint::black_box(n + without_end(std::hint::black_box(n + 1)))
}

fn checks() -> Vec<Check<dyn Toy>> {
    vec![
        Check::new("three_is_three", "1").law("3 = 3.").example(|lab: &dyn Toy| {
            expect::equal("three", lab.three()?, 3)?;
            Ok(())
        }),
        Check::new("sum_is_the_sum", "2.1")
            .law("sum(x) = Σ xᵢ.")
            .points(4)
            .hints(["Add.", "Add them.", "Add them all."])
            .cases(20)
            .property(vec(-9_i64..9, 0..12), |lab: &dyn Toy, x: &Vec<i64>| {
                expect::equal("sum", lab.sum(x.clone())?, sum_of(x))
                    .suspect("only the first two are added", || sum_of(&x[..2]))?;
                Ok(())
            }),
        Check::new("sum_of_none_is_zero", "2.2")
            .law("The empty sum is 0.")
            .example(|lab: &dyn Toy| {
                expect::equal("sum", lab.sum(vec![])?, 0)?;
                Ok(())
            })
            .hidden(),
    ]
}

fn main() -> ExitCode {
    if env::var_os("TOY").is_some() {
        return grading::run::<dyn Toy>("toy", &InProcess, checks);
    }
    let tests: [(&str, fn()); 12] = [
        ("a right lab passes", a_right_lab_passes),
        ("a wrong answer is explained", a_wrong_answer_is_explained),
        ("a replay repeats it", a_replay_repeats_it),
        ("a panic has its line", a_panic_has_its_line),
        ("what is not written is told apart", what_is_not_written_is_told_apart),
        ("a loop ends the process", a_loop_ends_the_process),
        ("a loop that holds stdout too", a_loop_that_holds_stdout_ends_too),
        ("a loop while shrinking", a_loop_while_shrinking_keeps_the_failure),
        ("a crash names its input", a_crash_names_its_input),
        ("prints stay apart from events", prints_stay_apart_from_events),
        ("selection", selection),
        ("the report", the_report),
    ];
    for (name, test) in tests {
        println!("test {name}");
        test();
    }
    println!("{} tests passed", tests.len());
    ExitCode::SUCCESS
}

/// Runs the toy lab's check binary.
fn start(toy: &str, arguments: &[&str]) -> Output {
    Command::new(env::current_exe().expect("this binary has a path"))
        .env("TOY", toy)
        .env_remove("NO_COLOR")
        .args(arguments)
        .output()
        .expect("this binary can be started")
}

fn events_of(output: &Output) -> Vec<Event> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(Event::parse_line).collect()
}

/// The one failure in the output.
fn failure_of(output: &Output) -> Failure {
    let mut failures = events_of(output).into_iter().filter_map(|event| match event {
        Event::Failed { failure, .. } => Some(failure),
        _ => None,
    });
    let failure = failures.next().expect("a failed event");
    assert_eq!(failures.next(), None, "one failure only");
    failure
}

fn passed(output: &Output) -> Vec<String> {
    let name = |event| match event {
        Event::Passed { check, .. } => Some(check),
        _ => None,
    };
    events_of(output).into_iter().filter_map(name).collect()
}

fn a_right_lab_passes() {
    let output = start("right", &["--events"]);
    assert_eq!(output.status.code(), Some(0));
    let events = events_of(&output);
    let Some(Event::Plan { lab, checks }) = events.first() else {
        panic!("no plan in {events:?}");
    };
    assert_eq!((lab.as_str(), checks.len()), ("toy", 3));
    assert_eq!((checks[1].points, checks[1].hints.len()), (4, 3));
    assert!(checks[2].hidden && !checks[1].hidden);
    assert_eq!(events.last(), Some(&Event::Done {}));
    assert_eq!(passed(&output).len(), 3);
}

fn a_wrong_answer_is_explained() {
    let output = start("wrong", &["--events"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(passed(&output), ["three_is_three", "sum_of_none_is_zero"]);
    let failure = failure_of(&output);
    assert_eq!(failure.kind, FailureKind::Wrong);
    assert_eq!(failure.message, "sum came out wrong");
    assert_eq!(failure.mistake.as_deref(), Some("only the first two are added"));
    let input = failure.input.as_deref();
    assert!(matches!(input, Some("[0, 0, 1]" | "[0, 0, -1]")), "{input:?}");
    assert_eq!(failure.got.as_deref(), Some("0"));
}

fn a_replay_repeats_it() {
    let failure = failure_of(&start("wrong", &["--events", "--seed", "5"]));
    let token = failure.token.clone().expect("a token");
    assert!(token.starts_with("toy:sum_is_the_sum:5:"), "{token}");
    let again = start("wrong", &["--events", "--replay", &token]);
    assert_eq!(failure_of(&again), failure);
    assert_eq!(again.status.code(), Some(1));
    let mended = start("right", &["--events", "--replay", &token]);
    assert_eq!(passed(&mended), ["sum_is_the_sum"]);
    assert_eq!(mended.status.code(), Some(0));
}

fn a_panic_has_its_line() {
    let output = start("panics", &["--events", "--step", "2.1"]);
    let failure = failure_of(&output);
    assert_eq!(failure.kind, FailureKind::Panicked);
    assert_eq!(failure.input.as_deref(), Some("[]"));
    let location = failure.location.expect("a location");
    assert!(location.contains("processes.rs:"), "{location}");
    assert!(output.stderr.is_empty(), "panics are quiet");
}

fn what_is_not_written_is_told_apart() {
    let output = start("unwritten", &["--events", "--only", "sum_is_the_sum"]);
    let failure = failure_of(&output);
    assert_eq!(failure.kind, FailureKind::NotWritten);
    assert_eq!(failure.message, "1.1: add them up");
}

fn a_loop_ends_the_process() {
    let output = start("loops", &["--events", "--limit", "0.3"]);
    assert_eq!(output.status.code(), Some(3));
    let failure = failure_of(&output);
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert!(failure.input.is_some() && failure.token.is_some());
    assert!(!events_of(&output).contains(&Event::Done {}));
}

fn a_loop_that_holds_stdout_ends_too() {
    let output = start("loops holding stdout", &["--events", "--limit", "0.3"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(passed(&output), ["three_is_three"]);
}

fn a_loop_while_shrinking_keeps_the_failure() {
    let output = start("loops while shrinking", &["--events", "--limit", "0.3"]);
    assert_eq!(output.status.code(), Some(3));
    let failure = failure_of(&output);
    assert_eq!(failure.kind, FailureKind::Wrong);
    assert!(failure.notes[0].contains("did not return"), "{failure}");
}

fn a_crash_names_its_input() {
    for toy in ["overflows", "aborts", "exits"] {
        let arguments = ["--events", "--only", "sum_is_the_sum", "--announce"];
        let output = start(toy, &arguments);
        let events = events_of(&output);
        assert!(!events.contains(&Event::Done {}), "{toy} was cut short");
        let Some(Event::Input { check, input, .. }) = events.last() else {
            panic!("{toy}: the last event is the input, not {:?}", events.last());
        };
        assert_eq!(check, "sum_is_the_sum");
        assert!(input.matches(',').count() >= 2, "{toy}: {input}");
    }
}

fn prints_stay_apart_from_events() {
    let output = start("prints", &["--events", "--cases", "2"]);
    assert_eq!(passed(&output).len(), 3);
    let text = String::from_utf8_lossy(&output.stdout);
    let printed: String = text.lines().map(|line| Event::split_line(line).0).collect();
    assert_eq!(printed.matches("adding").count(), 3);
    assert!(!printed.contains('{'));
}

fn selection() {
    let names = |arguments: &[&str]| {
        let output = start("right", arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        passed(&output)
    };
    assert_eq!(names(&["--events", "--visible"]).len(), 2);
    assert_eq!(names(&["--events", "--hidden"]), ["sum_of_none_is_zero"]);
    assert_eq!(names(&["--events", "--step", "2"]).len(), 2);
    assert_eq!(names(&["--events", "is_the"]), ["sum_is_the_sum"]);
    assert!(names(&["--events", "--list"]).is_empty());
    for arguments in [
        &["--only", "sum_is"][..],
        &["no_such_check"],
        &["--step", "3"],
        &["--replay", "lab-05:sum_is_the_sum:0:0"],
        &["--replay", "toy:nothing:0:0"],
        &["--sed", "1"],
    ] {
        let output = start("right", arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(output.stderr.starts_with(b"toy: "), "{arguments:?}");
    }
}

fn the_report() {
    let output = start("wrong", &["--nocapture", "--test-threads", "1"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("✓ 1 three_is_three (1 case, "), "{text}");
    assert!(text.contains("\n✗ 2.1 sum_is_the_sum\n  law         sum(x) = Σ xᵢ.\n"), "{text}");
    assert!(text.contains("\n  replay      toy:sum_is_the_sum:0:"), "{text}");
    assert!(text.ends_with("\n2 of 3 checks pass, 2 of 6 points\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours in a pipe");
}
