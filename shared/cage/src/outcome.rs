//! How a caged program ended, and what it used.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Scratch;

/// How a caged program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal that none of the limits explains: 6 is an abort, 11 in safe Rust a stack overflow.
    Signal(i32),
    /// It ran longer than `wall`.
    WallClock,
    /// It computed longer than `cpu`.
    CpuTime,
    /// It took more than `memory`, was refused more and gave up, or the system ran out of it.
    ///
    /// That it *gave up* is read from its own last words ("memory allocation of … bytes failed"): a program that
    /// aborts may pretend it.
    Memory,
    /// It wrote more than `disk` or made more than `entries`.
    Disk,
    /// It wrote a file longer than `file_size`.
    FileSize,
    /// It had more than `processes` at a time.
    Processes,
    /// It printed more than `output`.
    Output,
    /// It made a system call that only an attack makes.
    ForbiddenCall,
    /// It was ended by [`kill`](crate::Caged::kill).
    Killed,
}

impl End {
    /// By itself and with exit code 0.
    pub fn success(self) -> bool {
        self == End::Exited(0)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Exited(code) => write!(f, "exited with {code}"),
            End::Signal(6) => f.write_str("aborted"),
            End::Signal(11) => f.write_str("crashed (signal 11: a stack overflow, if all code is safe)"),
            End::Signal(signal) => write!(f, "ended by signal {signal}"),
            End::WallClock => f.write_str("took too long"),
            End::CpuTime => f.write_str("used up its processor time"),
            End::Memory => f.write_str("used up its memory"),
            End::Disk => f.write_str("used up its disk space"),
            End::FileSize => f.write_str("wrote too long a file"),
            End::Processes => f.write_str("had too many processes or threads"),
            End::Output => f.write_str("printed too much"),
            End::ForbiddenCall => f.write_str("called what is forbidden"),
            End::Killed => f.write_str("was killed"),
        }
    }
}

/// What a caged program used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Processor time of all its processes.
    pub cpu: Duration,
    /// From start to end.
    pub wall: Duration,
    /// Resident memory in bytes: the largest process or the largest sum that was seen, whichever is more. Some MiB
    /// belong to the launcher, which the target was before `exec`.
    pub peak_memory: u64,
}

/// A caged program that has ended.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// What it printed, up to the cap, or the last of it; empty if the caller held the pipe.
    pub stdout: Vec<u8>,
    /// What it printed to standard error, up to the cap, or the last of it.
    pub stderr: Vec<u8>,
    /// What it used.
    pub usage: Usage,
    /// What it left in its directory, which is removed with this value.
    pub scratch: Scratch,
}
