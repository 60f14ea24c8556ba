//! The measurement: contestants take turns, workload after workload.

use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::contract::Workload;
use super::library::{Library, Program};
use super::memory;
use super::peer::{Peer, Prepared};
use super::statistics::Rounds;
use crate::interrupt::{self, Interrupted};
use crate::terminal::spinner;

/// How often each contestant has its turn. Every round gives a median and a ratio: enough to see how they scatter.
const ROUNDS: u32 = 10;
/// OpenMP's threads spin for a while before they sleep, in the way of whoever is next.
const PAUSE: Duration = Duration::from_millis(30);

/// A library with settings: what takes turns.
pub(crate) struct Contestant<'a> {
    pub(crate) library: Library,
    /// What to start, or why it is missing.
    pub(crate) program: Result<&'a Program, &'a str>,
    pub(crate) threads: usize,
    /// Samples in a step, if not the contract's number.
    pub(crate) batch: Option<usize>,
}

/// What became of a workload with a contestant.
#[derive(Clone, Debug)]
pub(crate) enum Outcome<T> {
    Measured(T),
    Missing(String),
}

impl<T> Outcome<T> {
    pub(crate) fn measured(&self) -> Option<&T> {
        match self {
            Outcome::Measured(value) => Some(value),
            Outcome::Missing(_) => None,
        }
    }

    pub(crate) fn missing(&self) -> Option<&str> {
        match self {
            Outcome::Measured(_) => None,
            Outcome::Missing(reason) => Some(reason),
        }
    }
}

/// The contestants with their running peers, or why there is none.
pub(crate) struct Field<'a> {
    contestants: &'a [Contestant<'a>],
    peers: Vec<Result<Peer, String>>,
}

impl<'a> Field<'a> {
    /// Starts the peers.
    pub(crate) fn start(contestants: &'a [Contestant<'a>]) -> Result<Field<'a>> {
        let peers = contestants.iter().map(|contestant| match contestant.program {
            Err(reason) => Ok(Err(reason.to_string())),
            Ok(program) => or_missing(Peer::start(program.command(contestant.threads))),
        });
        Ok(Field { contestants, peers: peers.collect::<Result<_>>()? })
    }

    /// How a library calls itself: `pytorch 2.15.0`.
    pub(crate) fn introductions(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for peer in self.peers.iter().flatten() {
            if !names.contains(&peer.introduction.as_str()) {
                names.push(&peer.introduction);
            }
        }
        names
    }

    /// The steps of a workload, each contestant for `duration` in all.
    pub(crate) fn time(&mut self, workload: &Workload, duration: Duration) -> Result<Vec<Outcome<Rounds>>> {
        let bar = spinner(workload.name);
        let mut outcomes = self.prepare(workload)?;
        for round in 0..=ROUNDS {
            for ((contestant, peer), outcome) in
                self.contestants.iter().zip(&mut self.peers).zip(&mut outcomes)
            {
                let (Ok(running), Outcome::Measured(rounds)) = (&mut *peer, &mut *outcome) else { continue };
                bar.set_message(format!("{}: {}", workload.name, contestant.library.title()));
                thread::sleep(PAUSE);
                match or_missing(running.run(duration / ROUNDS))? {
                    // The first round warms up.
                    Ok(_) if round == 0 => {}
                    Ok(times) => rounds.0.push(times),
                    Err(reason) => {
                        *outcome = Outcome::Missing(reason.clone());
                        *peer = Err(reason);
                    }
                }
            }
        }
        bar.finish_and_clear();
        Ok(outcomes)
    }

    fn prepare(&mut self, workload: &Workload) -> Result<Vec<Outcome<Rounds>>> {
        let mut outcomes = Vec::new();
        for (contestant, peer) in self.contestants.iter().zip(&mut self.peers) {
            outcomes.push(match peer {
                Err(reason) => Outcome::Missing(reason.clone()),
                Ok(running) => match prepare(contestant, running, workload)? {
                    Ok(()) => Outcome::Measured(Rounds(Vec::new())),
                    Err(Failure::Missing(reason)) => Outcome::Missing(reason),
                    Err(Failure::Gone(reason)) => {
                        *peer = Err(reason.clone());
                        Outcome::Missing(reason)
                    }
                },
            });
        }
        Ok(outcomes)
    }
}

/// The bytes by which each contestant grows, at its peak, when it trains: from a fresh process that has done nothing.
pub(crate) fn growth(contestants: &[Contestant<'_>], workload: &Workload) -> Result<Vec<Outcome<u64>>> {
    let bar = spinner(workload.name);
    let mut outcomes = Vec::new();
    for contestant in contestants {
        bar.set_message(format!("{}: {}", workload.name, contestant.library.title()));
        outcomes.push(match contestant.program {
            Err(reason) => Outcome::Missing(reason.to_string()),
            Ok(program) => match or_missing(growth_of(contestant, program, workload))? {
                Ok(outcome) => outcome,
                Err(reason) => Outcome::Missing(reason),
            },
        });
    }
    bar.finish_and_clear();
    Ok(outcomes)
}

fn growth_of(contestant: &Contestant<'_>, program: &Program, workload: &Workload) -> Result<Outcome<u64>> {
    let mut peer = Peer::start(program.command(contestant.threads))?;
    let idle = memory::forget_peak(peer.id())?;
    match prepare(contestant, &mut peer, workload)? {
        Err(Failure::Missing(reason) | Failure::Gone(reason)) => return Ok(Outcome::Missing(reason)),
        Ok(()) => {}
    }
    // Some steps more, for what grows from step to step.
    peer.run(Duration::from_millis(500))?;
    Ok(Outcome::Measured(memory::peak(peer.id())?.saturating_sub(idle)))
}

enum Failure {
    /// The peer goes on without this workload.
    Missing(String),
    /// The peer does not go on.
    Gone(String),
}

/// Makes the workload ready. Another number of parameters than the contract's is an error: it would compare apples
/// with oranges.
fn prepare(contestant: &Contestant<'_>, peer: &mut Peer, workload: &Workload) -> Result<Result<(), Failure>> {
    match or_missing(peer.prepare(workload.name, contestant.batch))? {
        Err(reason) => Ok(Err(Failure::Gone(reason))),
        Ok(Prepared::Missing { reason }) => Ok(Err(Failure::Missing(reason))),
        Ok(Prepared::Ready { params }) => {
            ensure!(
                params == workload.params,
                "{}: {} has {params} parameters instead of {}; it trains another network",
                workload.name,
                contestant.library.title(),
                workload.params
            );
            Ok(Ok(()))
        }
    }
}

/// What goes wrong with a peer is a reason for it to be missing; only Ctrl-C ends everything.
fn or_missing<T>(result: Result<T>) -> Result<Result<T, String>> {
    interrupt::check()?;
    match result {
        Err(error) if error.is::<Interrupted>() => Err(error),
        Err(error) => Ok(Err(format!("{error:#}"))),
        Ok(value) => Ok(Ok(value)),
    }
}
