//! Checks that ask a worker, as the grader has it: nothing that the worker does may look like a right answer.
//!
//! The test starts itself in three roles, which the environment names: the check binary of a toy lab, the cage that it
//! starts (here one that only says how its worker ended), and the worker. `TOY` says what the worker is up to.

#[cfg(unix)]
mod toy {
    use std::env;
    use std::hint::spin_loop;
    use std::io::Write;
    use std::os::fd::AsFd;
    use std::process::{Command, ExitCode, Output, Stdio};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use grading::event::{Event, Failure, FailureKind, NOT_CAGED, Obituary};
    use grading::prelude::*;
    use grading::proptest::collection::vec;

    grading::contract! {
        /// What is graded in the toy lab.
        pub trait Toy {
            /// The numbers doubled.
            fn double(x: Vec<f64>) -> Vec<f64> { double(x) }
            /// A number that nobody gets wrong.
            fn three() -> i64 { 3 }
        }
    }

    static CALLS: AtomicU64 = AtomicU64::new(0);
    static SEEN: Mutex<Vec<Vec<f64>>> = Mutex::new(Vec::new());

    fn double(x: Vec<f64>) -> Vec<f64> {
        let toy = env::var("TOY").unwrap_or_default();
        let long = x.len() >= 3;
        let right = || x.iter().map(|x| 2.0 * x).collect::<Vec<f64>>();
        match toy.as_str() {
            "wrong" if long => vec![0.0; x.len()],
            "unwritten" => todo!("1.1: double them"),
            "panics" if long => panic!("too long"),
            "loops" if long => loop {
                spin_loop();
            },
            "exits" if long => std::process::exit(0),
            "aborts" if long => std::process::abort(),
            "counts" => vec![CALLS.fetch_add(1, Ordering::Relaxed) as f64; x.len()],
            "leaves a thread" => {
                std::thread::spawn(|| {
                    loop {
                        spin_loop();
                    }
                });
                right()
            }
            "prints" => {
                print!("{{\"event\":\"passed\"}}\n\u{1}{{\"event\":\"done\"}}");
                eprintln!("{}", "x".repeat(1000));
                right()
            }
            "huge" if long => vec![1.0; 4 << 20],
            "nan" if long => vec![f64::NAN; x.len()],
            "forges" if long => {
                let socket = std::io::stdin().as_fd().try_clone_to_owned().expect("a descriptor");
                let mut socket = std::fs::File::from(socket);
                let _ = socket.write_all(&[6, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
                right()
            }
            // Fulfils f(a + b) = f(a) + f(b) for what it remembers, and is not linear.
            "remembers" => {
                let mut seen = SEEN.lock().expect("a lock");
                let square = |x: &[f64]| x.iter().map(|x| x * x).collect::<Vec<f64>>();
                let sum_of = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<f64>>();
                let pair = match &seen[..] {
                    [.., a, b] if sum_of(a, b) == x => Some(sum_of(&square(a), &square(b))),
                    _ => None,
                };
                let answer = pair.unwrap_or_else(|| square(&x));
                seen.push(x);
                answer
            }
            _ => right(),
        }
    }

    fn checks() -> Vec<Check<dyn Toy>> {
        let pair = (0_usize..6).prop_flat_map(|n| (vec(-9.0..9.0_f64, n), vec(-9.0..9.0_f64, n)));
        vec![
            Check::new("three_is_three", "1").law("3 = 3.").example(|lab: &dyn Toy| {
                expect::equal("three", lab.three()?, 3)?;
                Ok(())
            }),
            Check::new("double_is_twice", "2").law("double(x) = 2x.").cases(40).property(
                vec(-9.0..9.0_f64, 0..6),
                |lab: &dyn Toy, x: &Vec<f64>| {
                    let expected: Vec<f64> = x.iter().map(|x| 2.0 * x).collect();
                    expect::close("double(x)", &lab.double(x.clone())?, &expected, Tolerance::sum_of(1))?;
                    Ok(())
                },
            ),
            Check::new("double_is_additive", "2").law("f(a + b) = f(a) + f(b).").cases(40).property(
                pair,
                |lab: &dyn Toy, (a, b): &(Vec<f64>, Vec<f64>)| {
                    let sum =
                        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<f64>>();
                    let apart = sum(&lab.double(a.clone())?, &lab.double(b.clone())?);
                    expect::close("f(a + b)", &lab.double(sum(a, b))?, &apart, Tolerance::sum_of(4))?;
                    Ok(())
                },
            ),
            Check::new("three_is_still_three", "3").law("3 = 3.").example(|lab: &dyn Toy| {
                expect::equal("three", lab.three()?, 3)?;
                Ok(())
            }),
        ]
    }

    /// Says how its worker ended, as a real cage does, and ends it when it is ended itself.
    fn cage() -> ExitCode {
        let worker = Command::new(env::current_exe().expect("a path"))
            .env("ROLE", "worker")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the worker can be started");
        let obituary =
            Obituary::Ended { kind: FailureKind::Crashed, message: format!("the worker ended: {worker}") };
        println!("{}", serde_json::to_string(&obituary).expect("JSON"));
        ExitCode::SUCCESS
    }

    pub(crate) fn main() -> ExitCode {
        match env::var("ROLE").as_deref() {
            Ok("checks") => return grading::run::<dyn Toy>("toy", &InProcess, checks),
            Ok("cage") => return cage(),
            Ok("worker") => return grading::serve(&InProcess),
            _ => {}
        }
        let tests: [(&str, fn()); 8] = [
            ("a right worker passes", a_right_worker_passes),
            ("a failure shrinks across workers", a_failure_shrinks_across_workers),
            ("what a worker does is told", what_a_worker_does_is_told),
            ("a loop is one failed check", a_loop_is_one_failed_check),
            ("the budget ends", the_budget_ends),
            ("memory of earlier calls is no help", memory_of_earlier_calls_is_no_help),
            ("a run is repeated to the byte", a_run_is_repeated_to_the_byte),
            ("without a worker nothing is judged", without_a_worker_nothing_is_judged),
        ];
        for (name, test) in tests {
            println!("test {name}");
            test();
        }
        println!("{} tests passed", tests.len());
        ExitCode::SUCCESS
    }

    /// Runs the toy's checks against a worker, in a cage if it may end by itself.
    fn start(toy: &str, role: &str, more: &[&str]) -> Output {
        let this = env::current_exe().expect("a path");
        let worker = serde_json::to_string(&["env", &format!("ROLE={role}"), &this.display().to_string()]);
        Command::new(&this)
            .envs([("TOY", toy), ("ROLE", "checks")])
            .args(["--events", "--worker", &worker.expect("JSON")])
            .args(more)
            .output()
            .expect("this binary can be started")
    }

    fn events_of(output: &Output) -> Vec<Event> {
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines()
            .map(|line| Event::parse_line(line).unwrap_or_else(|| panic!("foreign: {line}")))
            .collect()
    }

    fn failures_of(output: &Output) -> Vec<(String, Failure)> {
        let failed = |event| match event {
            Event::Failed { check, failure, .. } => Some((check, failure)),
            _ => None,
        };
        assert_eq!(events_of(output).last(), Some(&Event::Done {}), "every check was run");
        events_of(output).into_iter().filter_map(failed).collect()
    }

    fn a_right_worker_passes() {
        for toy in ["right", "leaves a thread", "prints"] {
            let output = start(toy, "worker", &[]);
            assert_eq!(failures_of(&output), [], "{toy}");
            assert_eq!(output.status.code(), Some(0), "{toy}");
        }
    }

    fn a_failure_shrinks_across_workers() {
        for (toy, kind) in [
            ("wrong", FailureKind::Wrong),
            ("panics", FailureKind::Panicked),
            ("exits", FailureKind::Crashed),
            ("aborts", FailureKind::Crashed),
        ] {
            let (check, failure) = failures_of(&start(toy, "cage", &[])).remove(0);
            assert_eq!((check.as_str(), &failure.kind), ("double_is_twice", &kind), "{toy}: {failure}");
            let numbers = failure.input.as_deref().unwrap_or_default().matches(',').count() + 1;
            assert_eq!(numbers, 3, "{toy}: {failure}");
        }
    }

    fn what_a_worker_does_is_told() {
        for (toy, kind, words) in [
            ("unwritten", FailureKind::NotWritten, "1.1: double them"),
            ("panics", FailureKind::Panicked, "too long"),
            ("exits", FailureKind::Crashed, "exit status: 0"),
            ("aborts", FailureKind::Crashed, "signal"),
            ("huge", FailureKind::InvalidAnswer, "a frame of 33554"),
            ("nan", FailureKind::Wrong, "double(x)"),
            ("forges", FailureKind::InvalidAnswer, "another question"),
            ("counts", FailureKind::Wrong, "double(x)"),
        ] {
            let failures = failures_of(&start(toy, "cage", &[]));
            let names: Vec<&str> = failures.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names.first(), Some(&"double_is_twice"), "{toy}");
            assert!(!names.contains(&"three_is_three") && !names.contains(&"three_is_still_three"), "{toy}");
            let (_, failure) = &failures[0];
            assert_eq!(failure.kind, kind, "{toy}: {failure}");
            assert!(failure.message.contains(words), "{toy}: {failure}");
        }
    }

    fn a_loop_is_one_failed_check() {
        let output = start(
            "loops",
            "worker",
            &["--limit", "0.2", "--only", "double_is_twice", "--only", "three_is_three"],
        );
        let failures = failures_of(&output);
        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].1.kind, FailureKind::TimedOut);
        assert!(failures[0].1.message.contains("0.2 s"), "{}", failures[0].1);
        assert!(failures[0].1.input.as_deref().unwrap_or_default().matches(',').count() >= 2);
    }

    fn the_budget_ends() {
        let output = start("loops", "worker", &["--limit", "0.2", "--budget", "0.5"]);
        let failures = failures_of(&output);
        let (check, failure) = failures.last().expect("a failure");
        assert_eq!(check, "three_is_still_three");
        assert_eq!(failure.kind, FailureKind::NotAsked);
        assert_eq!(failure.input, None);
        assert!(failure.message.contains("the 0.5 s for the whole submission were used up"), "{failure}");
    }

    fn memory_of_earlier_calls_is_no_help() {
        let failures = failures_of(&start("remembers", "worker", &["--only", "double_is_additive"]));
        assert_eq!(failures.len(), 1, "a law about its own answers does not fool two workers");
        let failures = failures_of(&start("counts", "worker", &["--only", "double_is_additive"]));
        assert_eq!(failures.len(), 1);
    }

    /// Also when the machine has more to do than before.
    fn a_run_is_repeated_to_the_byte() {
        let run = |(toy, role): (&str, &str)| {
            let words =
                ["--seed", "7", "--limit", "1", "--only", "double_is_twice", "--only", "three_is_three"];
            serde_json::to_string(&failures_of(&start(toy, role, &words))).expect("JSON")
        };
        let toys = [("wrong", "worker"), ("panics", "worker"), ("aborts", "cage"), ("loops", "worker")];
        let quiet = toys.map(run);
        assert!(quiet[3].contains("timed_out"), "{}", quiet[3]);
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..4 * std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        spin_loop();
                    }
                });
            }
            let busy = toys.map(run);
            done.store(true, Ordering::Relaxed);
            assert_eq!(busy, quiet);
        });
    }

    fn without_a_worker_nothing_is_judged() {
        for command in [r#"["/nowhere/worker"]"#, r#"["true"]"#] {
            let output = Command::new(env::current_exe().expect("a path"))
                .env("ROLE", "checks")
                .args(["--events", "--worker", command])
                .output()
                .expect("this binary can be started");
            assert_eq!(output.status.code(), Some(NOT_CAGED), "{command}");
            let verdicts = events_of(&output);
            assert!(
                !verdicts.iter().any(|event| matches!(event, Event::Passed { .. } | Event::Failed { .. }))
            );
            assert!(String::from_utf8_lossy(&output.stderr).contains("not graded"), "{command}");
        }
    }
}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    toy::main()
}

#[cfg(not(unix))]
fn main() {
    println!("workers need Unix: nothing was tested");
}
