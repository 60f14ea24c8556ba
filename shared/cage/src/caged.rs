//! A program in its cage: what it prints, when it is over, and how it ended.
//!
//! This part is the same on every system. Two or three threads serve a caged program: the *warden* waits for its end and
//! for the wall clock, one thread for each output reads it. They end with the program.

use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crate::cage::{Cage, Order};
use crate::error::{CageError, Step};
use crate::level::level;
use crate::outcome::{End, Outcome, Usage};
use crate::scratch::Scratch;
use crate::system;

/// Who holds the other ends of standard input and output.
pub(crate) enum Pipes {
    /// Nobody: no input, and the output is collected.
    Collected,
    /// The caller.
    Held,
    /// Somebody who has the other end of this socket, which is the standard input. Of the output the end is kept.
    #[cfg(unix)]
    Elsewhere(std::os::fd::OwnedFd),
}

/// A program in its cage. When this value is dropped, all its processes are killed and its directory is removed.
#[derive(Debug)]
pub struct Caged {
    /// Its standard input; dropping it is the end of the input.
    pub stdin: Option<PipeWriter>,
    /// Its standard output.
    pub stdout: Option<PipeReader>,
    state: Arc<State>,
    warden: Option<JoinHandle<()>>,
    outputs: Vec<JoinHandle<Vec<u8>>>,
    scratch: Option<Scratch>,
}

/// What the threads know.
#[derive(Debug)]
struct State {
    progress: Mutex<Progress>,
    over: Condvar,
    ender: system::Ender,
}

#[derive(Debug, Default)]
struct Progress {
    /// Why the grader's side ended it, if it did.
    reason: Option<End>,
    /// How it ended, once everything is dead.
    ended: Option<Result<(End, Usage), CageError>>,
}

impl State {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends everything, for the first reason that anybody had.
    fn end(&self, reason: End) {
        self.progress().reason.get_or_insert(reason);
        self.ender.end();
    }
}

pub(crate) fn start(cage: &Cage, order: Order, pipes: Pipes) -> Result<Caged, CageError> {
    if std::env::var_os(crate::INSIDE).is_some() {
        return Err(CageError::NoLauncher);
    }
    if !cage.any_level {
        level().require()?;
    }
    let pipe = || std::io::pipe().step("make a pipe");
    let (input, stdin) = pipe()?;
    let (stdout, output) = pipe()?;
    let held_by_caller = matches!(pipes, Pipes::Held);
    let conversation = !matches!(pipes, Pipes::Held | Pipes::Collected);
    let input = match pipes {
        Pipes::Collected | Pipes::Held => input.into(),
        #[cfg(unix)]
        #[allow(clippy::useless_conversion, reason = "where there is no cage, a file is a `Stdio`")]
        Pipes::Elsewhere(socket) => socket.into(),
    };
    let (stderr, errors) = pipe()?;
    let owner = if level().processes.holds() { system::owner() } else { None };
    let scratch = Scratch::new(owner)?;
    let started = Instant::now();
    let held = system::start(cage, order, &scratch, owner, [input, output.into(), errors.into()])?;
    let ender = held.ender()?;
    let state = Arc::new(State { progress: Mutex::default(), over: Condvar::new(), ender });
    let read = |pipe| match conversation {
        true => keep_end(pipe, cage.limits.output),
        false => collect(pipe, cage.limits.output, &state),
    };

    let mut caged = Caged {
        stdin: held_by_caller.then_some(stdin),
        stdout: None,
        state: Arc::clone(&state),
        warden: None,
        outputs: vec![read(stderr)],
        scratch: Some(scratch),
    };
    if held_by_caller {
        caged.stdout = Some(stdout);
    } else {
        caged.outputs.push(read(stdout));
    }
    let deadline = started + cage.limits.wall;
    caged.warden = Some(thread::spawn(move || {
        let ended = held.wait(deadline, || state.end(End::WallClock));
        let ended = ended.map(|(end, usage)| (end, Usage { wall: started.elapsed(), ..usage }));
        state.progress().ended = Some(ended);
        state.over.notify_all();
    }));
    Ok(caged)
}

