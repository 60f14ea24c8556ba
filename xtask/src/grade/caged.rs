//! The cages that a submission meets: one for the compiler that reads it, one for the worker that runs it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cage::{Cage, End, Limits, Outcome};
use grading::event::{FailureKind, Obituary};

use super::assess::Terms;
use super::compile::{Job, Made, Reason, Rejection};
use crate::cargo;
use crate::cli::WorkerArgs;
use crate::workspace::Workspace;

/// The largest library or program that a compiler may write.
const LARGEST_PRODUCT: u64 = 256 << 20;
/// How much of what rustc says is kept: a thousand errors help nobody.
const LONGEST_COMPLAINT: usize = 16 << 10;
/// A compiler on a busy machine may take so many times its processor time.
const PATIENCE: u32 = 5;
/// What a worker that used up its memory is said to have died of.
pub(crate) const OUT_OF_MEMORY: &str = "out of memory";

/// rustc in a cage.
#[derive(Debug)]
pub(crate) struct CagedCompiler {
    sysroot: PathBuf,
    any_level: bool,
    /// Processor time.
    time: Duration,
}

impl CagedCompiler {
    /// Finds the toolchain.
    pub(crate) fn new(workspace: &Workspace, terms: &Terms) -> Result<CagedCompiler> {
        let output = cargo::output(cargo::rustc(workspace).args(["--print", "sysroot"]))?;
        ensure!(output.status.success(), "rustc does not say where it is:\n{}", output.stderr);
        Ok(CagedCompiler {
            sysroot: PathBuf::from(output.stdout.trim()),
            any_level: terms.any_level,
            time: Duration::from_secs(terms.compile_limit),
        })
    }

    /// Does a job of rustc's.
    ///
    /// # Errors
    ///
    /// Only if the cage fails: what the source does to the compiler is a rejection.
    pub(crate) fn compile(&self, job: &Job<'_>) -> Result<Made> {
        let limits = Limits { wall: self.time * PATIENCE, cpu: self.time, ..Limits::compiler() };
        let mut cage = Cage::compiler().limits(limits).system_libraries().toolchain(&self.sysroot).linker();
        for folder in &job.readable {
            cage = cage.readable(*folder);
        }
        if self.any_level {
            cage = cage.at_any_level();
        }
        let name = job.product.file_name().context("a product has a name")?;
        let mut rustc = Command::new(self.sysroot.join("bin/rustc"));
        rustc
            .env("PATH", "/usr/bin")
            .args(&job.arguments)
            .arg("--sysroot")
            .arg(&self.sysroot)
            .arg("-Clinker=/usr/bin/cc")
            .arg("-o")
            .arg(name);
        let outcome = cage.run(&rustc)?;
        if outcome.end.success() {
            let bytes = outcome.scratch.read(name, LARGEST_PRODUCT).context("rustc left no product")?;
            fs::write(job.product, bytes)
                .with_context(|| format!("cannot write {}", job.product.display()))?;
            make_executable(job.product)?;
            return Ok(Made::Product);
        }
        Ok(Made::Rejected(self.rejection(&outcome)))
    }

    /// Why the compiler made nothing.
    fn rejection(&self, outcome: &Outcome) -> Rejection {
        let (reason, text) = match outcome.end {
            End::WallClock | End::CpuTime => {
                (Reason::Time, format!("the compiler took longer than {} s", self.time.as_secs()))
            }
            End::Memory => (Reason::Memory, "the compiler used up its memory".to_string()),
            End::Exited(_) | End::Output => {
                (Reason::Errors, shortened(&String::from_utf8_lossy(&outcome.stderr)))
            }
            // rustc's own stack is what deeply nested source uses up.
            end => (Reason::Errors, format!("the compiler {end}")),
        };
        Rejection { reason, text }
    }
}

fn shortened(text: &str) -> String {
    if text.len() <= LONGEST_COMPLAINT {
        return text.to_string();
    }
    format!("{}\n… and so on", &text[..text.floor_char_boundary(LONGEST_COMPLAINT)])
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}

/// The command by which a check binary starts `worker` in a cage: this very program, in the role of
/// [`keep`].
pub(crate) fn keeper(this: &Path, worker: &Path, budget: Duration, any_level: bool) -> Result<String> {
    let mut words: Vec<OsString> = vec![this.into(), "worker".into(), worker.into()];
    words.extend(["--budget".into(), budget.as_secs().to_string().into()]);
    if any_level {
        words.push("--allow-uncaged".into());
    }
    let words: Option<Vec<String>> = words.into_iter().map(|word| word.into_string().ok()).collect();
    Ok(serde_json::to_string(&words.context("a path is not UTF-8")?)?)
}

/// Runs a worker in a cage, on the socket that is this process's stdin, and says how it ended.
///
/// The check binary starts this and kills it to end the worker.
pub(crate) fn keep(args: &WorkerArgs) -> Result<()> {
    let obituary = match kept(args) {
        Ok(outcome) => ended(&outcome),
        Err(error) => Obituary::NotCaged { reason: format!("{error:#}") },
    };
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", serde_json::to_string(&obituary)?)?;
    Ok(stdout.flush()?)
}

#[cfg(unix)]
fn kept(args: &WorkerArgs) -> Result<Outcome> {
    use std::os::fd::AsFd;
    use std::os::unix::process::parent_id;
    use std::time::Instant;

    let budget = Duration::from_secs(args.budget);
    // Loops are ended call by call; this is for what goes on between calls.
    let limits = Limits { wall: 2 * budget, cpu: 2 * budget, ..Limits::worker() };
    let mut cage = Cage::worker().limits(limits).system_libraries().executable(&args.program);
    if args.allow_uncaged {
        cage = cage.at_any_level();
    }
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    let caged = cage.converse(&Command::new(&args.program), socket)?;
    // An honest worker ends when the checks hang up, another one when they are gone.
    let checks = parent_id();
    while caged.wait_until(Instant::now() + Duration::from_millis(100))?.is_none() {
        if parent_id() != checks {
            caged.kill();
        }
    }
    Ok(caged.finish()?)
}

#[cfg(not(unix))]
fn kept(_: &WorkerArgs) -> Result<Outcome> {
    anyhow::bail!("a worker is asked over a Unix socket, and this system has none: grade on Linux")
}

/// How a worker ended, as the failure of the call that it was in.
fn ended(outcome: &Outcome) -> Obituary {
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    let (kind, message) = match outcome.end {
        _ if stderr.contains("has overflowed its stack") => {
            (FailureKind::Crashed, "stack overflow: endless recursion?".to_string())
        }
        End::Exited(code) => (
            FailureKind::Crashed,
            format!(
                "the process ended with status {code} in the middle of a call; does your code call std::process::exit?"
            ),
        ),
        End::Memory => (FailureKind::Crashed, OUT_OF_MEMORY.to_string()),
        End::WallClock | End::CpuTime => (FailureKind::TimedOut, format!("the process {}", outcome.end)),
        end => (FailureKind::Crashed, format!("the process {end}")),
    };
    Obituary::Ended { kind, message }
}
