//! The tests, and what runs them.

mod compiler;
mod controls;
mod ends;
mod left_behind;
mod refusals;
mod roles;
mod worker;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use cage::Cage;

/// A name, and what panics if it does not hold.
type Test = (&'static str, fn());

pub(super) fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(role) = arguments.first().and_then(|first| first.strip_prefix("role:")) {
        roles::play(role, &arguments[1..]);
    }
    if let Err(error) = cage::level().require() {
        println!("{}\n\nNothing can be tested here: {error}", cage::level());
        // A system that must have a cage says so, lest this passes for a success.
        let must = std::env::var_os("REQUIRE_CAGE").is_some();
        return if must { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let filters: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let wanted =
        |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    let tests =
        [controls::TESTS, compiler::TESTS, worker::TESTS, ends::TESTS, left_behind::TESTS, refusals::TESTS];
    let tests: Vec<Test> = tests.concat().into_iter().filter(|(name, _)| wanted(name)).collect();
    let mut failures = Vec::new();
    for (name, test) in &tests {
        let started = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(test));
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("test {name} ... {word} in {} ms", started.elapsed().as_millis());
        if let Err(panic) = outcome {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text =
                text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a text");
            failures.push(format!("---- {name} ----\n{text}"));
        }
    }
    if !failures.is_empty() {
        println!("failures:\n{}", failures.join("\n"));
    }
    // As every test program ends, so that `verify` counts it.
    let word = if failures.is_empty() { "ok" } else { "FAILED" };
    println!("test result: {word}. {} passed; {} failed", tests.len() - failures.len(), failures.len());
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The same cage with everything that this system has, and with what must suffice.
fn both(cage: Cage) -> [Cage; 2] {
    [cage.clone(), cage.without_namespaces()]
}
