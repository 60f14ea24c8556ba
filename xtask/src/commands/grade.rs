//! `grade` and `merge`: from a folder of submissions to a gradebook.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::Verdict;
use crate::cli::{GradeArgs, MergeArgs};
use crate::grade::assess::{Bench, Entry, Terms};
use crate::grade::overlay;
use crate::grade::own::OwnFolder;
use crate::grade::reports::{self, Settings};
use crate::grade::results::{LabResult, Status};
use crate::grade::store::Store;
use crate::grade::submission::{self, Handed, Submission};
use crate::interrupt::{self, Interrupted};
use crate::lab::{Edition, Lab};
use crate::run::Until;
use crate::stubs::{self, Files, Source};
use crate::terminal::{DIM, GREEN, RED, YELLOW, count, pad, progress_bar, say, spinner};
use crate::variants;
use crate::workspace::Workspace;

/// `cargo xtask grade`.
pub(crate) fn grade(workspace: &Workspace, args: &GradeArgs) -> Result<Verdict> {
    let labs: Vec<&Lab> =
        workspace.select(&args.labs)?.into_iter().filter(|lab| lab.has(Edition::Solution)).collect();
    if labs.is_empty() {
        bail!("grading needs solutions/ with the hidden checks, which are not part of this repository");
    }
    let own = args.paths.is_empty();
    if !own && !args.allow_uncaged {
        cage::level().require().context(
            "other people's code is graded in a cage only, and this system has none that is whole \
             (`cargo xtask doctor` shows what is missing; --allow-uncaged grades all the same)",
        )?;
    }
    let terms = Terms {
        limit: args.limit,
        budget: args.budget,
        compile_limit: args.compile_limit,
        salt: args.salt.clone(),
        any_level: own || args.allow_uncaged,
        until: Until::End,
    };
    let mut courses = Vec::new();
    for lab in &labs {
        let bar = spinner(format!("building the checks of {}", lab.id()));
        courses.push(Course {
            lab,
            bench: Bench::set_up(workspace, lab, &terms)?,
            stub: stubs::generate(lab)?,
        });
        bar.finish_and_clear();
    }
    let store = Store::open(&args.out)?;
    let scratch = OwnFolder::new(&workspace.target_dir().join("grade"))?;
    let grader = Grader { args, courses: &courses, store: &store, scratch: scratch.path() };
    let finished = if args.solutions { grader.solutions()? } else { grader.submissions(workspace, &labs)? };

    let results = store.all()?;
    write_reports(&args.out, &results, args.title.clone(), args.visibility)?;
    if let Err(Interrupted) = finished {
        say!("Stopped. What was graded is in {}; the same command goes on.", args.out.display());
        return Err(Interrupted.into());
    }
    Ok(summary(args, &results))
}

/// `cargo xtask merge`.
pub(crate) fn merge(args: &MergeArgs) -> Result<Verdict> {
    let store = Store::open(&args.out)?;
    for shard in &args.shards {
        let of_shard = Store::existing(shard)?;
        for result in of_shard.all()? {
            if let Some(other) = store.get(&result.student, &result.lab)?
                && other != result
            {
                bail!(
                    "{} and an earlier shard have different results of {} by {}: they overlap, and were graded on \
                     different terms",
                    shard.display(),
                    result.lab,
                    result.student
                );
            }
            store.put(&result)?;
        }
    }
    let results = store.all()?;
    write_reports(&args.out, &results, args.title.clone(), args.visibility)?;
    say!("{} in {}", count(results.len(), "result"), args.out.display());
    Ok(Verdict::Passed)
}

fn write_reports(
    out: &Path,
    results: &[LabResult],
    title: String,
    visibility: crate::cli::Visibility,
) -> Result<()> {
    reports::write_all(out, results, &Settings { title, hidden: visibility })
}

/// A lab with all that its grading needs.
struct Course<'a> {
    lab: &'a Lab,
    bench: Bench<'a>,
    /// Stands in for what is not handed in.
    stub: Files,
}

struct Grader<'a> {
    args: &'a GradeArgs,
    courses: &'a [Course<'a>],
    store: &'a Store,
    /// What the jobs compile lies here.
    scratch: &'a Path,
}

/// What one worker thread works on: a submission.
struct Task<'a> {
    title: String,
    run: Box<Grading<'a>>,
}

/// Grades all labs of a submission, in a folder of its own.
type Grading<'a> = dyn Fn(&Path) -> Result<Vec<LabResult>> + Send + Sync + 'a;

