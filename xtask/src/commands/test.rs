//! `test`: build the lab's check binary, run it, explain the first step that fails, remember how far it went.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use grading::event::CheckInfo;

use crate::Verdict;
use crate::cargo;
use crate::cli::TestArgs;
use crate::lab::{Edition, Lab};
use crate::progress::Progress;
use crate::report::{Reader, Report, build_failed, print_json};
use crate::run::{self, CheckRun, Options, Until};
use crate::terminal::{BOLD, RED, YELLOW, count, say};
use crate::workspace::{Workspace, nearest, write_atomically};

/// Where the compiler's commonest errors are explained.
const COMPILER_HELP: &str = "labs/RUST.md";

/// `cargo xtask test`.
pub(crate) fn test(workspace: &Workspace, args: &TestArgs) -> Result<Verdict> {
    let lab = workspace.lab(&args.lab)?;
    Ok(attempt(workspace, lab, args)?.verdict)
}

/// What `watch` wants to know of a run.
pub(crate) struct Attempt {
    pub(crate) verdict: Verdict,
    /// The checks that ran; empty where the code did not compile.
    pub(crate) runs: Vec<CheckRun>,
}

/// Builds and checks once.
pub(crate) fn attempt(workspace: &Workspace, lab: &Lab, args: &TestArgs) -> Result<Attempt> {
    let edition = Edition::from_flag(args.solution);
    let Some(executable) = compile(workspace, lab, edition, args)? else {
        return Ok(Attempt { verdict: Verdict::Failed, runs: Vec::new() });
    };

    let dir = lab.dir(edition);
    let plan = run::plan(&executable, &dir)?;
    if edition == Edition::Student {
        remember_plan(workspace, lab, &plan);
    }
    let names = match &args.check {
        Some(name) => matching(lab, &plan, name)?,
        None => Vec::new(),
    };
    if let Some(step) = &args.step {
        require_step(lab, &plan, step)?;
    }
    let options = Options {
        executable,
        dir,
        names,
        step: args.step.clone(),
        limit: args.limit,
        until: if args.all { Until::End } else { Until::FailingStep },
        ..Options::default()
    };
    let reader = if args.json { Reader::Program } else { Reader::Person };
    let flags = if args.solution { " --solution" } else { "" };
    if !args.json {
        let number = match (&args.check, &args.step) {
            (Some(_), _) => options.names.len(),
            (None, Some(step)) => plan.iter().filter(|info| in_step(info, step)).count(),
            (None, None) => plan.len(),
        };
        say!("{BOLD}Lab {:02} · {}{BOLD:#}, {}", lab.number, lab.title, count(number, "check"));
    }
    let mut report = Report::new(lab, reader, args.all || args.check.is_some(), flags);
    let runs = run::run(&options, &mut |news| report.take(news))?;
    if runs.is_empty() {
        bail!("{} has no checks to run; that is no pass", lab.id());
    }
    let selected = args.check.is_some() || args.step.is_some();
    report.finish(&runs, selected);
    if edition == Edition::Student {
        remember(workspace, lab, &plan, &runs, &report);
    }
    Ok(Attempt { verdict: Verdict::passed_if(runs.iter().all(CheckRun::passed)), runs })
}

/// Builds the check binary and shows what rustc has to say. `None` where the code does not compile.
fn compile(workspace: &Workspace, lab: &Lab, edition: Edition, args: &TestArgs) -> Result<Option<PathBuf>> {
    let build = cargo::build_checks(workspace, lab, edition)?;
    let executable = build.executable().filter(|_| build.success);
    if args.json {
        if executable.is_none() {
            print_json(&build_failed(&build.complaint()));
        }
        return Ok(executable.map(Path::to_path_buf));
    }
    for text in build.rendered() {
        anstream::eprint!("{text}");
    }
    if executable.is_none() {
        if build.diagnostics.is_empty() {
            anstream::eprint!("{}", build.complaint());
        }
        anstream::eprintln!("{RED}{BOLD}{} does not compile yet.{BOLD:#}{RED:#}", lab.package(edition));
        if workspace.root.join(COMPILER_HELP).is_file() {
            anstream::eprintln!(
                "Mend the first error first; section 11 of {COMPILER_HELP} has the common ones."
            );
        }
    }
    Ok(executable.map(Path::to_path_buf))
}

