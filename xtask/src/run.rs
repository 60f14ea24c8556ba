//! Running a check binary: one process where all is well, as many as it takes where it is not.
//!
//! The binary runs the student's code in its own process, so it may hang, overflow its stack, abort or exit at any
//! moment. Whatever it said before counts (it speaks the protocol of [`grading::event`]); the check it died in
//! failed, and a fresh process runs the rest. Checks of which nothing was heard have not passed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, PipeReader, Read, pipe};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use grading::event::{CheckInfo, Event, Failure, FailureKind};

use crate::cargo::TICK;
use crate::interrupt;

/// Lines of the student's own output that are kept for a check.
const KEPT_LINES: usize = 30;

/// The longest line that is taken in one piece. Events are longer than what people print, but not by that much.
const LONGEST_LINE: u64 = 1 << 20;

/// The status by which a check binary says that its watchdog ended it.
const WATCHDOG: i32 = 3;

/// Seconds that the check binary grants an input if it is told nothing else.
const USUAL_LIMIT: u64 = 10;

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
    /// Whether to end with the first step that has a failure.
    pub(crate) stop_at_failing_step: bool,
}

/// How a check came out.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// Its turn has not come.
    Waiting,
    /// It holds.
    Passed { cases: u32, millis: u64 },
    /// It does not.
    Failed { millis: u64, failure: Box<Failure> },
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
            Outcome::Failed { failure, .. } => Some(failure),
            Outcome::Waiting | Outcome::Passed { .. } => None,
        }
    }

    /// Whether it holds.
    pub(crate) fn passed(&self) -> bool {
        matches!(self.outcome, Outcome::Passed { .. })
    }
}

/// The first lines of somebody's output.
#[derive(Clone, Debug, Default)]
pub(crate) struct Printed {
    pub(crate) lines: Vec<String>,
    /// How many lines were not kept.
    pub(crate) more: usize,
}

