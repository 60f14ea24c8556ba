//! Keeps hostile code in its place: `rustc` on a student's sources, and the process that runs what came out.
//!
//! A [`Cage`] says what a program may read and execute, how much of everything it may use, and starts it. Nothing else
//! of the machine is within its reach, and nothing of it is left when the cage has ended: no process, no file.
//!
//! ```no_run
//! use std::process::Command;
//!
//! fn main() -> Result<(), cage::CageError> {
//!     cage::launcher(); // first in main: the cage starts this program again to lock itself in
//!     let cage = cage::Cage::worker().system_libraries().executable("/srv/worker");
//!     let outcome = cage.run(&Command::new("/srv/worker"))?;
//!     println!("{}", outcome.end); // "exited with 0", "used up its memory", "called what is forbidden" …
//!     Ok(())
//! }
//! ```
//!
//! # Who does what
//!
//! No step needs `unsafe`, because nothing happens between fork and exec. The program that grades starts *itself* again,
//! with a hidden argument that [`launcher`] looks for, in up to three steps, each of which trusts the one above it:
//!
//! | process | what it is | what it does |
//! |---|---|---|
//! | grader | the user of this crate | wall clock, output cap, the [`Outcome`] |
//! | entrance | this program again | enters new namespaces, where that is allowed |
//! | keeper | this program again, outside the fence | watches memory, time, processes and disk; kills and buries everything |
//! | target | this program, then by `exec` the student's | locks itself in, then becomes what is to be run |
//!
//! Orders, the target's three standard files and reports travel over sockets that no target ever holds, so nothing that
//! a target prints or does can be taken for a report of the cage. When the grader dies, even by `kill -9`, its end of
//! the socket closes and the keeper ends everything.
//!
//! # What stops what
//!
//! | attack | mechanism |
//! |---|---|
//! | reading the solutions, hidden checks, `/etc`, `/proc`, other submissions | Landlock: nothing is readable but what is named |
//! | writing, deleting, renaming outside; links out of the cage | Landlock: only the scratch directory, without links and devices |
//! | changing modes, owners, times, attributes of files | system call filter; another user id where the grader is root |
//! | executing a shell or what was just written | Landlock: only what is named is executable |
//! | TCP, UDP, unix sockets (also abstract), netlink … | filter: no `socket`; an empty network namespace; Landlock's scopes |
//! | fork bombs, thread bombs | filter: a worker cannot fork; `RLIMIT_NPROC` under a user id or user namespace of its own; the keeper counts |
//! | outliving the cage by `setsid` or double fork | PID namespace; without: the keeper is a subreaper and hunts down its descendants |
//! | memory | `RLIMIT_DATA`, `RLIMIT_AS` for each process; the keeper sums up what is resident; first choice of the OOM killer |
//! | endless loops | `RLIMIT_CPU` for each process, the keeper for all together, the grader's wall clock |
//! | stack overflow | `RLIMIT_STACK`; the guard page turns it into a signal |
//! | endless output | the grader ends the cage at the cap; of a worker's output it keeps the end, and its clock runs |
//! | huge files, many files, deep directories | `RLIMIT_FSIZE`; the keeper sums up the scratch directory; a worker cannot unlink what it fills |
//! | killing or tracing the grader or the keeper | filter (`kill`, `ptrace`, `process_vm_*`, `pidfd_*`), PID namespace, Landlock |
//! | set-user-id programs | `no_new_privs` |
//! | reading the environment, inherited files, the job server's pipe | environment of named variables; every other file is closed |
//! | a terminal's input queue (`TIOCSTI`) | a session of its own, no terminal; filter on `ioctl` |
//! | attacks on the kernel (`bpf`, `io_uring`, `userfaultfd`, `perf`, `keyctl`, namespaces, mounts) | list of permitted calls; these kill |
//! | core dumps of what must not be seen | `RLIMIT_CORE` 0 |
//!
//! # What it cannot do
//!
//! It is no virtual machine: a hole in a permitted system call of the kernel is a hole in the cage. Paths can be looked
//! up (not read): a target learns whether a path it can guess exists. CPU caches are shared, so timing channels are open.
//! Without control groups, memory is watched every 20 ms: between two looks a process can take at most what its own
//! limits allow. A compiler that is itself taken over may keep unlinked files, up to its limit of open files. A worker may
//! execute itself and the dynamic loader again, in the same cage. On Linux before 6.12 whoever is not root and has no
//! namespaces relies on the filter alone against signals.
//!
//! Only Linux on x86-64 (where it has been tried), AArch64 and RISC-V has a cage; elsewhere a program is merely timed and
//! its output capped.
//! [`level`] says what this system enforces, [`controls()`] proves it.

mod acts;
mod cage;
mod caged;
pub mod controls;
mod error;
mod level;
mod limits;
mod outcome;
mod scratch;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;

pub use cage::{Cage, Profile};
pub use caged::Caged;
pub use controls::controls;
pub use error::CageError;
pub use level::{Guard, Level, level};
pub use limits::Limits;
pub use outcome::{End, Outcome, Usage};
pub use scratch::Scratch;

/// The first argument that makes this program a part of the cage.
pub(crate) const ROLE: &str = "__cage";

/// Set for every process that the cage starts of this program: none of them may start a cage.
pub(crate) const INSIDE: &str = "CAGE_INSIDE";

/// Turns this process into a part of a cage, if a cage has started it, and then does not return.
///
/// Every program that uses a [`Cage`] calls it first in `main`, before it starts a thread or opens a file: the cage
/// starts `/proc/self/exe` again with a hidden argument.
pub fn launcher() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != ROLE) {
        return;
    }
    let arguments: Vec<_> = arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
    let role = arguments.first().map_or("", String::as_str);
    let code = if role == "act" { acts::act(&arguments[1..]) } else { system::play(role) };
    std::process::exit(code);
}
