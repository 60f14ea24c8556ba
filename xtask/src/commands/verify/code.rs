//! The stages that look at the code of the whole workspace: format, lints, documentation, tests.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;

use anyhow::{Context, Result};

use super::Findings;
use crate::cargo::{self, TICK};
use crate::interrupt;
use crate::lab::Edition;
use crate::terminal::{count, spinner};
use crate::workspace::Workspace;

/// How much of a failing tool's output is shown.
const SHOWN_LINES: usize = 200;

/// `cargo fmt --all --check`.
pub(super) fn format(workspace: &Workspace, findings: &mut Findings) -> Result<()> {
    let output = cargo::output(cargo::cargo(workspace).args(["fmt", "--all", "--check"]))?;
    if output.status.success() {
        findings.pass("every file is as rustfmt writes it");
    } else {
        findings.fail("cargo fmt --all --check", &end_of(&(output.stdout + &output.stderr)));
    }
    Ok(())
}

/// What only demos and instructors need, for cargo's `--features`.
fn all_features(workspace: &Workspace, editions: &[Edition]) -> String {
    let mut features = workspace.demo_features(editions);
    if workspace.root.join("xtask/Cargo.toml").is_file() {
        features += ",xtask/bench,xtask/grade,xtask/watch";
    }
    features
}

/// `cargo clippy --workspace --all-targets -- -D warnings`, with the demos of both editions.
pub(super) fn clippy(workspace: &Workspace, findings: &mut Findings) -> Result<()> {
    let bar = spinner("clippy");
    let features = all_features(workspace, &[Edition::Student, Edition::Solution]);
    let args = ["--workspace", "--all-targets", "--features", &features, "--quiet", "--", "-D", "warnings"];
    let output = cargo::output(cargo::cargo(workspace).arg("clippy").args(args))?;
    bar.finish_and_clear();
    if output.status.success() {
        findings.pass("no warning anywhere");
    } else {
        findings.fail(&format!("cargo clippy {}", args.join(" ")), &end_of(&output.stderr));
    }
    Ok(())
}

/// `cargo doc --no-deps`, where a warning is an error: a link that leads nowhere.
pub(super) fn docs(workspace: &Workspace, findings: &mut Findings) -> Result<()> {
    let bar = spinner("rustdoc");
    let args = ["doc", "--no-deps", "--quiet"];
    let output = cargo::output(cargo::cargo(workspace).args(args).env("RUSTDOCFLAGS", "-D warnings"))?;
    bar.finish_and_clear();
    if output.status.success() {
        findings.pass("every link leads somewhere");
    } else {
        findings.fail("RUSTDOCFLAGS='-D warnings' cargo doc --no-deps", &end_of(&output.stderr));
    }
    Ok(())
}

