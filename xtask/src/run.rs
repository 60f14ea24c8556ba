//! Running a check binary: one process where all is well, as many as it takes where it is not.
//!
//! The binary runs the student's code in its own process, so it may hang, overflow its stack, abort or exit at any
//! moment. Whatever it said before counts (it speaks the protocol of [`grading::event`]); the check it died in
//! failed, and a fresh process runs the rest. Checks of which nothing was heard have not passed.

mod ending;
mod printed;
mod process;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use grading::event::{CheckInfo, Event, Failure, FailureKind, NOT_CAGED};

use ending::{Ending, post_mortem};
pub(crate) use printed::Printed;
use process::{Next, Process, selection};

/// Seconds that the check binary grants an input if it is told nothing else.
const USUAL_LIMIT: u64 = 10;

/// The same after an input that was not answered in time.
const IMPATIENT_LIMIT: u64 = 3;

/// What to run and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The binary.
    pub(crate) executable: PathBuf,
    /// The folder it runs in.
    pub(crate) dir: PathBuf,
    /// Only these checks; all if empty.
    pub(crate) names: Vec<String>,
    /// Only the checks of this step.
    pub(crate) step: Option<String>,
    /// The seed of all inputs.
    pub(crate) seed: Option<u64>,
    /// Seconds for one input.
    pub(crate) limit: Option<u64>,
    /// Repeat the case that this token names.
    pub(crate) replay: Option<String>,
    /// When to end.
    pub(crate) until: Until,
    /// Who answers in the binary's place.
    pub(crate) worker: Option<Worker>,
}

/// How much a run is to find out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Until {
    /// How every check comes out.
    #[default]
    End,
    /// The first step that has a failure, and how all its checks come out.
    FailingStep,
    /// The first failure.
    Failure,
}

/// A worker that answers the checks' calls.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
    /// What starts it in its cage, as a JSON array.
    pub(crate) command: String,
    /// Seconds for all its calls together.
    pub(crate) budget: u64,
}

/// How a check came out.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// Its turn has not come.
    Waiting,
    /// It holds.
    Passed { cases: u32, millis: u64 },
    /// It does not.
    Failed { failure: Box<Failure> },
}

/// A check, how it came out and what the student's code printed meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct CheckRun {
    pub(crate) info: CheckInfo,
    pub(crate) outcome: Outcome,
    pub(crate) printed: Printed,
}

impl CheckRun {
    /// Why it failed, if it did.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        match &self.outcome {
            Outcome::Failed { failure } => Some(failure),
            Outcome::Waiting | Outcome::Passed { .. } => None,
        }
    }

    /// Whether it holds.
    pub(crate) fn passed(&self) -> bool {
        matches!(self.outcome, Outcome::Passed { .. })
    }
}