impl Printed {
    fn push(&mut self, line: &str) {
        if self.lines.len() < KEPT_LINES {
            self.lines.push(line.chars().take(400).collect());
        } else {
            self.more += 1;
        }
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
    let options = Options {
        executable: executable.to_path_buf(),
        dir: dir.to_path_buf(),
        ..Options::default()
    };
    let mut process = Process::start(&options, &["--list".into()])?;
    loop {
        match process.next(Duration::from_secs(30))? {
            Next::Line(line) => {
                if let Some(Event::Plan { checks, .. }) = Event::parse_line(&line) {
                    return Ok(checks);
                }
            }
            Next::Silence | Next::End => {
                bail!("{} does not list its checks", executable.display())
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
        done: false,
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

/// How a process of checks ended.
enum Ending {
    Status(ExitStatus),
    /// The runner ended it, after this long a silence.
    Silent(Duration),
    /// The runner ended it because it knows enough.
    Stopped,
}

impl Ending {
    /// Whether the process thinks that it did its work.
    fn is_normal(&self) -> bool {
        matches!(self, Ending::Status(status) if matches!(status.code(), Some(0 | 1)))
    }

}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ending::Status(status) => f.write_str(&describe(*status)),
            Ending::Silent(time) => write!(f, "no answer for {} s", time.as_secs()),
            Ending::Stopped => f.write_str("stopped"),
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
    done: bool,
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

    /// Whether a step has failed of which all checks have run, and the user wants to hear of no other.
    fn knows_enough(&self) -> bool {
        self.options.stop_at_failing_step
            && self.runs.iter().any(|failed| {
                failed.failure().is_some()
                    && self.runs.iter().all(|run| {
                        run.info.step != failed.info.step || !matches!(run.outcome, Outcome::Waiting)
                    })
            })
    }

    /// Runs one process until it ends.
    fn one_process(&mut self, names: &[String]) -> Result<Ending> {
        let options = self.options;
        let limit = Duration::from_secs(options.limit.unwrap_or(USUAL_LIMIT));
        // The binary's own watchdog looks at every input; this is for the case that it hangs as well.
        let patience = limit * 5 + Duration::from_secs(20);
        let mut process = Process::start(options, &selection(options, names))?;
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
        if let Some((index, since)) = self.current.take() {
            let name = self.runs[index].info.name.clone();
            let mut failure = post_mortem(&ending, &mut self.runs[index].printed);
            self.last_words(&name, &mut failure);
            self.fail(&name, failure, since.elapsed().as_millis() as u64);
        }
        Ok(ending)
    }

    fn line(&mut self, line: &str) {
        let (text, event) = Event::split_line(line);
        if !text.is_empty() || event.is_none() {
            let current = self.current.map(|(index, _)| index);
            if let Some(index) = current {
                self.runs[index].printed.push(text);
            }
            let check = current.map(|index| self.runs[index].info.name.as_str());
            (self.watcher)(News::Line { check, line: text });
        }
        let Some(event) = event else {
            return;
        };
        if !matches!(event, Event::Done {}) {
            (self.watcher)(News::Event(&event));
        }
        match &event {
            Event::Plan { checks, .. } => {
                // Later processes plan only what is left.
                if !self.runs.is_empty() {
                    return;
                }
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
            Event::Failed { check, millis, failure } => {
                let outcome = Outcome::Failed {
                    millis: *millis,
                    failure: Box::new(failure.clone()),
                };
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
        let event = Event::Failed {
            check: check.to_string(),
            millis,
            failure: failure.clone(),
        };
        (self.watcher)(News::Event(&event));
        let failure = Box::new(failure);
        self.settle(check, Outcome::Failed { millis, failure });
    }

    /// Runs the check alone once more, with every input announced, to learn which one is deadly.
    fn last_words(&self, check: &str, failure: &mut Failure) {
        let mut options = self.options.clone();
        options.step = None;
        let mut args = selection(&options, &[check.to_string()]);
        args.push("--announce".into());
        let Ok(mut process) = Process::start(&options, &args) else {
            return;
        };
        let patience = Duration::from_secs(options.limit.unwrap_or(USUAL_LIMIT) * 2 + 5);
        let start = Instant::now();
        let mut last = None;
        let survived = loop {
            match process.next(patience.saturating_sub(start.elapsed())) {
                Ok(Next::Line(line)) => match Event::parse_line(&line) {
                    Some(Event::Input { input, .. }) => last = Some(input),
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
        } else {
            failure.input = last;
        }
    }
}

/// The arguments that select checks.
fn selection(options: &Options, names: &[String]) -> Vec<String> {
    let mut args = Vec::new();
    for name in names {
        args.extend(["--only".to_string(), name.clone()]);
    }
    let mut value = |flag: &str, value: Option<String>| {
        if let Some(value) = value {
            args.extend([flag.to_string(), value]);
        }
    };
    value("--step", options.step.clone());
    value("--seed", options.seed.map(|seed| seed.to_string()));
    value("--limit", options.limit.map(|limit| limit.to_string()));
    value("--replay", options.replay.clone());
    args
}

/// What the end of a process says about the check it died in.
fn post_mortem(ending: &Ending, printed: &mut Printed) -> Failure {
    let overflowed = printed.lines.iter().any(|line| line.contains("has overflowed its stack"));
    let status = match ending {
        Ending::Silent(time) => {
            let message = format!("no answer for {} s: an endless loop?", time.as_secs());
            return Failure::new(FailureKind::TimedOut, message);
        }
        Ending::Stopped => return Failure::new(FailureKind::Crashed, "the runner ended the check"),
        Ending::Status(status) => *status,
    };
    // 0xC00000FD is how Windows calls a stack overflow.
    if overflowed || status.code() == Some(0xC000_00FD_u32 as i32) {
        let lines = &mut printed.lines;
        lines.retain(|line| {
            !line.contains("has overflowed its stack") && !line.starts_with("fatal runtime error: stack overflow")
        });
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
        return Failure::new(FailureKind::Crashed, "stack overflow: endless recursion?");
    }
    let message = match status.code() {
        Some(WATCHDOG) => {
            return Failure::new(FailureKind::TimedOut, "no answer within the limit: an endless loop?");
        }
        Some(code) => format!(
            "the process ended with status {code} in the middle of this check; does your code call std::process::exit?"
        ),
        None => format!("the process was ended by {}", describe(status)),
    };
    Failure::new(FailureKind::Crashed, message)
}

/// A status in words.
fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            let name = match signal {
                4 => "SIGILL, an illegal instruction",
                6 => "SIGABRT, an abort",
                7 | 10 => "SIGBUS, a bad memory access",
                8 => "SIGFPE, an arithmetic error",
                9 => "SIGKILL; out of memory?",
                11 => "SIGSEGV, a bad memory access",
                15 => "SIGTERM",
                _ => return format!("signal {signal}"),
            };
            return format!("signal {signal} ({name})");
        }
    }
    match status.code() {
        Some(code) => format!("status {code}"),
        None => status.to_string(),
    }
}

/// A running check binary. Killed when dropped.
struct Process {
    child: Child,
    lines: Receiver<String>,
}

enum Next {
    Line(String),
    /// Nothing came for as long as one was ready to wait.
    Silence,
    End,
}

impl Process {
    fn start(options: &Options, args: &[String]) -> Result<Process> {
        // One pipe for both streams, so that the student's prints on stderr stay between the right events.
        let (reader, writer) = pipe().context("cannot make a pipe")?;
        let mut command = Command::new(&options.executable);
        command
            .arg("--events")
            .args(args)
            .current_dir(&options.dir)
            .stdin(Stdio::null())
            .stdout(writer.try_clone().context("cannot share a pipe")?)
            .stderr(writer);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", options.executable.display()))?;
        // The writing ends in `command` must go, or the pipe would never end.
        drop(command);
        let (sender, lines) = sync_channel(1024);
        thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            while let Some(line) = read_line(&mut reader) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Process { child, lines })
    }

    /// The next line, waiting at most `patience`; fails on Ctrl-C.
    fn next(&mut self, patience: Duration) -> Result<Next> {
        let deadline = Instant::now() + patience;
        loop {
            interrupt::check()?;
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left.min(TICK)) {
                Ok(line) => return Ok(Next::Line(line)),
                Err(RecvTimeoutError::Disconnected) => return Ok(Next::End),
                Err(RecvTimeoutError::Timeout) if left <= TICK => return Ok(Next::Silence),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The status of a process whose output has ended.
    fn status(&mut self) -> Result<ExitStatus> {
        crate::cargo::wait(&mut self.child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A line without its end; overlong lines come in pieces. `None` at the end.
fn read_line(reader: &mut BufReader<PipeReader>) -> Option<String> {
    let mut bytes = Vec::new();
    let read = reader.take(LONGEST_LINE).read_until(b'\n', &mut bytes).ok()?;
    if read == 0 {
        return None;
    }
    while bytes.last().is_some_and(|&byte| byte == b'\n' || byte == b'\r') {
        bytes.pop();
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
