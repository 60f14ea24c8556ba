//! The stages about a lab's two editions: the stub is in sync and fails, the reference passes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use grading::event::FailureKind;
use grading::render;

use super::Findings;
use crate::cargo::{self, Build};
use crate::commands::stubs::show_changes;
use crate::lab::{Edition, Lab};
use crate::run::{self, CheckRun, Options, Outcome};
use crate::stubs;
use crate::terminal::{count, spinner};
use crate::workspace::Workspace;

/// The reference must pass with each of these: 0 is what students get.
const SEEDS: [u64; 3] = [0, 1, 2];

/// `labs/` is what `stubs` would write, and that gives nothing away.
pub(super) fn stubs_in_sync(lab: &Lab, findings: &mut Findings) -> Result<()> {
    let files = stubs::generate(lab)?;
    if stubs::compare(lab, &files)?.is_empty() {
        findings.pass(&format!("{}: in sync, nothing given away", lab.id()));
    } else {
        findings.fail(&lab.id(), "labs/ is not what its solution makes");
        show_changes(lab, &files)?;
    }
    Ok(())
}

/// `labs/` has the pages for all labs as they are in `solutions/`.
pub(super) fn pages_in_sync(workspace: &Workspace, findings: &mut Findings) -> Result<()> {
    for (name, bytes) in stubs::pages(&workspace.root)? {
        let shown = Path::new("labs").join(&name).display().to_string();
        if fs::read(workspace.root.join(&shown)).is_ok_and(|present| present == bytes) {
            findings.pass(&format!("{shown}: in sync"));
        } else {
            findings.fail(&shown, "it is not what solutions/ has; write it anew: cargo xtask stubs");
        }
    }
    Ok(())
}

/// The stub compiles without warnings, and every check says that its function is not written.
pub(super) fn stub_fails(workspace: &Workspace, lab: &Lab, findings: &mut Findings) -> Result<()> {
    let package = lab.package(Edition::Student);
    let build = cargo::build_checks(workspace, lab, Edition::Student)?;
    if !build.success {
        findings.fail(&format!("{package} does not compile"), &build.complaint());
        return Ok(());
    }
    if build.diagnostics.is_empty() {
        findings.pass(&format!("{package} compiles without a warning"));
    } else {
        findings.fail(&format!("{package} compiles with warnings"), &build.complaint());
    }
    let runs = run_all(&build, lab, Edition::Student, None)?;
    let mut silent = 0;
    for run in &runs {
        match &run.outcome {
            Outcome::Failed { failure } if failure.kind == FailureKind::NotWritten => silent += 1,
            Outcome::Failed { failure } => findings.fail(
                &format!(
                    "{}: not written yet, but it fails as {}",
                    run.info.name,
                    render::kind(&failure.kind)
                ),
                &failure.to_string(),
            ),
            Outcome::Passed { .. } => findings.fail(
                &format!("{} is vacuous", run.info.name),
                "it passes although nothing is written: it calls no function that students write",
            ),
            Outcome::Waiting => findings.fail(&run.info.name, "it did not run"),
        }
    }
    if silent > 0 {
        findings.pass_many(
            silent,
            &format!("{}: {} not written, as it should be", lab.id(), count(silent, "check")),
        );
    }
    Ok(())
}

/// The reference passes all checks, hidden ones as well, with several seeds.
pub(super) fn passes(workspace: &Workspace, lab: &Lab, findings: &mut Findings) -> Result<()> {
    let build = build_reference(workspace, lab)?;
    for seed in SEEDS {
        let runs = run_all(&build, lab, Edition::Solution, Some(seed))?;
        let passed = runs.iter().filter(|run| run.passed()).count();
        for run in runs.iter().filter(|run| !run.passed()) {
            let what = format!("{}, seed {seed}: {}", lab.id(), run.info.name);
            match run.failure() {
                Some(failure) => findings.fail(&what, &failure.to_string()),
                None => findings.fail(&what, "it did not run"),
            }
        }
        if passed > 0 {
            let what = format!("{}, seed {seed}: passes {}", lab.id(), count(passed, "check"));
            findings.pass_many(passed, &what);
        }
    }
    Ok(())
}

/// Builds the reference's checks, or says why that cannot be.
pub(super) fn build_reference(workspace: &Workspace, lab: &Lab) -> Result<Build> {
    let build = cargo::build_checks(workspace, lab, Edition::Solution)?;
    if !build.success {
        bail!("the reference does not compile:\n{}", build.complaint());
    }
    Ok(build)
}

/// Runs every check. None at all is an error: that would be no proof of anything.
fn run_all(build: &Build, lab: &Lab, edition: Edition, seed: Option<u64>) -> Result<Vec<CheckRun>> {
    let executable = build.executable().context("cargo did not say where the checks are")?;
    let options =
        Options { executable: executable.to_path_buf(), dir: lab.dir(edition), seed, ..Options::default() };
    let bar = spinner(format!("checking {}", lab.package(edition)));
    let runs = run::run(&options, &mut |_| {})?;
    bar.finish_and_clear();
    if runs.is_empty() {
        bail!("no check ran");
    }
    Ok(runs)
}
