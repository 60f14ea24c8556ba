//! The contract, fulfilled by workers in other processes: how code is judged that nobody trusts.
//!
//! A worker may loop, crash, exit or answer nonsense; each of these is the fault of one call. It is ended then, and the
//! next call gets a fresh one, so that a check goes on shrinking towards the smallest input that does it.
//!
//! There are two workers, and chance (seeded, so that a regrade is the same) decides which one hears a call. A law that
//! compares answers of the same function with each other, such as f(a + b) = f(a) + f(b), would be fulfilled by
//! a function that remembers what it was asked; neither of the two heard everything. Every few calls both are
//! asked, and must give the same bytes: an answer that depends on the time, on chance or on how often the function was
//! called is none.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::FailureKind;
use crate::fault::Fault;
use crate::wire;

/// One call in so many is asked twice.
const ASKED_TWICE: u64 = 8;

/// The longest that a call may take of a function that has run into its limit before: who has written one endless loop
/// need not wait as long for each of the smaller inputs on which it does not end either.
const IMPATIENT_LIMIT: Duration = Duration::from_secs(2);

/// How workers are started and how long they may take.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Terms {
    /// A program with its arguments that runs a worker on the socket that is its stdin, in a cage, and ends with an
    /// [`Obituary`](crate::event::Obituary) on its stdout.
    pub(crate) command: Vec<String>,
    /// The longest that a call may take …
    pub(crate) limit: Duration,
    /// … and all calls together.
    pub(crate) budget: Duration,
    /// What chance depends on.
    pub(crate) seed: u64,
}

/// Fulfils any contract by asking workers.
#[derive(Debug)]
pub struct Remote {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    terms: Terms,
    workers: [Option<platform::Worker>; 2],
    chance: u64,
    number: u64,
    spent: Duration,
    /// The functions that did not answer in time.
    late: BTreeSet<String>,
}

impl Remote {
    pub(crate) fn new(terms: Terms) -> Remote {
        let chance = terms.seed;
        let (spent, late) = (Duration::ZERO, BTreeSet::new());
        let state = State { terms, workers: [None, None], chance, number: 0, spent, late };
        Remote { state: Mutex::new(state) }
    }

    /// Calls a function of the contract.
    ///
    /// # Errors
    ///
    /// The function panicked, is not written, did not return in time, ended its process, or did not answer the same
    /// when it was asked twice.
    pub fn call<A: Serialize, R: DeserializeOwned>(&self, function: &str, arguments: &A) -> Result<R, Fault> {
        let arguments = wire::encode(arguments)?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let chance = state.draw();
        let which = (chance & 1) as usize;
        let answer = state.ask(which, function, &arguments)?;
        if (chance >> 1).is_multiple_of(ASKED_TWICE) && state.ask(1 - which, function, &arguments)? != answer
        {
            return Err(Fault {
                kind: FailureKind::InvalidAnswer,
                message: format!(
                    "asked twice with the same arguments, `{function}` gave two different answers: an answer must \
                     depend on nothing but its arguments"
                ),
                location: None,
            });
        }
        wire::decode(&answer)
    }
}

impl State {
    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn draw(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        crate::token::mixed(self.chance)
    }

    /// The encoded answer of one worker, which is ended if it does not answer.
    fn ask(&mut self, which: usize, function: &str, arguments: &[u8]) -> Result<Vec<u8>, Fault> {
        let left = self.terms.budget.saturating_sub(self.spent);
        if left.is_zero() {
            return Err(self.used_up());
        }
        self.number += 1;
        let number = self.number;
        let mut worker = match self.workers[which].take() {
            Some(worker) => worker,
            None => platform::Worker::start(&self.terms.command),
        };
        let patience = if self.late.contains(function) { IMPATIENT_LIMIT } else { Duration::MAX };
        let wanted = self.terms.limit.min(patience);
        let limit = wanted.min(left);
        let (answer, took) = worker.ask(number, function, arguments, limit);
        self.spent += took;
        match answer {
            Ok(answer) => {
                self.workers[which] = Some(worker);
                answer
            }
            Err(lost) => {
                let fault = worker.end(lost, limit);
                if fault.kind == FailureKind::TimedOut {
                    self.late.insert(function.to_string());
                    if limit < wanted {
                        return Err(self.used_up());
                    }
                }
                Err(fault)
            }
        }
    }

    fn used_up(&self) -> Fault {
        let seconds = self.terms.budget.as_secs_f64();
        let message = format!("not asked: the {seconds} s for the whole submission were used up before");
        Fault { kind: FailureKind::NotAsked, message, location: None }
    }
}

#[cfg(unix)]
mod platform {
    use std::io::{self, Read, Write};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::{Duration, Instant};

    use crate::event::{FailureKind, NOT_CAGED, Obituary};
    use crate::fault::Fault;
    use crate::wire::{Answer, LONGEST_ANSWER, Question, frame, read_frame, split, write_frame};

    /// How long a cage has to say how its worker ended.
    const LAST_WORDS: Duration = Duration::from_secs(5);

    /// What a panic may say, in bytes: anybody's message, and far less than would fill a report.
    const LONGEST_MESSAGE: usize = 4096;

    /// A worker in its cage.
    #[derive(Debug)]
    pub(super) struct Worker {
        cage: Child,
        socket: UnixStream,
    }

    /// Why a worker cannot be asked again.
    #[derive(Debug)]
    pub(super) enum Lost {
        Late,
        Gone,
        Nonsense(String),
    }