/// The checks called `name`, or else all whose names contain it.
fn matching(lab: &Lab, plan: &[CheckInfo], name: &str) -> Result<Vec<String>> {
    let names = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
        plan.iter().map(|info| info.name.clone()).filter(|name| wanted(name)).collect()
    };
    let exact = names(&|candidate| candidate == name);
    if !exact.is_empty() {
        return Ok(exact);
    }
    let partial = names(&|candidate| candidate.contains(name));
    if !partial.is_empty() {
        return Ok(partial);
    }
    match nearest(name, names(&|_| true)) {
        Some(near) => bail!("{} has no check `{name}`; did you mean `{near}`?", lab.id()),
        None => bail!("{} has no check `{name}`; it has {}", lab.id(), names(&|_| true).join(", ")),
    }
}

/// Whether a check belongs to `step` or to a part of it.
fn in_step(info: &CheckInfo, step: &str) -> bool {
    info.step == step || info.step.starts_with(&format!("{step}."))
}

/// Fails where no check belongs to `step`.
pub(crate) fn require_step(lab: &Lab, plan: &[CheckInfo], step: &str) -> Result<()> {
    if plan.iter().any(|info| in_step(info, step)) {
        return Ok(());
    }
    let mut steps: Vec<&str> = plan.iter().map(|info| info.step.as_str()).collect();
    steps.dedup();
    bail!("{} has no step {step} with checks; it has {}", lab.id(), steps.join(", "))
}

/// Writes down which steps are done, what fails first and which hints were shown.
fn remember(workspace: &Workspace, lab: &Lab, plan: &[CheckInfo], runs: &[CheckRun], report: &Report<'_>) {
    let mut progress = Progress::load(&workspace.root);
    let entry = progress.lab_mut(&lab.id());
    let found = |name: &str| runs.iter().find(|run| run.info.name == name);
    let mut steps: Vec<&str> = plan.iter().map(|info| info.step.as_str()).collect();
    steps.dedup();
    for step in steps {
        let mut of_step = plan.iter().filter(|info| info.step == step);
        if of_step.clone().any(|info| found(&info.name).is_some_and(|run| run.failure().is_some())) {
            entry.done.remove(step);
        } else if of_step.all(|info| found(&info.name).is_some_and(CheckRun::passed)) {
            entry.done.insert(step.to_string());
        }
    }
    let failing = runs.iter().find(|run| run.failure().is_some());
    let settled = entry.failing.as_deref().and_then(found).is_some_and(CheckRun::passed);
    match failing {
        Some(run) => entry.failing = Some(run.info.name.clone()),
        None if settled || runs.len() == plan.len() => entry.failing = None,
        None => {}
    }
    for check in report.explained() {
        entry.hints.entry(check.clone()).or_insert(1);
    }
    if let Err(error) = progress.save() {
        anstream::eprintln!("{YELLOW}note:{YELLOW:#} your progress was not written down: {error:#}");
    }
}

fn plan_path(workspace: &Workspace, lab: &Lab) -> PathBuf {
    workspace.target_dir().join("xtask").join(format!("{}.plan.json", lab.id()))
}

/// Keeps the plan, so that there are hints while the code does not compile.
fn remember_plan(workspace: &Workspace, lab: &Lab, plan: &[CheckInfo]) {
    if let Ok(text) = serde_json::to_vec(plan) {
        // Only a convenience: without it `hint` asks for code that compiles.
        let _ = write_atomically(&plan_path(workspace, lab), &text);
    }
}

/// The lab's checks: from the binary if it compiles, as remembered otherwise.
pub(crate) fn known_plan(workspace: &Workspace, lab: &Lab) -> Result<Vec<CheckInfo>> {
    let build = cargo::build_checks(workspace, lab, Edition::Student)?;
    if build.success
        && let Some(executable) = build.executable()
    {
        let plan = run::plan(executable, &lab.dir(Edition::Student))?;
        remember_plan(workspace, lab, &plan);
        return Ok(plan);
    }
    let remembered = fs::read(plan_path(workspace, lab)).ok();
    match remembered.and_then(|text| serde_json::from_slice(&text).ok()) {
        Some(plan) => Ok(plan),
        None => {
            anstream::eprint!("{}", build.complaint());
            bail!("{} does not compile yet, and its hints are part of what is compiled", lab.id())
        }
    }
}
