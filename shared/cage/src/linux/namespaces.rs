//! Processes, network and names of its own, where the system lets us have them.
//!
//! With a PID namespace it is certain that nothing survives: when its first process (the keeper) ends, the kernel kills
//! the others. An empty network namespace has no addresses and its own abstract sockets. Root needs no user namespace
//! for it, everybody else makes one, in which `RLIMIT_NPROC` begins to count at zero.

use std::fs;
use std::io;

use nix::sched::{CloneFlags, unshare};

use super::message::{self, Report};
use super::myself;
use crate::level::level;

/// Whether this system has them, as `level` has found out.
pub(super) fn available() -> bool {
    level().namespaces.holds()
}

/// Enters new namespaces. The next child is the first process of the new PID namespace.
pub(super) fn enter() -> io::Result<()> {
    let common = CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWIPC;
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    if user.is_root() {
        return Ok(unshare(common)?);
    }
    unshare(common | CloneFlags::CLONE_NEWUSER)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1", user = user.as_raw()))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1", group = group.as_raw()))
}

/// The process between grader and keeper: it is the parent of a namespace and waits for its end.
pub(super) fn entrance() -> i32 {
    let started = enter().and_then(|()| myself("inner-keeper").status());
    match started {
        Ok(_) => 0,
        Err(error) => {
            let report = Report::Failed { step: "enter new namespaces".into(), problem: error.to_string() };
            // If even this fails, the grader sees the socket close.
            let _ = message::socket().and_then(|socket| message::send(&socket, &report));
            1
        }
    }
}