impl Grader<'_> {
    /// Grades the references.
    fn solutions(&self) -> Result<Result<(), Interrupted>> {
        let tasks = self.courses.iter().map(|course| Task {
            title: course.lab.id(),
            run: Box::new(|scratch: &Path| {
                let files = variants::reference(&Source::read(course.lab)?);
                let entry = Entry { student: "reference", name: None, files: &files, notes: Vec::new() };
                Ok(vec![self.judge(course, &entry, scratch)?])
            }),
        });
        self.work(&tasks.collect::<Vec<_>>())
    }

    /// Grades what was handed in.
    fn submissions(&self, workspace: &Workspace, labs: &[&Lab]) -> Result<Result<(), Interrupted>> {
        let own = [workspace.root.clone()];
        let paths = if self.args.paths.is_empty() { &own[..] } else { &self.args.paths };
        let batch = submission::find(paths, labs, self.args.roster.as_deref())?;
        for note in &batch.notes {
            say!("{YELLOW}note{YELLOW:#} {note}");
        }
        let shard = self.args.shard;
        let chosen: Vec<&Handed> = batch
            .handed
            .iter()
            .enumerate()
            .filter(|(index, _)| shard.is_none_or(|shard| shard.has(*index)))
            .map(|(_, handed)| handed)
            .collect();
        let tasks = chosen.into_iter().map(|handed| Task {
            title: handed.student.clone(),
            run: Box::new(move |scratch: &Path| {
                let submission = handed.read(labs);
                self.courses.iter().map(|course| self.one(course, &submission, scratch)).collect()
            }),
        });
        self.work(&tasks.collect::<Vec<_>>())
    }

    /// One lab of one submission.
    fn one(&self, course: &Course<'_>, submission: &Submission, scratch: &Path) -> Result<LabResult> {
        let nothing = Files::new();
        let submitted = submission.files.get(&course.lab.id());
        let raw = Entry {
            student: &submission.student,
            name: submission.name.as_deref(),
            files: submitted.unwrap_or(&nothing),
            notes: submission.notes.clone(),
        };
        let refused = |problem: String| course.bench.without_run(&raw, Status::Refused, Some(problem));
        if let Some(problem) = &submission.problem {
            return refused(problem.to_string());
        }
        let Some(submitted) = submitted else {
            let message = "Nothing was handed in for this lab.".to_string();
            return course.bench.without_run(&raw, Status::Graded, Some(message));
        };
        match overlay::lay(course.lab, &course.stub, submitted) {
            Err(refusal) => refused(refusal.to_string()),
            Ok(overlay) => {
                let notes = submission.notes.iter().cloned().chain(overlay.notes).collect();
                let entry = Entry { files: &overlay.files, notes, ..raw };
                self.judge(course, &entry, scratch)
            }
        }
    }

    /// Judges, unless the very same was judged before. What is not the submission's fault has no score.
    fn judge(&self, course: &Course<'_>, entry: &Entry<'_>, scratch: &Path) -> Result<LabResult> {
        let before = self.store.get(entry.student, &course.lab.id())?;
        let digest = course.bench.digest(entry)?;
        if let Some(before) = before
            && before.digest == digest
            && before.status != Status::NotGraded
            && !self.args.regrade
        {
            return Ok(before);
        }
        match course.bench.judge(entry, scratch) {
            Ok(result) => Ok(result),
            Err(error) if error.is::<Interrupted>() => Err(error),
            Err(error) => course.bench.without_run(entry, Status::NotGraded, Some(format!("{error:#}"))),
        }
    }

    /// Does the tasks, a few at a time, and keeps and shows what comes of them as it comes.
    fn work(&self, tasks: &[Task<'_>]) -> Result<Result<(), Interrupted>> {
        let jobs = match self.args.jobs {
            Some(jobs) => usize::from(jobs),
            None => thread::available_parallelism().map_or(1, usize::from),
        };
        let width = tasks.iter().map(|task| task.title.chars().count()).max().unwrap_or(0).min(40);
        let bar = progress_bar(tasks.len());
        let next = AtomicUsize::new(0);
        let ended: Mutex<Result<()>> = Mutex::new(Ok(()));
        let stop = || ended.lock().map_or(true, |ended| ended.is_err());
        thread::scope(|scope| {
            for job in 0..jobs.min(tasks.len()) {
                let scratch = self.scratch.join(format!("job-{job}"));
                let (bar, next, ended) = (&bar, &next, &ended);
                scope.spawn(move || {
                    while let Some(task) = tasks.get(next.fetch_add(1, Ordering::SeqCst)) {
                        if stop() {
                            break;
                        }
                        let done = interrupt::check().map_err(anyhow::Error::from).and_then(|()| {
                            for result in (task.run)(&scratch)? {
                                self.store.put(&result)?;
                                bar.suspend(|| show(&result, width, self.args.json));
                            }
                            Ok(())
                        });
                        if let (Err(error), Ok(mut ended)) = (done, ended.lock()) {
                            *ended = Err(error);
                            break;
                        }
                        bar.inc(1);
                    }
                });
            }
        });
        bar.finish_and_clear();
        match ended.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
            Ok(()) => Ok(Ok(())),
            Err(error) if error.is::<Interrupted>() => Ok(Err(Interrupted)),
            Err(error) => Err(error),
        }
    }
}

/// A row as it lands.
fn show(result: &LabResult, width: usize, json: bool) {
    if json {
        say!("{}", serde_json::to_string(result).unwrap_or_default());
        return;
    }
    let (style, mark) = match (result.status, result.score()) {
        (Status::Graded, Some(score)) if score == result.max_score() => (GREEN, "✓"),
        (Status::NotGraded, _) => (RED, "!"),
        (Status::Graded, _) => (YELLOW, "·"),
        _ => (RED, "✗"),
    };
    let score = result.score().map_or("–".to_string(), |score| score.to_string());
    let message = result.message.as_deref().and_then(|text| text.lines().next()).unwrap_or_default();
    say!(
        "{style}{mark}{style:#} {} {} {score:>4}/{} {} {DIM}{}{DIM:#}",
        pad(&plain(&result.student), width),
        result.lab,
        result.max_score(),
        result.status,
        plain(message)
    );
}

/// A foreign text without what would speak to the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(120).collect()
}

fn summary(args: &GradeArgs, results: &[LabResult]) -> Verdict {
    let mut by_status: BTreeMap<Status, usize> = BTreeMap::new();
    for result in results {
        *by_status.entry(result.status).or_default() += 1;
    }
    let parts: Vec<String> = by_status.iter().map(|(status, number)| format!("{number} {status}")).collect();
    let full = results.iter().all(|result| result.score() == Some(result.max_score()));
    let graded = !by_status.contains_key(&Status::NotGraded);
    if !args.json {
        say!("{}: {}", count(results.len(), "result"), parts.join(", "));
        say!("{DIM}{}{DIM:#}", args.out.join("index.html").display());
    }
    Verdict::passed_if(graded && !results.is_empty() && (full || !args.solutions))
}
