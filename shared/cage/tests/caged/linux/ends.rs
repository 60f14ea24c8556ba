//! How a program ended is told apart. What the limits end is in `cage::controls()`.

use std::time::Duration;

use cage::{End, Limits};

use super::both;
use super::roles::{role, worker};

pub(super) const TESTS: &[super::Test] = &[
    ("ends/by_itself", by_itself),
    ("ends/by_a_refused_allocation", by_a_refused_allocation),
    ("ends/by_the_clock_while_it_is_silent", by_the_clock_while_it_is_silent),
    ("ends/what_it_prints_is_no_report", what_it_prints_is_no_report),
    ("ends/a_shut_directory_counts_as_too_much", a_shut_directory_counts_as_too_much),
    ("ends/its_usage_is_told", its_usage_is_told),
];

fn by_itself() {
    for cage in both(worker()) {
        let end = |name, arguments: &[&str]| cage.run(&role(name, arguments)).unwrap().end;
        assert_eq!(end("exit", &["0"]), End::Exited(0));
        assert_eq!(end("exit", &["42"]), End::Exited(42));
        assert_eq!(end("panic", &[]), End::Exited(101));
        assert_eq!(end("abort", &[]), End::Signal(6));
        assert!(matches!(end("overflow", &[]), End::Signal(6 | 11)));
    }
}

fn by_a_refused_allocation() {
    for cage in both(worker()) {
        let outcome = cage.run(&role("forget-memory", &["100000000000000"])).unwrap();
        assert_eq!(outcome.end, End::Memory);
        assert!(outcome.usage.peak_memory < 100 << 20);
    }
}

fn by_the_clock_while_it_is_silent() {
    let limits = Limits { wall: Duration::from_millis(200), ..Limits::worker() };
    for cage in both(worker().limits(limits)) {
        let outcome = cage.run(&role("sleep", &[])).unwrap();
        assert_eq!(outcome.end, End::WallClock);
        assert!(
            outcome.usage.wall >= Duration::from_millis(200) && outcome.usage.wall < Duration::from_secs(5)
        );
        // A caller who waits for nothing is no reason to let it run.
        let caged = cage.spawn(&role("sleep", &[])).unwrap();
        std::thread::sleep(Duration::from_millis(400));
        assert_eq!(caged.finish().unwrap().end, End::WallClock);
    }
}

fn what_it_prints_is_no_report() {
    for cage in both(worker()) {
        assert_eq!(cage.run(&role("lie", &[])).unwrap().end, End::Exited(7));
    }
}

fn a_shut_directory_counts_as_too_much() {
    for cage in both(worker()) {
        let outcome = cage.run(&role("shut", &[])).unwrap();
        // Root looks through everything.
        let expected = if nix::unistd::geteuid().is_root() { End::Exited(0) } else { End::Disk };
        assert_eq!(outcome.end, expected);
        let path = outcome.scratch.path().to_owned();
        drop(outcome);
        assert!(!path.exists());
    }
}

fn its_usage_is_told() {
    for cage in both(worker()) {
        let usage = cage.run(&role("compute", &[])).unwrap().usage;
        assert!(usage.cpu >= Duration::from_millis(20), "{usage:?}");
        // Two clocks: the processor's is kept in ticks.
        assert!(usage.cpu <= usage.wall + Duration::from_millis(50), "{usage:?}");
    }
}
