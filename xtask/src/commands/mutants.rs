//! `mutants`: how much of a reference the checks of its lab hold fast.
//!
//! A mutant that no check catches is a mistake that a student could hand in for full marks, or it computes the same
//! in another way. The latter are explained in `MUTANTS.md`, which is held to what survives in both directions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use grading::event::FailureKind;
use serde::{Deserialize, Serialize};

use crate::Verdict;
use crate::cli::MutantsArgs;
use crate::grade::assess::{Bench, Entry, Terms};
use crate::grade::results::{Outcome, Status};
use crate::interrupt;
use crate::lab::{Edition, Lab};
use crate::mutants::survivors::{self, Explained};
use crate::mutants::{self, Mutant};
use crate::run::Until;
use crate::stubs::Files;
use crate::terminal::{BOLD, DIM, GREEN, RED, YELLOW, count, duration, progress_bar, say, spinner};
use crate::workspace::{Workspace, write_atomically};

/// The share of viable mutants, in percent, that a lab's checks must catch.
const GOAL: f64 = 95.0;

/// Seconds for one call, and for all calls, as in grading.
const LIMIT: u64 = 5;
const BUDGET: u64 = 120;
/// Seconds of processor time for a call of rustc.
const COMPILE_LIMIT: u64 = 60;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
enum Fate {
    /// A check fails.
    Caught { by: String },
    /// A check fails because the mutant does not come to an end.
    Timeout { by: String },
    /// It does not compile.
    Unviable,
    /// Every check passes.
    Survived,
}

/// `cargo xtask mutants`.
pub(crate) fn mutants(workspace: &Workspace, args: &MutantsArgs) -> Result<Verdict> {
    let lab = workspace.lab(&args.lab)?;
    lab.require(Edition::Solution)?;
    let start = Instant::now();
    let explained = survivors::read(lab)?;
    let (reference, mut mutants) = mutants::list(workspace, lab)?;
    let found = mutants.len();
    if let Some(part) = &args.name {
        mutants.retain(|mutant| mutant.name.contains(part));
        ensure!(!mutants.is_empty(), "none of {} has `{part}` in its name", count(found, "mutant"));
    }
    let terms = Terms {
        limit: LIMIT,
        budget: BUDGET,
        compile_limit: COMPILE_LIMIT,
        salt: String::new(),
        any_level: true,
        until: Until::Failure,
    };
    let bar = spinner(format!("building the checks of {}", lab.id()));
    let trial = Trial {
        bench: Bench::set_up(workspace, lab, &terms)?,
        reference,
        memory: Memory::load(workspace.target_dir().join("mutants").join(format!("{}.json", lab.id()))),
        scratch: workspace.target_dir().join("mutants").join(lab.id()),
    };
    bar.finish_and_clear();
    ensure!(
        trial.fate("the reference", &trial.reference, 0)? == Fate::Survived,
        "the reference itself does not pass its checks: `cargo xtask test {} --solution`",
        lab.short()
    );
    let jobs = match args.jobs {
        Some(jobs) => usize::from(jobs),
        None => thread::available_parallelism().map_or(1, usize::from),
    };
    let fates = trial.all(&mutants, jobs)?;
    if args.name.is_none() {
        trial.memory.forget_the_unused()?;
    }
    let report = Report { lab, explained: &explained, whole: args.name.is_none(), mutants, fates };
    if args.json {
        report.as_json()?;
    } else {
        report.for_people();
        say!("{DIM}{}{DIM:#}", duration(start.elapsed()));
    }
    Ok(Verdict::passed_if(report.holds()))
}

/// What is known from earlier runs, by digests of everything that a fate depends on.
struct Memory {
    path: PathBuf,
    fates: Mutex<BTreeMap<String, Fate>>,
    /// What was asked for in this run.
    used: Mutex<BTreeSet<String>>,
}

impl Memory {
    /// Reads the file. One that cannot be read only costs time.
    fn load(path: PathBuf) -> Memory {
        let fates = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        Memory { path, fates: Mutex::new(fates.unwrap_or_default()), used: Mutex::default() }
    }

    fn get(&self, digest: &str) -> Option<Fate> {
        self.used.lock().ok()?.insert(digest.to_string());
        self.fates.lock().ok()?.get(digest).cloned()
    }