/// `cargo test`: what the default members promise, the demos among them.
pub(super) fn tests(workspace: &Workspace, findings: &mut Findings) -> Result<()> {
    let mut child = cargo::cargo(workspace)
        .args(["test", "--no-fail-fast", "--features", &all_features(workspace, &[Edition::Solution])])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let (sender, receiver) = channel();
    let streams: [(bool, Option<Box<dyn Read + Send>>); 2] = [
        (true, child.stdout.take().map(|stream| Box::new(stream) as _)),
        (false, child.stderr.take().map(|stream| Box::new(stream) as _)),
    ];
    for (is_stdout, stream) in streams {
        let Some(stream) = stream else { continue };
        let sender = sender.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).trim_end().to_string();
                if sender.send((is_stdout, line)).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let bar = spinner("testing");
    let (mut said, mut complained) = (Vec::new(), Vec::new());
    loop {
        match receiver.recv_timeout(TICK) {
            Ok((is_stdout, line)) => {
                bar.set_message(line.trim().chars().take(70).collect::<String>());
                if is_stdout { &mut said } else { &mut complained }.push(line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                if let Err(interrupted) = interrupt::check() {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(interrupted.into());
                }
            }
        }
    }
    let status = cargo::wait(&mut child)?;
    bar.finish_and_clear();
    let (passed, failed) = tally(&said);
    if passed > 0 {
        findings.pass_many(passed, &format!("passed: {}, doctests included", count(passed, "test")));
    }
    if status.success() {
        if passed == 0 {
            findings.fail("cargo test", "not a single test ran");
        }
    } else {
        let why = [failures(&said), errors(&complained)].concat().join("\n");
        findings.fail(&format!("cargo test: {failed} failed"), &end_of(&why));
        findings.failed += failed.saturating_sub(1);
    }
    Ok(())
}

/// Of the test binaries' standard output, what those say that failed: from `failures:` to `test result: FAILED`.
fn failures(stdout: &[String]) -> Vec<String> {
    let mut shown = Vec::new();
    let mut failing = Vec::new();
    for line in stdout {
        if line.starts_with("test result:") {
            if line.contains("FAILED") {
                shown.append(&mut failing);
                shown.push(line.clone());
            }
            failing.clear();
        } else if line == "failures:" || !failing.is_empty() {
            failing.push(line.clone());
        }
    }
    // A binary that was killed never gave its result.
    shown.append(&mut failing);
    shown
}

/// Of cargo's own lines, those that follow an error, and not its progress.
fn errors(stderr: &[String]) -> Vec<String> {
    let progress =
        ["Compiling ", "Running ", "Doc-tests ", "Finished ", "Executable ", "Blocking ", "Downloading "];
    let from_first = stderr.iter().skip_while(|line| !line.starts_with("error"));
    from_first
        .filter(|line| !progress.iter().any(|word| line.trim_start().starts_with(word)))
        .cloned()
        .collect()
}

/// Adds up the lines `test result: ok. 12 passed; 0 failed; …`.
fn tally(lines: &[String]) -> (usize, usize) {
    let number_before = |line: &str, word: &str| -> usize {
        let words: Vec<&str> = line.split([' ', ';', '.']).filter(|part| !part.is_empty()).collect();
        let at = words.iter().position(|part| *part == word);
        at.and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok()).unwrap_or(0)
    };
    lines.iter().filter(|line| line.starts_with("test result:")).fold((0, 0), |(passed, failed), line| {
        (passed + number_before(line, "passed"), failed + number_before(line, "failed"))
    })
}

/// The last lines, which say what is wrong.
fn end_of(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let skipped = lines.len().saturating_sub(SHOWN_LINES);
    let end = lines[skipped..].join("\n");
    if skipped > 0 { format!("({skipped} lines before)\n{end}") } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_test_binaries_are_added_up() {
        let lines = [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ];
        assert_eq!(tally(&lines.map(String::from)), (13, 2));
    }

    #[test]
    fn what_failing_tests_say_is_kept_and_the_rest_is_not() {
        let stdout = "running 2 tests\ntest fine ... ok\ntest result: ok. 2 passed; 0 failed;\n\
            running 1 test\ntest wrong ... FAILED\nfailures:\n---- wrong stdout ----\nleft is not right\nfailures:\n    wrong\n\
            test result: FAILED. 0 passed; 1 failed;\nrunning 1 test\ntest result: ok. 1 passed; 0 failed;";
        let stderr = "   Compiling cage\n     Running tests/caged.rs\nerror: test failed, to rerun pass `-p cage`\n   \
            Doc-tests cage\nerror: 1 target failed:\n    `-p cage`";
        let lines = |text: &str| text.lines().map(String::from).collect::<Vec<_>>();
        let shown = failures(&lines(stdout)).join("|");
        assert!(shown.starts_with("failures:|---- wrong stdout ----|left is not right|"), "{shown}");
        assert!(shown.ends_with("0 passed; 1 failed;") && !shown.contains("fine"), "{shown}");
        let shown = errors(&lines(stderr));
        assert_eq!(shown.len(), 3, "{shown:?}");
    }
}
