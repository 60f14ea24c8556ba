//! How much of everything a caged program may use.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How much of everything a caged program may use. All sizes are in bytes.
///
/// ```
/// use std::time::Duration;
/// let limits = cage::Limits { cpu: Duration::from_secs(5), ..cage::Limits::worker() };
/// assert!(limits.cpu < limits.wall);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Data of each process (heap, stacks, private mappings), and what all of them together have resident.
    pub memory: u64,
    /// Processor time of all processes together.
    pub cpu: Duration,
    /// Time from start to end.
    pub wall: Duration,
    /// Length of each file written.
    pub file_size: u64,
    /// Everything in the scratch directory together.
    pub disk: u64,
    /// Files and directories in the scratch directory.
    pub entries: u64,
    /// Files that a process may have open at a time.
    pub open_files: u64,
    /// Processes and threads at a time.
    pub processes: u64,
    /// The stack of each process's first thread.
    pub stack: u64,
    /// Standard output and standard error, each. See [`converse`](crate::Cage::converse) for who goes beyond.
    pub output: u64,
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

impl Limits {
    /// Enough for `rustc` and the linker on a small crate.
    pub fn compiler() -> Limits {
        Limits {
            memory: 3 * GIB,
            cpu: Duration::from_secs(60),
            wall: Duration::from_secs(120),
            file_size: 256 * MIB,
            disk: 512 * MIB,
            entries: 10_000,
            open_files: 256,
            processes: 64,
            stack: 8 * MIB,
            output: 256 * KIB,
        }
    }

    /// Enough for a process that answers calls to a student's functions.
    pub fn worker() -> Limits {
        Limits {
            memory: GIB,
            cpu: Duration::from_secs(60),
            wall: Duration::from_secs(300),
            file_size: 16 * MIB,
            disk: 16 * MIB,
            entries: 100,
            open_files: 32,
            processes: 16,
            stack: 8 * MIB,
            output: 64 * KIB,
        }
    }
}