/// Reads an output up to the cap, and ends the program if it goes beyond.
fn collect(mut pipe: PipeReader, cap: u64, state: &Arc<State>) -> JoinHandle<Vec<u8>> {
    let state = Arc::clone(state);
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // An error of a pipe is its end.
        let _ = pipe.by_ref().take(cap).read_to_end(&mut bytes);
        if pipe.read(&mut [0]).is_ok_and(|more| more > 0) {
            state.end(End::Output);
            // Were the pipe closed now, the program could see that, and go on for a moment as if nothing had happened.
            let _ = io::copy(&mut pipe, &mut io::sink());
        }
        bytes
    })
}

/// Reads an output to its end and keeps the last of it. Who is asked one thing after another is not ended for printing:
/// the cap would be reached in the middle of a call that has nothing to do with it.
fn keep_end(mut pipe: PipeReader, cap: u64) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut end = Tail { kept: VecDeque::new(), cap: usize::try_from(cap).unwrap_or(usize::MAX) };
        // An error of a pipe is its end.
        let _ = io::copy(&mut pipe, &mut end);
        end.kept.into()
    })
}

/// The last `cap` bytes of what is written.
struct Tail {
    kept: VecDeque<u8>,
    cap: usize,
}

impl Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.kept.extend(bytes);
        self.kept.drain(..self.kept.len().saturating_sub(self.cap));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Caged {
    /// Waits until the program has ended, but not longer than until `deadline`. `None` if it still runs then.
    ///
    /// # Errors
    ///
    /// If the cage has lost it.
    pub fn wait_until(&self, deadline: Instant) -> Result<Option<End>, CageError> {
        let mut progress = self.state.progress();
        loop {
            if let Some(ended) = &progress.ended {
                return ended.clone().map(|(end, _)| Some(conclude(end, progress.reason)));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let waited = self.state.over.wait_timeout(progress, left);
            progress = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Kills all its processes. It returns at once: [`finish`](Caged::finish) waits until they are dead.
    pub fn kill(&self) {
        self.state.end(End::Killed);
    }

    /// Ends the input, waits for the end (the wall clock sees to it that it comes) and collects what is left.
    ///
    /// # Errors
    ///
    /// If the cage has lost it.
    pub fn finish(mut self) -> Result<Outcome, CageError> {
        self.stdin = None;
        self.stdout = None;
        self.join();
        let mut outputs = self.outputs.drain(..).map(|thread| thread.join().unwrap_or_default());
        let stderr = outputs.next().unwrap_or_default();
        let stdout = outputs.next().unwrap_or_default();
        drop(outputs);
        let mut progress = self.state.progress();
        let lost = CageError::failed("wait for the program", "the warden is gone");
        let (end, usage) = progress.ended.take().unwrap_or(Err(lost.clone()))?;
        let mut end = conclude(end, progress.reason);
        drop(progress);
        if end == End::Signal(6) && gave_up_for_memory(&stderr) {
            end = End::Memory;
        }
        let scratch = self.scratch.take().ok_or(lost)?;
        Ok(Outcome { end, stdout, stderr, usage, scratch })
    }

    fn join(&mut self) {
        if let Some(warden) = self.warden.take() {
            let _ = warden.join();
        }
    }
}

impl Drop for Caged {
    fn drop(&mut self) {
        self.state.end(End::Killed);
        self.join();
    }
}

/// How it ended, seen from both sides. Who prints too much is told so even if it has ended meanwhile.
fn conclude(end: End, reason: Option<End>) -> End {
    match (end, reason) {
        (_, Some(End::Output)) => End::Output,
        (End::Killed, Some(reason)) => reason,
        (end, _) => end,
    }
}

/// What the standard library prints before it aborts for want of memory.
fn gave_up_for_memory(stderr: &[u8]) -> bool {
    let tail = &stderr[stderr.len().saturating_sub(500)..];
    String::from_utf8_lossy(tail).contains("memory allocation of ")
}