/// A line of news for whoever watches the run.
pub(crate) enum News<'a> {
    /// Something happened, as the check binary says it (or as the runner does, for a process that died).
    Event(&'a Event),
    /// The student's code printed a line.
    Line { check: Option<&'a str>, line: &'a str },
    /// A check came out.
    Settled(&'a CheckRun),
}

/// The checks of a binary, without running them.
pub(crate) fn plan(executable: &Path, dir: &Path) -> Result<Vec<CheckInfo>> {
    let options =
        Options { executable: executable.to_path_buf(), dir: dir.to_path_buf(), ..Options::default() };
    let mut process = Process::start(&options, &["--list".into()])?;
    let mut said = String::new();
    loop {
        match process.next(Duration::from_secs(30))? {
            Next::Line(line) => match Event::parse_line(&line) {
                Some(Event::Plan { checks, .. }) => return Ok(checks),
                Some(_) => {}
                None => said = said + "\n" + &line,
            },
            Next::Silence | Next::End => {
                bail!("{} does not list its checks{said}", executable.display())
            }
        }
    }
}

/// Runs the checks in their order and tells `watcher` as it goes.
pub(crate) fn run(options: &Options, watcher: &mut dyn FnMut(News<'_>)) -> Result<Vec<CheckRun>> {
    let mut session = Session {
        options,
        watcher,
        runs: Vec::new(),
        index: BTreeMap::new(),
        current: None,
        lab: String::new(),
        done: false,
        heard: String::new(),
    };
    let mut names = options.names.clone();
    loop {
        let before = session.waiting().len();
        let planned = !session.runs.is_empty();
        let ending = session.one_process(&names)?;
        ensure!(
            !session.runs.is_empty() || session.done,
            "{} ended ({ending}) before it said what it would check",
            options.executable.display()
        );
        if session.finished() {
            return Ok(session.runs);
        }
        names = session.waiting();
        if planned && names.len() == before || ending.is_normal() {
            // A process that ends without having got any further would do so for ever.
            let Some(name) = names.first().cloned() else {
                return Ok(session.runs);
            };
            let message = format!("the check did not run: its process ended before ({ending})");
            session.fail(&name, Failure::new(FailureKind::Crashed, message), 0);
            names.remove(0);
            if session.finished() {
                return Ok(session.runs);
            }
        }
    }
}

struct Session<'a> {
    options: &'a Options,
    watcher: &'a mut dyn FnMut(News<'_>),
    runs: Vec<CheckRun>,
    index: BTreeMap<String, usize>,
    /// The check that is running, and since when.
    current: Option<(usize, Instant)>,
    /// What the lab calls itself in tokens.
    lab: String,
    done: bool,
    /// What a check binary that only asks had to say besides: nothing, unless it gave up.
    heard: String,
}

