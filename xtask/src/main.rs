//! `cargo xtask`: the runner of the labs.
//!
//! Students meet it as `test`, `hint`, `demo`; authors as `stubs`, `new`, `verify`. It knows labs by their `lab.toml`
//! and by what their check binaries say (the protocol of `grading::event`), never by their code: nothing here
//! computes with tensors, so the runner is compiled in seconds and a broken lab cannot break it.

#![cfg_attr(
    not(all(feature = "bench", feature = "grade", feature = "watch")),
    allow(dead_code, reason = "what the features ask of modules that every student needs")
)]

#[cfg(feature = "bench")]
mod bench;
mod cargo;
mod cli;
mod commands;
mod diff;
#[cfg(feature = "grade")]
mod grade;
mod interrupt;
mod lab;
mod markers;
#[cfg(feature = "grade")]
mod mutants;
#[cfg(feature = "grade")]
mod pool;
mod progress;
#[cfg(feature = "grade")]
mod release;
mod report;
mod run;
mod stubs;
mod terminal;
#[cfg(feature = "grade")]
mod variants;
mod workspace;

use std::process::ExitCode;

#[cfg(not(all(feature = "bench", feature = "grade", feature = "watch")))]
use anyhow::Context;
use anyhow::Result;
use clap::Parser;

use crate::cli::{Cli, Command};
#[cfg(feature = "grade")]
use crate::commands::verify;
#[cfg(feature = "watch")]
use crate::commands::watch;
use crate::commands::{demo, doctor, hint, list, new, replay, reset, stubs as write_stubs, test};
use crate::interrupt::Interrupted;
use crate::terminal::RED;
use crate::workspace::Workspace;

/// How a command that ran to its end came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything is as it should be.
    Passed,
    /// The checks, or what else was asked about, failed.
    Failed,
    /// A program that was started for the user ended with this status.
    Status(u8),
}

impl Verdict {
    /// `Passed` if so.
    pub(crate) fn passed_if(passed: bool) -> Verdict {
        if passed { Verdict::Passed } else { Verdict::Failed }
    }
}

fn main() -> ExitCode {
    #[cfg(feature = "grade")]
    cage::launcher();
    let cli = Cli::parse();
    interrupt::listen();
    match dispatch(cli) {
        Ok(Verdict::Passed) => ExitCode::SUCCESS,
        Ok(Verdict::Failed) => ExitCode::from(1),
        Ok(Verdict::Status(code)) => ExitCode::from(code),
        Err(error) if error.is::<Interrupted>() => ExitCode::from(130),
        Err(error) => {
            anstream::eprintln!("{RED}error:{RED:#} {error:#}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(cli: Cli) -> Result<Verdict> {
    #[cfg(feature = "grade")]
    if let Some(Command::Worker(args)) = &cli.command {
        return grade::caged::keep(args).map(|()| Verdict::Passed);
    }
    let workspace = Workspace::open(cli.root.as_deref())?;
    match cli.command {
        None => list::overview(&workspace),
        Some(Command::List(args)) => list::list(&workspace, &args),
        #[cfg(feature = "watch")]
        Some(Command::Test(args)) if args.watch => watch::watch(&workspace, &args),
        #[cfg(not(feature = "watch"))]
        Some(Command::Test(args)) if args.watch => again_with(&workspace, "watch"),
        Some(Command::Test(args)) => test::test(&workspace, &args),
        Some(Command::Hint(args)) => hint::hint(&workspace, &args),
        Some(Command::Reset(args)) => reset::reset(&workspace, &args),
        Some(Command::Demo(args)) => demo::demo(&workspace, &args),
        Some(Command::Replay(args)) => replay::replay(&workspace, &args),
        Some(Command::Stubs(args)) => write_stubs::stubs(&workspace, &args),
        Some(Command::New(args)) => new::new(&workspace, &args),
        #[cfg(feature = "bench")]
        Some(Command::Bench(args)) => commands::bench::bench(&workspace, &args),
        #[cfg(not(feature = "bench"))]
        Some(Command::Bench(_)) => again_with(&workspace, "bench"),
        Some(Command::Doctor(args)) if !args.cage => doctor::doctor(&workspace),
        #[cfg(feature = "grade")]
        Some(Command::Doctor(args)) => doctor::cage::doctor(&args),
        #[cfg(feature = "grade")]
        Some(Command::Release(args)) => commands::release::release(&workspace, &args),
        #[cfg(feature = "grade")]
        Some(Command::Verify(args)) => verify::verify(&workspace, &args),
        #[cfg(feature = "grade")]
        Some(Command::Grade(args)) => commands::grade::grade(&workspace, &args),
        #[cfg(feature = "grade")]
        Some(Command::Merge(args)) => commands::grade::merge(&args),
        #[cfg(feature = "grade")]
        Some(Command::Mutants(args)) => commands::mutants::mutants(&workspace, &args),
        #[cfg(feature = "grade")]
        Some(Command::Worker(_)) => unreachable!("needs no workspace"),
        #[cfg(not(feature = "grade"))]
        Some(
            Command::Doctor(_)
            | Command::Grade(_)
            | Command::Merge(_)
            | Command::Mutants(_)
            | Command::Release(_)
            | Command::Verify(_)
            | Command::Worker(_),
        ) => again_with(&workspace, "grade"),
    }
}

/// Runs the same command with a feature built in that a first verdict need not wait for.
#[cfg(not(all(feature = "bench", feature = "grade", feature = "watch")))]
fn again_with(workspace: &Workspace, feature: &str) -> Result<Verdict> {
    let mut command = cargo::cargo(workspace);
    command.args(["run", "--quiet", "--package", "xtask", "--features", feature, "--"]);
    let status = command.args(std::env::args_os().skip(1)).status().context("cannot start cargo")?;
    Ok(match status.code() {
        Some(code) => Verdict::Status(u8::try_from(code).unwrap_or(1)),
        None => Verdict::Failed,
    })
}
