//! `verify`: the author's check. Everything that must hold before a push, stage by stage; one failing stage does not
//! hide the others.

mod code;
mod matrix;
mod reference;
mod stability;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::ValueEnum;

use crate::Verdict;
use crate::cli::{Stage, VerifyArgs};
use crate::interrupt::Interrupted;
use crate::lab::{Edition, Lab};
use crate::terminal::{BOLD, DIM, GREEN, RED, duration, pad, say};
use crate::variants::Kind;
use crate::workspace::Workspace;

/// What a stage found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    passed: usize,
    failed: usize,
    /// What failed and why, to be said again where the eye (or a log that keeps only its end) looks: below the table.
    failures: Vec<(String, String)>,
}

/// How many lines of each failure's reason are said again.
const REPEATED_LINES: usize = 40;

impl Findings {
    /// Counts something that holds.
    pub(crate) fn pass(&mut self, what: &str) {
        self.passed += 1;
        say!("  {GREEN}✓{GREEN:#} {what}");
    }

    /// Counts something that does not, with the reason, indented.
    pub(crate) fn fail(&mut self, what: &str, why: &str) {
        self.failed += 1;
        say!("  {RED}✗ {what}{RED:#}");
        for line in why.trim_end().lines() {
            say!("      {line}");
        }
        self.failures.push((what.to_string(), why.trim_end().to_string()));
    }

    /// Counts `number` things that hold and are not listed one by one.
    pub(crate) fn pass_many(&mut self, number: usize, what: &str) {
        self.passed += number;
        say!("  {GREEN}✓{GREEN:#} {what}");
    }

    /// Says something that is neither.
    pub(crate) fn remark(&self, text: &str) {
        say!("  {DIM}{text}{DIM:#}");
    }
}

/// `cargo xtask verify`.
pub(crate) fn verify(workspace: &Workspace, args: &VerifyArgs) -> Result<Verdict> {
    let labs: Vec<&Lab> =
        workspace.select(&args.labs)?.into_iter().filter(|lab| lab.has(Edition::Solution)).collect();
    if let Some(seeds) = args.seeds {
        return stability(workspace, &labs, seeds);
    }
    let stages =
        Stage::value_variants().iter().filter(|stage| args.only.is_empty() || args.only.contains(stage));
    let mut table = Vec::new();
    for &stage in stages {
        table.push(carry_out(&name(stage), &purpose(stage), |findings| {
            run(workspace, &labs, stage, findings)
        })?);
    }
    Ok(summarize(&table))
}

/// Only right solutions, with many seeds.
fn stability(workspace: &Workspace, labs: &[&Lab], seeds: u64) -> Result<Verdict> {
    ensure!(!labs.is_empty(), "there is no solution here to be run");
    let purpose = format!("Right solutions pass with the seeds 0 to {}", seeds - 1);
    let done = carry_out("seeds", &purpose, |findings| {
        each(labs, findings, |lab, findings| stability::examine(workspace, lab, seeds, findings))
    })?;
    Ok(summarize(&[done]))
}

/// A stage by its name, what it found and how long it took.
type Done = (String, Findings, Duration);

/// Says what is being looked at, looks at it, and says how long that took.
fn carry_out(name: &str, purpose: &str, work: impl FnOnce(&mut Findings) -> Result<()>) -> Result<Done> {
    say!("{BOLD}{name}{BOLD:#} {DIM}{purpose}{DIM:#}");
    let start = Instant::now();
    let mut findings = Findings::default();
    match work(&mut findings) {
        Ok(()) => {}
        Err(error) if error.is::<Interrupted>() => return Err(error),
        Err(error) => findings.fail("the stage could not be carried out", &format!("{error:#}")),
    }
    let time = start.elapsed();
    say!("  {DIM}{}{DIM:#}\n", duration(time));
    Ok((name.to_string(), findings, time))
}

fn run(workspace: &Workspace, labs: &[&Lab], stage: Stage, findings: &mut Findings) -> Result<()> {
    match stage {
        Stage::Fmt => code::format(workspace, findings),
        Stage::Clippy => code::clippy(workspace, findings),
        Stage::Docs => code::docs(workspace, findings),
        Stage::Tests => code::tests(workspace, findings),
        Stage::Stubs => {
            each(labs, findings, reference::stubs_in_sync)?;
            reference::pages_in_sync(workspace, findings)
        }
        Stage::Fails => each(labs, findings, |lab, findings| reference::stub_fails(workspace, lab, findings)),
        Stage::Reference => each(labs, findings, |lab, findings| reference::passes(workspace, lab, findings)),
        Stage::Alternative => each(labs, findings, |lab, findings| {
            matrix::variants(workspace, lab, Kind::Alternative, findings)
        }),
        Stage::Wrong => {
            each(labs, findings, |lab, findings| matrix::variants(workspace, lab, Kind::Wrong, findings))
        }
    }
}

/// Looks at every lab, whatever becomes of the ones before.
fn each(
    labs: &[&Lab],
    findings: &mut Findings,
    examine: impl Fn(&Lab, &mut Findings) -> Result<()>,
) -> Result<()> {
    for lab in labs {
        match examine(lab, findings) {
            Ok(()) => {}
            Err(error) if error.is::<Interrupted>() => return Err(error),
            Err(error) => findings.fail(&lab.id(), &format!("{error:#}")),
        }
    }
    Ok(())
}

fn summarize(table: &[Done]) -> Verdict {
    for (stage, findings, time) in table {
        let (style, word) = match findings.failed {
            0 => (GREEN, "ok"),
            _ => (RED, "FAILED"),
        };
        say!(
            "{} {style}{}{style:#} {:>5} passed {:>5} failed  {DIM}{:>8}{DIM:#}",
            pad(stage, 12),
            pad(word, 7),
            findings.passed,
            findings.failed,
            duration(*time)
        );
    }
    for (stage, findings, _) in table {
        for (what, why) in &findings.failures {
            say!("\n{RED}{stage}: {what}{RED:#}");
            let lines: Vec<&str> = why.lines().collect();
            for line in lines.iter().take(REPEATED_LINES) {
                say!("    {line}");
            }
            if let Some(more @ 1..) = lines.len().checked_sub(REPEATED_LINES) {
                say!("    {DIM}({more} lines more above){DIM:#}");
            }
        }
    }
    let passed: usize = table.iter().map(|(_, findings, _)| findings.passed).sum();
    let failed: usize = table.iter().map(|(_, findings, _)| findings.failed).sum();
    say!("{BOLD}{passed} passed, {failed} failed{BOLD:#}");
    Verdict::passed_if(failed == 0)
}

fn name(stage: Stage) -> String {
    stage.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default()
}

fn purpose(stage: Stage) -> String {
    let value = stage.to_possible_value();
    value.and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
}