impl Session<'_> {
    /// The names of the checks that have not run.
    fn waiting(&self) -> Vec<String> {
        self.runs
            .iter()
            .filter(|run| matches!(run.outcome, Outcome::Waiting))
            .map(|run| run.info.name.clone())
            .collect()
    }

    /// Whether nothing is left to run.
    fn finished(&self) -> bool {
        self.knows_enough() || self.waiting().is_empty()
    }

    /// Whether what came out already is all that the user wants to hear of.
    fn knows_enough(&self) -> bool {
        let mut failed = self.runs.iter().filter(|run| run.failure().is_some());
        match self.options.until {
            Until::End => false,
            Until::Failure => failed.next().is_some(),
            Until::FailingStep => failed.any(|failed| {
                self.runs
                    .iter()
                    .all(|run| run.info.step != failed.info.step || !matches!(run.outcome, Outcome::Waiting))
            }),
        }
    }

    /// Runs one process until it ends.
    fn one_process(&mut self, names: &[String]) -> Result<Ending> {
        let mut options = self.options.clone();
        // Whoever has written one endless loop need not wait as long for each check that runs into it.
        let timed_out = |run: &CheckRun| run.failure().is_some_and(|f| f.kind == FailureKind::TimedOut);
        if self.runs.iter().any(timed_out) {
            options.limit = Some(options.limit.unwrap_or(USUAL_LIMIT).min(IMPATIENT_LIMIT));
        }
        let limit = Duration::from_secs(options.limit.unwrap_or(USUAL_LIMIT));
        // The binary's own watchdog looks at every input; this is for the case that it hangs as well. A check of many
        // slow inputs must not run into it.
        let patience = limit * 30 + Duration::from_secs(60);
        let mut process = Process::start(&options, &selection(&options, names))?;
        let ending = loop {
            let since = self.current.map_or_else(Instant::now, |(_, since)| since);
            let left = patience.saturating_sub(since.elapsed());
            match process.next(left)? {
                Next::Line(line) => {
                    self.line(&line);
                    if self.knows_enough() {
                        process.kill();
                        break Ending::Stopped;
                    }
                }
                Next::Silence => {
                    process.kill();
                    break Ending::Silent(patience);
                }
                Next::End => break Ending::Status(process.status()?),
            }
        };
        if let Ending::Status(status) = &ending
            && status.code() == Some(NOT_CAGED)
        {
            bail!("{}", self.heard.trim_end());
        }
        if let Some((index, since)) = self.current.take() {
            let name = self.runs[index].info.name.clone();
            let mut failure = post_mortem(&ending, &mut self.runs[index].printed);
            let time = since.elapsed();
            self.last_words(&name, &mut failure, time);
            self.fail(&name, failure, time.as_millis() as u64);
        }
        Ok(ending)
    }

    fn line(&mut self, line: &str) {
        let (text, event) = Event::split_line(line);
        if self.options.worker.is_some() && !text.is_empty() {
            self.heard = format!("{}{text}\n", self.heard);
        }
        if !text.is_empty() || event.is_none() {
            let current = self.current.map(|(index, _)| index);
            if let Some(index) = current {
                self.runs[index].printed.push(text);
            }
            // Between two checks nobody speaks; what comes then was still in the pipe when a loop was ended.
            if current.is_some() || self.runs.is_empty() {
                let check = current.map(|index| self.runs[index].info.name.as_str());
                (self.watcher)(News::Line { check, line: text });
            }
        }
        let Some(event) = event else {
            return;
        };
        if !matches!(event, Event::Done {}) {
            (self.watcher)(News::Event(&event));
        }
        match &event {
            Event::Plan { lab, checks } => {
                // Later processes plan only what is left.
                if !self.runs.is_empty() {
                    return;
                }
                self.lab.clone_from(lab);
                for (index, info) in checks.iter().enumerate() {
                    self.index.insert(info.name.clone(), index);
                    self.runs.push(CheckRun {
                        info: info.clone(),
                        outcome: Outcome::Waiting,
                        printed: Printed::default(),
                    });
                }
            }
            Event::Started { check } => {
                self.current = self.index.get(check).map(|&index| (index, Instant::now()));
            }
            Event::Passed { check, cases, millis } => {
                self.settle(check, Outcome::Passed { cases: *cases, millis: *millis });
            }
            Event::Failed { check, failure, .. } => {
                let outcome = Outcome::Failed { failure: Box::new(failure.clone()) };
                self.settle(check, outcome);
            }
            Event::Done {} => self.done = true,
            Event::Input { .. } => {}
        }
    }

    /// Notes how a check came out, once: a second verdict would be forged.
    fn settle(&mut self, check: &str, outcome: Outcome) {
        self.current = None;
        if let Some(&index) = self.index.get(check)
            && matches!(self.runs[index].outcome, Outcome::Waiting)
        {
            self.runs[index].outcome = outcome;
            (self.watcher)(News::Settled(&self.runs[index]));
        }
    }

    /// The runner's own verdict on a check whose process cannot speak any more.
    fn fail(&mut self, check: &str, failure: Failure, millis: u64) {
        let event = Event::Failed { check: check.to_string(), millis, failure: failure.clone() };
        (self.watcher)(News::Event(&event));
        let failure = Box::new(failure);
        self.settle(check, Outcome::Failed { failure });
    }

    /// Runs the check alone once more, with every input announced, to learn which one is deadly. `time` is how long
    /// it lived.
    fn last_words(&self, check: &str, failure: &mut Failure, time: Duration) {
        let mut options = self.options.clone();
        options.step = None;
        let mut args = selection(&options, &[check.to_string()]);
        args.push("--announce".into());
        let Ok(mut process) = Process::start(&options, &args) else {
            return;
        };
        let patience = time * 3 + Duration::from_secs(10);
        let start = Instant::now();
        let mut last = None;
        let survived = loop {
            match process.next(patience.saturating_sub(start.elapsed())) {
                Ok(Next::Line(line)) => match Event::parse_line(&line) {
                    Some(Event::Input { case, input, .. }) => last = Some((case, input)),
                    Some(Event::Passed { .. } | Event::Failed { .. }) => break true,
                    _ => {}
                },
                Ok(Next::Silence | Next::End) | Err(_) => break false,
            }
        };
        process.kill();
        if survived {
            let note = "when the check was run again, alone, its process survived".to_string();
            failure.notes.push(note);
        } else if let Some((case, input)) = last {
            let seed = options.seed.unwrap_or(0);
            failure.input = Some(input);
            failure.token = Some(format!("{}:{check}:{seed}:{case}", self.lab));
        }
    }
}
