//! A process that answers over its pipes, as the grader uses it.

use std::io::{BufRead, BufReader, Write};
use std::thread;
use std::time::{Duration, Instant};

use cage::End;

use super::both;
use super::roles::{role, worker};

pub(super) const TESTS: &[super::Test] = &[
    ("worker/it_answers_over_its_pipes", it_answers_over_its_pipes),
    ("worker/it_is_waited_for_and_killed", it_is_waited_for_and_killed),
    ("worker/its_environment_is_what_was_named", its_environment_is_what_was_named),
    ("worker/it_starts_in_its_own_directory", it_starts_in_its_own_directory),
    ("worker/it_inherits_no_files", it_inherits_no_files),
    ("worker/many_at_once_do_not_disturb_each_other", many_at_once_do_not_disturb_each_other),
    ("worker/a_thread_that_starts_it_may_end", a_thread_that_starts_it_may_end),
];

fn it_answers_over_its_pipes() {
    for cage in both(worker()) {
        let mut caged = cage.spawn(&role("echo", &[])).unwrap();
        let mut stdin = caged.stdin.take().unwrap();
        let mut stdout = BufReader::new(caged.stdout.take().unwrap());
        for question in ["one", "two", "three"] {
            writeln!(stdin, "{question}").unwrap();
            let mut answer = String::new();
            stdout.read_line(&mut answer).unwrap();
            assert_eq!(answer.trim(), question.to_uppercase());
        }
        assert_eq!(caged.wait_until(Instant::now() + Duration::from_millis(50)), Ok(None));
        drop(stdin);
        assert_eq!(caged.wait_until(Instant::now() + Duration::from_secs(10)), Ok(Some(End::Exited(0))));
        assert!(caged.finish().unwrap().end.success());
    }
}

fn it_is_waited_for_and_killed() {
    for cage in both(worker()) {
        let caged = cage.spawn(&role("sleep", &[])).unwrap();
        let started = Instant::now();
        assert_eq!(caged.wait_until(started + Duration::from_millis(100)), Ok(None));
        assert!(started.elapsed() >= Duration::from_millis(100));
        caged.kill();
        assert_eq!(caged.finish().unwrap().end, End::Killed);
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}

fn its_environment_is_what_was_named() {
    for cage in both(worker()) {
        let outcome = cage.run(role("environment", &[]).env("NAMED", "value").env_remove("PATH")).unwrap();
        let scratch = outcome.scratch.path().display();
        let expected = format!("HOME={scratch}\nNAMED=value\nTMPDIR={scratch}\n");
        let said = String::from_utf8(outcome.stdout).unwrap();
        let mut said: Vec<_> = said.lines().collect();
        said.sort_unstable();
        assert_eq!(said.join("\n") + "\n", expected);
    }
}

fn it_starts_in_its_own_directory() {
    for cage in both(worker()) {
        let outcome = cage.run(&role("directory", &[])).unwrap();
        assert_eq!(String::from_utf8_lossy(&outcome.stdout).trim(), outcome.scratch.path().to_str().unwrap());
        let outcome = cage.run(&role("write", &["four"])).unwrap();
        assert_eq!(outcome.scratch.read("result", 10).unwrap(), b"four");
    }
}

fn it_inherits_no_files() {
    // A file that survives exec, as a job server's pipe does.
    let inherited = nix::unistd::dup(std::io::stdout()).unwrap();
    let outside = role("files", &[]).output().unwrap();
    assert_ne!(outside.stdout, b"0", "nothing was inherited outside either");
    for cage in both(worker()) {
        assert_eq!(cage.run(&role("files", &[])).unwrap().stdout, b"0");
    }
    drop(inherited);
}

fn many_at_once_do_not_disturb_each_other() {
    let cages = both(worker());
    thread::scope(|scope| {
        for number in 0..12_usize {
            let cage = &cages[number % 2];
            scope.spawn(move || {
                let code = number.to_string();
                let outcome = cage.run(&role("exit", &[&code])).unwrap();
                assert_eq!(outcome.end, End::Exited(number as i32));
            });
        }
    });
}

fn a_thread_that_starts_it_may_end() {
    for cage in both(worker()) {
        let caged =
            thread::scope(|scope| scope.spawn(|| cage.spawn(&role("echo", &[])).unwrap()).join().unwrap());
        assert_eq!(caged.wait_until(Instant::now() + Duration::from_millis(100)), Ok(None));
        assert!(caged.finish().unwrap().end.success());
    }
}