    fn put(&self, digest: String, fate: &Fate) -> Result<()> {
        let Ok(mut fates) = self.fates.lock() else { return Ok(()) };
        fates.insert(digest, fate.clone());
        write_atomically(&self.path, &serde_json::to_vec_pretty(&*fates)?)
    }

    /// After all mutants were judged, what is left belongs to other checks or to another reference.
    fn forget_the_unused(&self) -> Result<()> {
        let (Ok(mut fates), Ok(used)) = (self.fates.lock(), self.used.lock()) else { return Ok(()) };
        let before = fates.len();
        fates.retain(|digest, _| used.contains(digest));
        if fates.len() == before {
            return Ok(());
        }
        write_atomically(&self.path, &serde_json::to_vec_pretty(&*fates)?)
    }
}

/// A lab's checks, ready to judge mutants.
struct Trial<'a> {
    bench: Bench<'a>,
    reference: Files,
    memory: Memory,
    scratch: PathBuf,
}

impl Trial<'_> {
    /// Judges all, a few at a time.
    fn all(&self, mutants: &[Mutant], jobs: usize) -> Result<Vec<Fate>> {
        let bar = progress_bar(mutants.len());
        let next = AtomicUsize::new(0);
        let fates: Mutex<Vec<Option<Result<Fate>>>> = Mutex::new(mutants.iter().map(|_| None).collect());
        thread::scope(|scope| {
            for job in 0..jobs.min(mutants.len()) {
                let (bar, next, fates) = (&bar, &next, &fates);
                scope.spawn(move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::SeqCst);
                        let Some(mutant) = mutants.get(index) else { return };
                        let fate = interrupt::check()
                            .map_err(anyhow::Error::from)
                            .and_then(|()| self.fate(&mutant.name, &mutant.files(&self.reference), job));
                        if fate.is_err() {
                            // Nobody needs to begin another one.
                            next.store(mutants.len(), Ordering::SeqCst);
                        }
                        if let Ok(mut fates) = fates.lock() {
                            fates[index] = Some(fate);
                        }
                        bar.inc(1);
                    }
                });
            }
        });
        bar.finish_and_clear();
        let mut fates = fates.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        // An error is the reason for the gaps, not the other way round.
        if let Some(at) = fates.iter().position(|fate| matches!(fate, Some(Err(_)))) {
            fates.swap(0, at);
        }
        fates.into_iter().map(|fate| fate.context("a mutant was not judged")?).collect()
    }

    /// Judges one, unless the very same was judged before.
    fn fate(&self, name: &str, files: &Files, job: usize) -> Result<Fate> {
        // One name, so that all meet the same inputs.
        let entry = Entry { student: "mutant", name: None, files, notes: Vec::new() };
        let digest = self.bench.digest(&entry)?;
        if let Some(fate) = self.memory.get(&digest) {
            return Ok(fate);
        }
        let dir = self.scratch.join(format!("job-{}-{job}", std::process::id()));
        let result = self.bench.judge(&entry, &dir).with_context(|| format!("while judging {name}"));
        let _ = fs::remove_dir_all(&dir);
        let result = result?;
        // Ctrl-C may have reached what was being judged, too.
        interrupt::check()?;
        let failed = result.checks.iter().find_map(|check| match &check.outcome {
            Outcome::Failed { failure } => Some((check.info.name.clone(), &failure.kind)),
            Outcome::Passed { .. } | Outcome::NotRun => None,
        });
        let fate = match (result.status, failed) {
            (Status::CompileError, _) => Fate::Unviable,
            (_, Some((by, FailureKind::TimedOut | FailureKind::NotAsked))) => Fate::Timeout { by },
            (_, Some((by, _))) => Fate::Caught { by },
            (Status::Timeout | Status::OutOfMemory, None) => Fate::Timeout { by: "the compiler".to_string() },
            (_, None) => {
                let all = !result.checks.is_empty() && result.checks.iter().all(|check| check.passed());
                ensure!(all, "not every check ran on {name}");
                Fate::Survived
            }
        };
        self.memory.put(digest, &fate)?;
        Ok(fate)
    }
}

/// What a run found.
struct Report<'a> {
    lab: &'a Lab,
    explained: &'a Explained,
    /// Whether all mutants were judged.
    whole: bool,
    mutants: Vec<Mutant>,
    fates: Vec<Fate>,
}

