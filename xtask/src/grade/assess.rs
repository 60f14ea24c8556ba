//! Judging one lab of one submission: compile it in a cage, let the checks ask it, write down what came of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use grading::event::{CheckInfo, FailureKind};
use sha2::{Digest, Sha256};

use super::caged::{CagedCompiler, OUT_OF_MEMORY, keeper};
use super::compile::{Blueprint, Compiled, Reason};
use super::own::OwnFolder;
use super::results::{CheckResult, LabResult, Outcome, Status};
use crate::cargo::{self, Build};
use crate::lab::{Edition, Lab};
use crate::run::{self, CheckRun, Options, Until};
use crate::stubs::Files;
use crate::workspace::Workspace;

/// What holds for all submissions of a run.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// Seconds for one call of a graded function …
    pub(crate) limit: u64,
    /// … and for all calls of a lab together.
    pub(crate) budget: u64,
    /// Seconds of processor time for a call of rustc.
    pub(crate) compile_limit: u64,
    /// Makes the inputs of one course other than those of the next.
    pub(crate) salt: String,
    /// Grade although this system cannot cage.
    pub(crate) any_level: bool,
    /// How much is to be found out.
    pub(crate) until: Until,
}

/// What is handed in for one lab, checked and complete.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) student: &'a str,
    /// The name for people, where the roster has one.
    pub(crate) name: Option<&'a str>,
    /// The lab's crate with the student's files in their places.
    pub(crate) files: &'a Files,
    pub(crate) notes: Vec<String>,
}

/// A lab made ready to judge submissions: its checks compiled once, and everything that a submission's own compilation
/// needs.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    lab: &'a Lab,
    blueprint: Blueprint,
    compiler: CagedCompiler,
    plan: Vec<CheckInfo>,
    terms: Terms,
    /// This program and the check binary, kept where no build replaces them.
    programs: OwnFolder,
}

