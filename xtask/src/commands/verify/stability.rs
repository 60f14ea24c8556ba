//! `verify --seeds N`: whether right solutions pass whatever the inputs.
//!
//! A check that fails a right solution once in a thousand runs costs somebody in a large class their points. So the
//! reference and every alternative are compiled once each, as submissions are, and asked by the checks with many seeds,
//! through the same cage and worker that grading uses. A failure here is the check's: its tolerance, or what it
//! assumes of the input, is to be derived again.
//!
//! An alternative is the reference but for the bodies that it replaces. Only the checks that reach these are asked: with
//! all others it runs the very code of the reference.

use std::collections::BTreeMap;
use std::iter;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use grading::event::Failure;

use super::Findings;
use super::matrix::own_terms;
use crate::cargo;
use crate::grade::assess::Bench;
use crate::lab::Lab;
use crate::pool;
use crate::stubs::Source;
use crate::terminal::{count, progress_bar, spinner};
use crate::variants::{self, Kind, Variant};
use crate::workspace::Workspace;

/// A right solution, ready to be asked.
struct Contender {
    title: String,
    worker: PathBuf,
    checks: Vec<String>,
}

/// A check that failed a right solution.
struct FalseFailure {
    seed: u64,
    check: String,
    /// `None` where the check did not come to its turn.
    failure: Option<Failure>,
}

/// Runs the reference and every alternative solution with the seeds from 0 to `seeds` - 1.
pub(super) fn examine(workspace: &Workspace, lab: &Lab, seeds: u64, findings: &mut Findings) -> Result<()> {
    let source = Source::read(lab)?;
    let alternatives = variants::read(lab, Kind::Alternative)?;
    // It pays to optimise what runs so often. Rust's arithmetic is the same at every level.
    let bench = Bench::of(workspace, lab, &own_terms(), &cargo::build_optimised_checks(workspace, lab)?)?;

    let solutions: Vec<Option<&Variant>> = iter::once(None).chain(alternatives.iter().map(Some)).collect();
    let bar = spinner(format!("{}: compiling {}", lab.id(), count(solutions.len(), "solution")));
    let scratch = workspace.target_dir().join("verify").join(lab.id()).join("seeds");
    let contenders = pool::map(pool::cores(), &solutions, |solution| match solution {
        None => Ok(Contender {
            title: format!("{}/reference", lab.id()),
            worker: bench.worker(&variants::reference(&source), &scratch.join("reference"))?,
            checks: bench.plan().iter().map(|check| check.name.clone()).collect(),
        }),
        Some(variant) => {
            let title = format!("{}/alternative/{}", lab.id(), variant.name);
            let contender = || -> Result<Contender> {
                let worker = bench.worker(
                    &variants::apply(&source, variant)?,
                    &scratch.join("right").join(&variant.name),
                )?;
                let trap = scratch.join("trapped").join(&variant.name);
                let trapped = bench.worker(&variants::trapped(&source, variant), &trap)?;
                let runs = bench.ask(&trapped, 0, &[])?;
                let reached = runs.into_iter().filter(|run| !run.passed());
                let checks: Vec<String> = reached.map(|run| run.info.name).collect();
                ensure!(!checks.is_empty(), "no check reaches what it replaces");
                Ok(Contender { title: title.clone(), worker, checks })
            };
            contender().context(title.clone())
        }
    });
    bar.finish_and_clear();
    let contenders = contenders?;

    let runs: Vec<(usize, u64)> =
        (0..seeds).flat_map(|seed| (0..contenders.len()).map(move |which| (which, seed))).collect();
    let bar = progress_bar(runs.len());
    let failures = pool::map(pool::cores(), &runs, |&(which, seed)| {
        let Contender { title, worker, checks } = &contenders[which];
        bar.set_message(title.clone());
        let ran = bench.ask(worker, seed, checks)?;
        ensure!(ran.len() == checks.len(), "{title}: only {} of {} checks ran", ran.len(), checks.len());
        bar.inc(1);
        let failed = ran.into_iter().filter(|run| !run.passed());
        Ok(failed
            .map(|run| FalseFailure { seed, failure: run.failure().cloned(), check: run.info.name })
            .collect::<Vec<_>>())
    });
    bar.finish_and_clear();

    let mut by_contender: Vec<Vec<FalseFailure>> = contenders.iter().map(|_| Vec::new()).collect();
    for (&(which, _), failures) in runs.iter().zip(failures?) {
        by_contender[which].extend(failures);
    }
    for (contender, failures) in contenders.iter().zip(&by_contender) {
        let tried =
            format!("{} of {}", count(seeds as usize, "seed"), count(contender.checks.len(), "check"));
        if failures.is_empty() {
            findings.pass(&format!("{}: {tried}, no false failure", contender.title));
        } else {
            let found = count(failures.len(), "false failure");
            findings.fail(&format!("{}: {found} in {tried}", contender.title), &story(failures));
        }
    }
    Ok(())
}

/// Each check that failed with its first failure whole, and the seed and token of all of them.
fn story(failures: &[FalseFailure]) -> String {
    let mut by_check: BTreeMap<&str, Vec<&FalseFailure>> = BTreeMap::new();
    for failure in failures {
        by_check.entry(&failure.check).or_default().push(failure);
    }
    let mut text = String::new();
    for (check, failures) in by_check {
        text += &format!("{check}, {}\n", count(failures.len(), "seed"));
        for found in &failures {
            let token = found.failure.as_ref().and_then(|failure| failure.token.as_deref());
            text += &format!("  seed {:>5}  {}\n", found.seed, token.unwrap_or("(no token)"));
        }
        match failures.iter().find_map(|found| found.failure.as_ref()) {
            Some(failure) => failure.to_string().lines().for_each(|line| text += &format!("    {line}\n")),
            None => text += "    it did not run\n",
        }
    }
    text
}
