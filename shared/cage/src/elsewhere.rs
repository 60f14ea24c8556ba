//! Where there is no cage: a program is timed, its output is capped, and on Unix its process group is killed.
//!
//! It is for people who check their own code on their own machine; [`level`](crate::level()) says so, and a cage refuses
//! unless it may run at any level.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::cage::{Cage, Order};
use crate::error::{CageError, Step};
use crate::level::{Guard, Level};
use crate::outcome::{End, Usage};
use crate::scratch::Scratch;

pub(crate) fn probe() -> Level {
    let absent = || Guard::Absent("only Linux has it".into());
    let group = if cfg!(unix) { "the process group is killed" } else { "the process is killed" };
    Level {
        file_system: absent(),
        network: absent(),
        system_calls: absent(),
        memory: absent(),
        processes: Guard::Absent(format!("only Linux has it; {group} at the end")),
        time: Guard::Enforced("the wall clock".into()),
        output: Guard::Enforced("cut off and ended at the cap".into()),
        namespaces: absent(),
        landlock: 0,
    }
}

/// No part of a cage is played here.
pub(crate) fn play(_role: &str) -> i32 {
    2
}

pub(crate) fn owner() -> Option<u32> {
    None
}

/// A running program.
#[derive(Debug)]
pub(crate) struct Held {
    child: Child,
    asked: Arc<AtomicBool>,
}

/// Ends a program, from any thread.
#[derive(Debug)]
pub(crate) struct Ender(Arc<AtomicBool>);

impl Ender {
    pub(crate) fn end(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub(crate) fn start(
    _cage: &Cage,
    order: Order,
    scratch: &Scratch,
    _owner: Option<u32>,
    files: [Stdio; 3],
) -> Result<Held, CageError> {
    let [stdin, stdout, stderr] = files;
    let mut command = Command::new(&order.program);
    command.args(order.arguments).env_clear().envs(order.environment).current_dir(scratch.path());
    for name in ["TMPDIR", "TEMP", "TMP", "HOME"] {
        command.env(name, scratch.path());
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command.stdin(stdin).stdout(stdout).stderr(stderr).spawn();
    let child =
        child.map_err(|error| CageError::failed(format!("execute {}", order.program.display()), error))?;
    Ok(Held { child, asked: Arc::default() })
}

impl Held {
    pub(crate) fn ender(&self) -> Result<Ender, CageError> {
        Ok(Ender(Arc::clone(&self.asked)))
    }

    pub(crate) fn wait(mut self, deadline: Instant, late: impl Fn()) -> Result<(End, Usage), CageError> {
        let mut asked = false;
        loop {
            if let Some(status) = self.child.try_wait().step("wait for the program")? {
                kill_group(&mut self.child);
                return Ok((if asked { End::Killed } else { end_of(status) }, Usage::default()));
            }
            if Instant::now() >= deadline && !asked {
                late();
            }
            if self.asked.load(Ordering::Relaxed) {
                asked = true;
                kill_group(&mut self.child);
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn end_of(status: std::process::ExitStatus) -> End {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return End::Signal(signal);
    }
    End::Exited(status.code().unwrap_or(-1))
}

fn kill_group(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = rustix::process::Pid::from_raw(child.id() as i32) {
        // Whoever is left in it.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    // It may be dead already.
    let _ = child.kill();
}
