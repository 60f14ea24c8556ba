//! The keeper: a trusted process outside the fence that starts the target, watches it, and buries everything.
//!
//! It is the parent of the target and, be it as the first process of a PID namespace or as a subreaper, of every orphan
//! below it. So its children are the cage; when it has none left, nothing is left. It ends the cage when the target
//! ends, when a sum exceeds its limit, and when the grader's end of the socket closes (by wish or by death).

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions, WaitStatus, kill_process, pidfd_open, wait};

use super::message::{self, Instructions, Report};
use super::{myself, watch};
use crate::error::{CageError, Step};
use crate::limits::Limits;
use crate::outcome::{End, Usage};
use crate::scratch::Scratch;

/// Between two looks at what is used.
const TICK: Duration = Duration::from_millis(20);

/// Where the keeper stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// First process of a PID namespace.
    PidNamespace,
    /// Among all others.
    Outside,
}

pub(super) fn keep(place: Place) -> i32 {
    let Ok(socket) = message::socket() else { return 2 };
    // It is about to kill everybody it can see.
    if place == Place::PidNamespace && rustix::process::getpid() != Pid::INIT {
        return 2;
    }
    let mut scratch = None;
    let report = match watch_over(&socket, place, &mut scratch) {
        Ok(report) => report,
        Err(CageError::Failed { step, problem }) => Report::Failed { step, problem },
        Err(other) => Report::Failed { step: "keep".into(), problem: other.to_string() },
    };
    let _ = bury(place);
    // If nobody listens any more, the grader is dead, and its directory is ours to remove.
    if message::send(&socket, &report).is_err()
        && let Some(scratch) = scratch
    {
        drop(Scratch::adopt(scratch));
    }
    0
}

fn watch_over(socket: &UnixStream, place: Place, scratch: &mut Option<PathBuf>) -> Result<Report, CageError> {
    match place {
        Place::PidNamespace => {
            let dead = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
            dead.step("die with the entrance")?;
        }
        Place::Outside => {
            let own = rustix::process::getpid();
            rustix::process::set_child_subreaper(Some(own)).step("adopt orphans")?;
        }
    }
    let (instructions, files) = message::receive_instructions(socket).step("receive the instructions")?;
    *scratch = Some(instructions.scratch.clone());
    let target = start(&instructions, files)?;
    message::send(socket, &Report::Started).step("report to the grader")?;

    let mut peak = 0;
    let (cause, status) = guard(socket, target, &instructions, &mut peak)?;
    bury(place).step("kill what is left")?;
    // What was written since the last look counts too.
    let cause =
        cause.or_else(|| watch::overfull(&instructions.scratch, &instructions.limits).then_some(End::Disk));
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).step("ask for the usage")?;
    let time = |value: nix::sys::time::TimeVal| {
        Duration::from_secs(value.tv_sec() as u64) + Duration::from_micros(value.tv_usec() as u64)
    };
    let usage = Usage {
        cpu: time(used.user_time()) + time(used.system_time()),
        wall: Duration::ZERO,
        peak_memory: peak.max((used.max_rss() as u64) << 10),
    };
    Ok(Report::Ended { end: cause.unwrap_or_else(|| end_of(status, &usage, &instructions.limits)), usage })
}

/// Starts the target and waits until it has become what is to be run.
fn start(instructions: &Instructions, files: [OwnedFd; 3]) -> Result<Pid, CageError> {
    let (ours, theirs) = UnixStream::pair().step("make a socket")?;
    let target = myself("target")
        .stdin(OwnedFd::from(theirs))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .step("start this program as the target")?;
    message::send_instructions(&ours, instructions, &files).step("instruct the target")?;
    drop(files);
    let locked = message::receive::<Report>(&ours).step("lock up the target")?;
    let more = message::receive::<Report>(&ours);
    match (locked, more) {
        // Locked, and then the socket has closed: by exec, or by a death that will be seen.
        (Report::Locked, Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        (Report::Failed { step, problem }, _) | (_, Ok(Report::Failed { step, problem })) => {
            return Err(CageError::Failed { step, problem });
        }
        (locked, more) => {
            return Err(CageError::failed("lock up the target", format!("{locked:?}, {more:?}")));
        }
    }
    Pid::from_raw(target.id() as i32).ok_or_else(|| CageError::failed("start the target", "no process id"))
}

/// Waits for the end of the target or the first reason to end it.
fn guard(
    socket: &UnixStream,
    target: Pid,
    instructions: &Instructions,
    peak: &mut u64,
) -> Result<(Option<End>, WaitStatus), CageError> {
    // Before Linux 5.3 there is none: then the end is noticed a tick later.
    let ended = pidfd_open(target, PidfdFlags::empty()).ok();
    let limits = &instructions.limits;
    let mut cause = None;
    let mut looked = Instant::now();
    loop {
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            if pid == target {
                return Ok((cause, status));
            }
        }
        if cause.is_none() && looked.elapsed() >= TICK {
            let used = watch::in_use().step("see what is used")?;
            *peak = (*peak).max(used.memory);
            cause = used.beyond(limits);
            if cause.is_none() && watch::overfull(&instructions.scratch, limits) {
                cause = Some(End::Disk);
            }
            looked = Instant::now();
        }
        let mut events = vec![PollFd::new(socket, PollFlags::IN)];
        if let Some(ended) = &ended {
            events.push(PollFd::from_borrowed_fd(ended.as_fd(), PollFlags::IN));
        }
        if cause.is_some() {
            let _ = kill_process(target, Signal::KILL);
            events.remove(0);
        }
        let tick = Timespec { tv_sec: 0, tv_nsec: TICK.as_nanos() as i64 };
        match poll(&mut events, Some(&tick)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(CageError::failed("wait for the target", error)),
        }
        // The grader sends nothing more: whatever comes is the end.
        if cause.is_none() && !events[0].revents().is_empty() {
            cause = Some(End::Killed);
        }
    }
}

/// Kills and reaps until there is no child left.
fn bury(place: Place) -> io::Result<()> {
    loop {
        match place {
            // -1: everybody else in this namespace.
            Place::PidNamespace => {
                let _ = rustix::process::kill_process_group(Pid::INIT, Signal::KILL);
            }
            Place::Outside => hunt()?,
        }
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(rustix::io::Errno::CHILD) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Stops everybody below until nobody new turns up, then kills them: a process that is stopped cannot fork.
fn hunt() -> io::Result<()> {
    let signal = |found: &[u32], signal| {
        for pid in found.iter().filter_map(|pid| Pid::from_raw(*pid as i32)) {
            // It may have died meanwhile.
            let _ = kill_process(pid, signal);
        }
    };
    let mut known = 0;
    loop {
        let found = watch::descendants()?;
        signal(&found, Signal::STOP);
        if found.len() <= known {
            signal(&found, Signal::KILL);
            return Ok(());
        }
        known = found.len();
    }
}

/// What the way in which the target ended says.
fn end_of(status: WaitStatus, usage: &Usage, limits: &Limits) -> End {
    let Some(signal) = status.terminating_signal() else {
        return End::Exited(status.exit_status().unwrap_or(-1));
    };
    if signal == Signal::XCPU.as_raw() {
        End::CpuTime
    } else if signal == Signal::XFSZ.as_raw() {
        End::FileSize
    } else if signal == Signal::SYS.as_raw() {
        End::ForbiddenCall
    } else if signal == Signal::KILL.as_raw() {
        // Nobody in the cage can send it: it was the hard limit of processor time, or the OOM killer.
        if usage.cpu >= limits.cpu { End::CpuTime } else { End::Memory }
    } else {
        End::Signal(signal)
    }
}
