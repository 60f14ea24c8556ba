//! The mutation score, with a stand-in for cargo-mutants that lists what the test wants.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::workspace::{Said, Workspace};

/// A line of the list: file, words, replacement, and the span from line and column to line and column.
type Line<'a> = (&'a str, &'a str, &'a str, [usize; 4]);

const CAUGHT: Line<'_> = ("sum", "replace += with -= in sum_to", "-=", [15, 13, 15, 15]);
const UNVIABLE: Line<'_> = ("sum", "replace += with ++ in sum_to", "++", [15, 13, 15, 15]);
const ENDLESS: Line<'_> = ("sum", "replace product_to -> i64 with loop {}", "loop {}", [24, 5, 24, 30]);
const GIVEN: Line<'_> = ("sum", "replace up_to -> RangeInclusive<i64> with 0..=0", "0..=0", [6, 5, 6, 10]);
const EQUAL: Line<'_> = (
    "double",
    "replace double -> i64 with x.checked_mul(2).unwrap_or(i64::MAX)",
    "x.checked_mul(2).unwrap_or(i64::MAX)",
    [6, 5, 7, 41],
);

/// Runs `xtask mutants toy ARGS` where cargo-mutants lists these.
fn mutants(workspace: &Workspace, lines: &[Line<'_>], args: &[&str]) -> Said {
    let listed: Vec<String> = lines
        .iter()
        .map(|(file, words, replacement, [from_line, from, to_line, to])| {
            let file = format!("solutions/lab-07-toy/src/{file}.rs");
            format!(
                r#"{{"name": "{file}:{from_line}:{from}: {words}", "file": "{file}", "replacement": "{replacement}",
                "span": {{"start": {{"line": {from_line}, "column": {from}}}, "end": {{"line": {to_line}, "column": {to}}}}}}}"#
            )
        })
        .collect();
    fs::create_dir_all(workspace.path("bin")).unwrap();
    let program = workspace.path("bin/cargo-mutants");
    workspace.write("bin/cargo-mutants", &format!("#!/bin/sh\ncat <<'END'\n[{}]\nEND\n", listed.join(",")));
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let elsewhere = env::var_os("PATH").unwrap_or_default();
    let path =
        env::join_paths([workspace.path("bin")].into_iter().chain(env::split_paths(&elsewhere))).unwrap();
    let mut command = workspace.command(&["mutants", "toy"]);
    Said::of(command.args(args).env("PATH", path))
}

#[test]
fn mutants_are_caught_or_do_not_compile_and_what_is_known_is_not_judged_again() {
    let workspace = Workspace::with_stubs();
    let lines = [CAUGHT, UNVIABLE, ENDLESS, GIVEN];
    let summary = "100.0 % of 2 viable mutants caught (1 by time), 0 survivors (0 not explained); \
                   3 in all, of which 1 do not compile";
    mutants(&workspace, &lines, &[]).code(0).says(&[summary]);
    let memory = workspace.path("target/mutants/lab-07-toy.json");
    let written = || fs::metadata(&memory).unwrap().modified().unwrap();
    let before = written();
    mutants(&workspace, &lines, &["--json"]).code(0).says(&[
        r#"{"mutant":"src/sum.rs: replace += with -= in sum_to","line":15,"fate":"caught","by":"sum_is_gauss"}"#,
        r#""fate":"timeout","by":"product_grows"}"#,
        r#""caught":2,"timeout":1,"survived":0,"score":100.0,"passed":true}"#,
    ]);
    assert_eq!(written(), before, "they were judged again");
}

#[test]
fn a_survivor_must_be_explained_and_an_explanation_must_be_true() {
    let workspace = Workspace::with_stubs();
    let name = "src/double.rs: replace double -> i64 with x.checked_mul(2).unwrap_or(i64::MAX)";
    let on_double = |code| mutants(&workspace, &[CAUGHT, EQUAL], &["double"]).code(code);
    on_double(1).says(&[&format!("✗ {name}"), "(1 not explained)", "solutions/lab-07-toy/MUTANTS.md"]);
    workspace.write(
        "solutions/lab-07-toy/MUTANTS.md",
        &format!("# What survives\n\n- `{name}`: 2x is\n  x + x.\n"),
    );
    on_double(0).says(&[&format!("· {name}"), "2x is x + x.", "(0 not explained)"]);
    // Half of the mutants is too few, explained or not.
    mutants(&workspace, &[CAUGHT, EQUAL], &[]).code(1).says(&["50.0 % of 2 viable mutants"]);
    mutants(&workspace, &[CAUGHT], &[]).code(1).says(&[name, "it does not survive"]);
    // It is the authors' own.
    workspace.run(&["stubs"]).code(0);
    assert!(!workspace.path("labs/lab-07-toy/MUTANTS.md").exists());
}