    impl Worker {
        /// Without a worker nothing can be judged, and that must not look like a wrong answer: the process ends.
        pub(super) fn start(command: &[String]) -> Worker {
            let (program, arguments) = command.split_first().expect("the option's parser asks for a program");
            let start = || -> io::Result<Worker> {
                let (ours, theirs) = UnixStream::pair()?;
                let cage = Command::new(program)
                    .args(arguments)
                    .stdin(OwnedFd::from(theirs))
                    .stdout(Stdio::piped())
                    .stderr(Stdio::inherit())
                    .spawn()?;
                Ok(Worker { cage, socket: ours })
            };
            start().unwrap_or_else(|error| give_up(&format!("cannot start {program}: {error}")))
        }

        /// The answer, a fault of the function included, and how long it took.
        pub(super) fn ask(
            &mut self,
            number: u64,
            function: &str,
            arguments: &[u8],
            limit: Duration,
        ) -> (Result<Result<Vec<u8>, Fault>, Lost>, Duration) {
            let start = Instant::now();
            let answer = frame(&Question { number, function }, arguments);
            let answer = match answer {
                Ok(question) => self.exchange(number, &question, start + limit),
                Err(fault) => Ok(Err(fault)),
            };
            (answer, start.elapsed())
        }

        fn exchange(
            &mut self,
            number: u64,
            question: &[u8],
            deadline: Instant,
        ) -> Result<Result<Vec<u8>, Fault>, Lost> {
            let mut line = Line { socket: &self.socket, deadline };
            write_frame(&mut line, question).map_err(Lost::from)?;
            let bytes = read_frame(&mut line, LONGEST_ANSWER).map_err(Lost::from)?.ok_or(Lost::Gone)?;
            let (answer, value) = split::<Answer>(&bytes).map_err(|fault| Lost::Nonsense(fault.message))?;
            if answer.number != number {
                return Err(Lost::Nonsense("an answer to another question".to_string()));
            }
            Ok(answer.result.map(|()| value.to_vec()).map_err(shortened))
        }

        /// Ends the worker and says what happened to it.
        pub(super) fn end(mut self, lost: Lost, limit: Duration) -> Fault {
            let fault = |kind, message| Fault { kind, message, location: None };
            match lost {
                Lost::Late => fault(
                    FailureKind::TimedOut,
                    format!("no answer within {} s: an endless loop?", limit.as_secs_f64()),
                ),
                Lost::Nonsense(why) => fault(FailureKind::InvalidAnswer, why),
                Lost::Gone => match self.obituary() {
                    Some(Obituary::Ended { kind, message }) => fault(kind, message),
                    Some(Obituary::NotCaged { reason }) => give_up(&reason),
                    None => give_up("the cage of a worker ended without a word"),
                },
            }
        }

        fn obituary(&mut self) -> Option<Obituary> {
            let mut stdout = self.cage.stdout.take()?;
            let (sender, receiver) = channel();
            thread::spawn(move || {
                let mut text = String::new();
                let _ = stdout.read_to_string(&mut text);
                let _ = sender.send(text);
            });
            let text = receiver.recv_timeout(LAST_WORDS).ok()?;
            serde_json::from_str(text.lines().last()?).ok()
        }
    }

    impl Drop for Worker {
        fn drop(&mut self) {
            // The cage ends its worker when it dies.
            let _ = self.cage.kill();
            let _ = self.cage.wait();
        }
    }

    impl From<io::Error> for Lost {
        fn from(error: io::Error) -> Lost {
            match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Lost::Late,
                io::ErrorKind::InvalidData => Lost::Nonsense(error.to_string()),
                _ => Lost::Gone,
            }
        }
    }

    /// A socket until a moment: a worker that sends a byte now and then does not gain time.
    struct Line<'a> {
        socket: &'a UnixStream,
        deadline: Instant,
    }

    impl Line<'_> {
        fn left(&self) -> io::Result<Option<Duration>> {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
        }
    }

    impl Read for Line<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.socket.set_read_timeout(self.left()?)?;
            self.socket.read(buffer)
        }
    }

    impl Write for Line<'_> {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            self.socket.set_write_timeout(self.left()?)?;
            self.socket.write(buffer)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A fault as the worker tells it, whose words go into reports.
    fn shortened(mut fault: Fault) -> Fault {
        for text in [Some(&mut fault.message), fault.location.as_mut()].into_iter().flatten() {
            if text.len() > LONGEST_MESSAGE {
                text.truncate(text.floor_char_boundary(LONGEST_MESSAGE));
                text.push_str(" …");
            }
        }
        fault
    }

    fn give_up(reason: &str) -> ! {
        eprintln!("not graded: {reason}");
        std::process::exit(NOT_CAGED)
    }
}

#[cfg(not(unix))]
mod platform {
    use std::time::Duration;

    use crate::fault::Fault;

    /// There are none: see [`Options::parse`](crate::options::Options::parse).
    #[derive(Debug)]
    pub(super) enum Worker {}

    impl Worker {
        pub(super) fn start(_: &[String]) -> Worker {
            unreachable!("--worker is refused where there is no Unix")
        }

        pub(super) fn ask(
            &mut self,
            _: u64,
            _: &str,
            _: &[u8],
            _: Duration,
        ) -> (Result<Result<Vec<u8>, Fault>, ()>, Duration) {
            match *self {}
        }

        pub(super) fn end(self, _: (), _: Duration) -> Fault {
            match self {}
        }
    }
}