impl<'a> Bench<'a> {
    /// Builds the lab's checks with its reference.
    pub(crate) fn set_up(workspace: &Workspace, lab: &'a Lab, terms: &Terms) -> Result<Bench<'a>> {
        Bench::of(workspace, lab, terms, &cargo::build_checks(workspace, lab, Edition::Solution)?)
    }

    /// The same with a build of the checks and the reference that is there already.
    pub(crate) fn of(workspace: &Workspace, lab: &'a Lab, terms: &Terms, build: &Build) -> Result<Bench<'a>> {
        anyhow::ensure!(build.success, "the checks of {} do not compile:\n{}", lab.id(), build.complaint());
        let programs = OwnFolder::new(&workspace.target_dir().join("bench"))?;
        let this = this_program()?;
        fs::copy(&this, programs.path().join("keeper")).context("cannot copy this program")?;
        let checks = build.executable().context("cargo made no check binary")?;
        fs::copy(checks, programs.path().join("checks")).context("cannot copy the check binary")?;
        let plan = run::plan(&programs.path().join("checks"), &lab.dir(Edition::Solution))?;
        Ok(Bench {
            lab,
            blueprint: Blueprint::learn(workspace, lab, build)?,
            compiler: CagedCompiler::new(workspace, terms)?,
            plan,
            terms: terms.clone(),
            programs,
        })
    }

    /// The lab's checks.
    pub(crate) fn plan(&self) -> &[CheckInfo] {
        &self.plan
    }

    /// The seed of a student's inputs: the same again next year, another for the neighbour.
    pub(crate) fn seed(&self, student: &str) -> u64 {
        let mut hash = Sha256::new();
        for part in [self.lab.id().as_str(), student, &self.terms.salt] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        u64::from(u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]]))
    }

    /// Of everything that a result depends on.
    pub(crate) fn digest(&self, entry: &Entry<'_>) -> Result<String> {
        let Terms { limit, budget, compile_limit, until, .. } = self.terms;
        let terms = format!(
            "{} {} {limit} {budget} {compile_limit} {until:?} {}",
            self.seed(entry.student),
            entry.student,
            cage_words(&self.terms)
        );
        let mut hash = Sha256::new();
        hash.update(self.blueprint.key(entry.files)?);
        hash.update(terms);
        Ok(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Compiles and judges, in `dir`, which is emptied first.
    ///
    /// # Errors
    ///
    /// Only what is no fault of the submission: it is `NotGraded` then, without a score.
    pub(crate) fn judge(&self, entry: &Entry<'_>, dir: &Path) -> Result<LabResult> {
        let worker = match self.blueprint.compile(&self.compiler, entry.files, dir)? {
            Compiled::Worker(worker) => worker,
            Compiled::Rejected(rejection) => {
                let status = match rejection.reason {
                    Reason::Errors => Status::CompileError,
                    Reason::Time => Status::Timeout,
                    Reason::Memory => Status::OutOfMemory,
                };
                return self.without_run(entry, status, Some(rejection.text));
            }
        };
        let runs = self.ask(&worker, self.seed(entry.student), &[])?;
        let _ = fs::remove_dir_all(dir);
        let checks: Vec<CheckResult> = runs.into_iter().map(check_result).collect();
        let status = status_of(&checks);
        Ok(LabResult { checks, status, ..self.without_run(entry, status, None)? })
    }

    /// Compiles what has to compile, in `dir`, which is emptied first.
    pub(crate) fn worker(&self, files: &Files, dir: &Path) -> Result<PathBuf> {
        match self.blueprint.compile(&self.compiler, files, dir)? {
            Compiled::Worker(worker) => Ok(worker),
            Compiled::Rejected(rejection) => anyhow::bail!("does not compile:\n{}", rejection.text),
        }
    }

    /// Lets these checks ask a worker; all of them if none is named.
    pub(crate) fn ask(&self, worker: &Path, seed: u64, names: &[String]) -> Result<Vec<CheckRun>> {
        let Terms { limit, budget, any_level, until, .. } = self.terms;
        let program = |name: &str| -> PathBuf { self.programs.path().join(name) };
        let options = Options {
            executable: program("checks"),
            dir: self.programs.path().to_path_buf(),
            names: names.to_vec(),
            seed: Some(seed),
            limit: Some(limit),
            until,
            worker: Some(run::Worker {
                command: keeper(&program("keeper"), worker, Duration::from_secs(budget), any_level)?,
                budget,
            }),
            ..Options::default()
        };
        run::run(&options, &mut |_| {})
    }

    /// A result of which no check was run.
    pub(crate) fn without_run(
        &self,
        entry: &Entry<'_>,
        status: Status,
        message: Option<String>,
    ) -> Result<LabResult> {
        let not_run = |info: &CheckInfo| CheckResult { info: info.clone(), outcome: Outcome::NotRun };
        Ok(LabResult {
            student: entry.student.to_string(),
            name: entry.name.map(str::to_string),
            lab: self.lab.id(),
            status,
            message,
            notes: entry.notes.clone(),
            checks: self.plan.iter().map(not_run).collect(),
            cage: cage_words(&self.terms),
            seed: self.seed(entry.student),
            digest: self.digest(entry)?,
        })
    }
}

/// This program's file. A build may have put another in its place meanwhile, but Linux still has the one that runs.
fn this_program() -> Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return Ok(running.to_path_buf());
    }
    std::env::current_exe().context("this program does not know where it is")
}

/// What is enforced, in words.
fn cage_words(terms: &Terms) -> String {
    let level = cage::level();
    match level.require() {
        Ok(()) => "whole".to_string(),
        Err(_) if !terms.any_level => "none".to_string(),
        Err(missing) => format!("incomplete: {missing}"),
    }
}

fn check_result(run: CheckRun) -> CheckResult {
    let outcome = match run.outcome {
        run::Outcome::Waiting => Outcome::NotRun,
        run::Outcome::Passed { cases, .. } => Outcome::Passed { cases },
        run::Outcome::Failed { failure } => Outcome::Failed { failure },
    };
    CheckResult { info: run.info, outcome }
}

/// Graded, unless no check got the answers that it asked for. Then the first one tells why: what crashes at each call
/// uses the time up as well, and the later checks are not asked any more.
fn status_of(checks: &[CheckResult]) -> Status {
    let unanswered = |check: &CheckResult| match &check.outcome {
        Outcome::Failed { failure } => match failure.kind {
            FailureKind::TimedOut | FailureKind::NotAsked => Some(Status::Timeout),
            FailureKind::Crashed if failure.message == OUT_OF_MEMORY => Some(Status::OutOfMemory),
            FailureKind::Crashed => Some(Status::Crashed),
            _ => None,
        },
        Outcome::Passed { .. } | Outcome::NotRun => None,
    };
    let reasons: Option<Vec<Status>> = checks.iter().map(unanswered).collect();
    reasons.and_then(|reasons| reasons.first().copied()).unwrap_or(Status::Graded)
}
