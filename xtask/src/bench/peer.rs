//! A library that takes part: a child process that answers a line with a line (see `shared/bench/peer`).

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cargo::TICK;
use crate::interrupt;

/// Beyond the time asked for: a library that is a hundred times slower than another still answers.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running peer. It is killed when dropped.
pub(crate) struct Peer {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<String>,
    complaints: Option<JoinHandle<String>>,
    /// `pytorch 2.15.0`.
    pub(crate) introduction: String,
}

/// The answer to `prepare`.
pub(crate) enum Prepared {
    /// It has so many learned numbers and is warmed up.
    Ready { params: usize },
    /// This peer does not have the workload.
    Missing { reason: String },
}

impl Peer {
    /// Starts the program and waits for its first line.
    pub(crate) fn start(mut command: Command) -> Result<Peer> {
        // Ctrl-C is for the runner, which ends its children itself.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let stdin = child.stdin.take().context("a peer has no stdin")?;
        let stdout = child.stdout.take().context("a peer has no stdout")?;
        let mut stderr = child.stderr.take().context("a peer has no stderr")?;
        let (sender, answers) = sync_channel(1);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let complaints = thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        let introduction = String::new();
        let mut peer = Peer { child, stdin, answers, complaints: Some(complaints), introduction };
        let first = peer.answer(PATIENCE)?;
        match first.strip_prefix("peer ") {
            Some(introduction) => peer.introduction = introduction.to_string(),
            None => bail!("it began with `{first}` instead of its name"),
        }
        Ok(peer)
    }

    /// The operating system's number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Makes a workload ready to run, with a batch size other than the contract's if there is one.
    pub(crate) fn prepare(&mut self, name: &str, batch: Option<usize>) -> Result<Prepared> {
        let batch = batch.map(|batch| format!(" {batch}")).unwrap_or_default();
        let answer = self.ask(&format!("prepare {name}{batch}"), PATIENCE)?;
        match answer.split_once(' ') {
            Some(("params", number)) => {
                let params = number.parse().with_context(|| format!("`{number}` parameters"))?;
                Ok(Prepared::Ready { params })
            }
            Some(("missing", reason)) => Ok(Prepared::Missing { reason: reason.to_string() }),
            _ => bail!("it answered `{answer}`"),
        }
    }

    /// Runs the workload so long. The times of its steps, in milliseconds.
    pub(crate) fn run(&mut self, duration: Duration) -> Result<Vec<f64>> {
        let answer = self.ask(&format!("run {}", duration.as_secs_f64()), PATIENCE + duration)?;
        match answer.split_once(' ') {
            Some(("ms", times)) => times
                .split_whitespace()
                .map(|time| time.parse().with_context(|| format!("`{time}` is no time")))
                .collect(),
            _ => bail!("it answered `{answer}`"),
        }
    }

    fn ask(&mut self, question: &str, limit: Duration) -> Result<String> {
        // Whether it is still there shows when it is to answer.
        let _ = writeln!(self.stdin, "{question}").and_then(|()| self.stdin.flush());
        self.answer(limit)
    }

    fn answer(&mut self, limit: Duration) -> Result<String> {
        let start = Instant::now();
        loop {
            match self.answers.recv_timeout(TICK) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Timeout) => interrupt::check()?,
                Err(RecvTimeoutError::Disconnected) => bail!("it ended{}", self.last_words()),
            }
            if start.elapsed() > limit {
                bail!("it did not answer within {} s", limit.as_secs());
            }
        }
    }

    /// The last line that it wrote on stderr.
    fn last_words(&mut self) -> String {
        let _ = self.child.kill();
        let complaints = self.complaints.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        match complaints.trim().lines().last() {
            Some(line) => format!(": {line}"),
            None => String::new(),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
