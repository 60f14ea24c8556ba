//! A check binary as a child process, read line by line.

use std::io::{BufRead, BufReader, PipeReader, Read, pipe};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Options;
use crate::cargo::{self, TICK};
use crate::interrupt;

/// The longest line that is taken in one piece. Events are longer than what people print, but not by that much.
const LONGEST_LINE: u64 = 1 << 20;

/// The arguments that select checks.
pub(super) fn selection(options: &Options, names: &[String]) -> Vec<String> {
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
    value("--worker", options.worker.as_ref().map(|worker| worker.command.clone()));
    value("--budget", options.worker.as_ref().map(|worker| worker.budget.to_string()));
    args
}

/// A running check binary. Killed when dropped.
pub(super) struct Process {
    child: Child,
    lines: Receiver<String>,
}

/// What came of waiting for a line.
pub(super) enum Next {
    Line(String),
    /// Nothing came for as long as one was ready to wait.
    Silence,
    End,
}

impl Process {
    pub(super) fn start(options: &Options, args: &[String]) -> Result<Process> {
        // One pipe for both streams, so that the student's prints on stderr stay between the right events.
        let (reader, writer) = pipe().context("cannot make a pipe")?;
        let mut command = Command::new(&options.executable);
        command
            .arg("--events")
            .args(args)
            .current_dir(&options.dir)
            // Where a panic came from is in the event; a backtrace would only drown what the student printed.
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(writer.try_clone().context("cannot share a pipe")?)
            .stderr(writer);
        let child =
            command.spawn().with_context(|| format!("cannot start {}", options.executable.display()))?;
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
    pub(super) fn next(&mut self, patience: Duration) -> Result<Next> {
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

    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The status of a process whose output has ended.
    pub(super) fn status(&mut self) -> Result<ExitStatus> {
        cargo::wait(&mut self.child)
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