/// A line of the report for programs.
#[derive(Serialize)]
struct Row<'a> {
    mutant: &'a str,
    line: usize,
    #[serde(flatten)]
    fate: &'a Fate,
    #[serde(skip_serializing_if = "Option::is_none")]
    explained: Option<&'a str>,
}

/// The last line of the report for programs.
#[derive(Serialize)]
struct Summary {
    lab: String,
    mutants: usize,
    unviable: usize,
    caught: usize,
    timeout: usize,
    survived: usize,
    score: f64,
    passed: bool,
}

impl Report<'_> {
    fn rows(&self) -> impl Iterator<Item = (&Mutant, &Fate)> {
        self.mutants.iter().zip(&self.fates)
    }

    fn survivors(&self) -> impl Iterator<Item = &Mutant> {
        self.rows().filter(|(_, fate)| **fate == Fate::Survived).map(|(mutant, _)| mutant)
    }

    fn number(&self, is: impl Fn(&Fate) -> bool) -> usize {
        self.fates.iter().filter(|fate| is(fate)).count()
    }

    fn caught(&self) -> usize {
        self.number(|fate| matches!(fate, Fate::Caught { .. } | Fate::Timeout { .. }))
    }

    /// Explanations of mutants that do not survive, or are no mutants any more.
    fn outdated(&self) -> Vec<&str> {
        if !self.whole {
            return Vec::new();
        }
        let survives = |name: &str| self.survivors().any(|mutant| mutant.name == name);
        self.explained.keys().map(String::as_str).filter(|name| !survives(name)).collect()
    }

    /// Percent of the viable mutants.
    fn score(&self) -> f64 {
        let caught = self.caught() as f64;
        100.0 * caught / (caught + self.survivors().count() as f64).max(1.0)
    }

    fn holds(&self) -> bool {
        (!self.whole || self.score() >= GOAL)
            && self.survivors().all(|mutant| self.explained.contains_key(&mutant.name))
            && self.outdated().is_empty()
    }

    fn for_people(&self) {
        let dir = self.lab.relative_dir(Edition::Solution);
        for mutant in self.survivors() {
            let reason = self.explained.get(&mutant.name);
            let (style, mark) = if reason.is_some() { (GREEN, "·") } else { (RED, "✗") };
            say!("{style}{mark}{style:#} {}", mutant.name);
            say!("    {DIM}{}:{}{DIM:#}", dir.join(&mutant.file).display(), mutant.line);
            if let Some(reason) = reason {
                say!("    {DIM}{reason}{DIM:#}");
            }
        }
        for name in self.outdated() {
            say!("{YELLOW}! {name}{YELLOW:#}");
            say!("    {DIM}explained in {}, but it does not survive{DIM:#}", survivors::FILE);
        }
        let survived = self.survivors().count();
        let unexplained =
            self.survivors().filter(|mutant| !self.explained.contains_key(&mutant.name)).count();
        let style = if self.holds() { GREEN } else { RED };
        say!(
            "{BOLD}{}{BOLD:#}: {style}{:.1} %{style:#} of {} caught ({} by time), {} ({unexplained} not explained); {} in all, of which {} do not compile",
            self.lab.id(),
            self.score(),
            count(self.caught() + survived, "viable mutant"),
            self.number(|fate| matches!(fate, Fate::Timeout { .. })),
            count(survived, "survivor"),
            self.mutants.len(),
            self.number(|fate| *fate == Fate::Unviable),
        );
        if unexplained > 0 {
            say!(
                "Write a check that catches them, or say in {} why none is needed: - `name of the mutant`: reason",
                dir.join(survivors::FILE).display()
            );
        }
    }

    fn as_json(&self) -> Result<()> {
        for (mutant, fate) in self.rows() {
            let explained = self.explained.get(&mutant.name).map(String::as_str);
            let row = Row { mutant: &mutant.name, line: mutant.line, fate, explained };
            say!("{}", serde_json::to_string(&row)?);
        }
        let summary = Summary {
            lab: self.lab.id(),
            mutants: self.mutants.len(),
            unviable: self.number(|fate| *fate == Fate::Unviable),
            caught: self.caught(),
            timeout: self.number(|fate| matches!(fate, Fate::Timeout { .. })),
            survived: self.survivors().count(),
            score: self.score(),
            passed: self.holds(),
        };
        say!("{}", serde_json::to_string(&summary)?);
        Ok(())
    }
}
