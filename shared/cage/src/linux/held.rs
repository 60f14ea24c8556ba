//! The grader's end: starts the keeper and waits for what it reports.

use std::io;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::message::{self, CountedWith, Instructions, Report};
use super::{myself, namespaces};
use crate::cage::{Cage, Order};
use crate::error::{CageError, Step};
use crate::outcome::{End, Usage};
use crate::scratch::Scratch;

/// How long locking up may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// After the wall clock, the processes are killed; this long it may take until they are dead.
const GRACE: Duration = Duration::from_secs(10);

/// The user that the next cage is to run under, where we are root: nobody else has this number, so its processes are
/// counted alone, own nothing and cannot signal those of another cage.
pub(crate) fn owner() -> Option<u32> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let pid = std::process::id() % (1 << 16);
    let own = (7 << 28) + (pid << 12) + NEXT.fetch_add(1, Ordering::Relaxed) % (1 << 12);
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    Some(within(&map, own))
}

/// The number itself if the user namespace knows it; otherwise one of the upper half of those it knows.
fn within(map: &str, wanted: u32) -> u32 {
    let ranges = map.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(|number| number.parse::<u32>().ok());
        let (first, _, length) = (numbers.next()??, numbers.next()??, numbers.next()??);
        Some((first, length))
    });
    let ranges: Vec<_> = ranges.collect();
    if ranges.is_empty() || ranges.iter().any(|(first, length)| wanted >= *first && wanted - first < *length)
    {
        return wanted;
    }
    let (first, length) = ranges.into_iter().max_by_key(|(_, length)| *length).unwrap_or((0, 1));
    first + length / 2 + wanted % (length - length / 2)
}

/// A keeper at work.
#[derive(Debug)]
pub(crate) struct Held {
    socket: UnixStream,
    launcher: Child,
}

/// Ends a cage, from any thread.
#[derive(Debug)]
pub(crate) struct Ender(UnixStream);

impl Ender {
    /// The keeper hears that nobody writes any more, and kills. It can still report.
    pub(crate) fn end(&self) {
        let _ = self.0.shutdown(Shutdown::Write);
    }
}

pub(crate) fn start(
    cage: &Cage,
    order: Order,
    scratch: &Scratch,
    owner: Option<u32>,
    files: [OwnedFd; 3],
) -> Result<Held, CageError> {
    let namespaces = cage.namespaces && namespaces::available();
    let counted_with = match owner {
        Some(_) => CountedWith::Nobody,
        None if namespaces => CountedWith::Keeper,
        None => CountedWith::Everything,
    };
    let instructions = Instructions {
        order,
        profile: cage.profile,
        limits: cage.limits.clone(),
        readable: cage.readable.clone(),
        executable: cage.executable.clone(),
        scratch: scratch.path().to_owned(),
        required: !cage.any_level,
        owner,
        counted_with,
    };
    let (socket, theirs) = UnixStream::pair().step("make a socket")?;
    let role = if namespaces { "entrance" } else { "keeper" };
    let mut launcher = myself(role)
        .stdin(OwnedFd::from(theirs))
        .stdout(Stdio::null())
        .process_group(0)
        .spawn()
        .step("start this program as a launcher")?;
    let greeted = greet(&socket, &instructions, &files);
    if greeted.is_err() {
        drop(socket);
        drop(files);
        // It ends by itself when the socket closes, unless it is no launcher at all.
        let patience = Instant::now() + Duration::from_secs(1);
        while matches!(launcher.try_wait(), Ok(None)) && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = launcher.kill();
        let _ = launcher.wait();
        return Err(greeted.err().unwrap_or(CageError::NoLauncher));
    }
    Ok(Held { socket, launcher })
}

/// Sends the instructions and waits for the word that the program runs.
fn greet(socket: &UnixStream, instructions: &Instructions, files: &[OwnedFd; 3]) -> Result<(), CageError> {
    socket.set_read_timeout(Some(PATIENCE)).step("set a time limit")?;
    let sent = message::send_instructions(socket, instructions, files);
    match message::receive(socket) {
        Ok(Report::Started) => sent.step("send the instructions"),
        Ok(Report::Failed { step, problem }) => Err(CageError::Failed { step, problem }),
        Ok(report) => Err(CageError::failed("start the keeper", format!("it said {report:?}"))),
        // It has ended, with the instructions read or not: it takes no part.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) =>
        {
            Err(CageError::NoLauncher)
        }
        Err(error) => Err(CageError::failed("start the keeper", error)),
    }
}

impl Held {
    pub(crate) fn ender(&self) -> Result<Ender, CageError> {
        self.socket.try_clone().map(Ender).step("copy a socket")
    }

    /// Waits until everything is dead. At the deadline, `late` is called once, which ends it.
    pub(crate) fn wait(mut self, deadline: Instant, late: impl Fn()) -> Result<(End, Usage), CageError> {
        let mut limit = deadline;
        let mut is_late = false;
        let report = loop {
            let left = limit.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            self.socket.set_read_timeout(Some(left)).step("set a time limit")?;
            match message::receive(&self.socket) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && !is_late => {
                    is_late = true;
                    limit = Instant::now() + GRACE;
                    late();
                }
                report => break report,
            }
        };
        if report.is_err() {
            // The keeper's parent dies, then the keeper, then all the rest.
            let _ = self.launcher.kill();
        }
        let _ = self.launcher.wait();
        match report {
            Ok(Report::Ended { end, usage }) => Ok((end, usage)),
            Ok(report) => Err(CageError::failed("watch the program", format!("the keeper said {report:?}"))),
            Err(error) => Err(CageError::failed("watch the program", format!("the keeper is lost: {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn a_user_that_the_namespace_knows() {
        assert_eq!(within("         0          0 4294967295\n", 1_879_048_192), 1_879_048_192);
        assert!((32_768..65_536).contains(&within("0 100000 65536", 1_879_048_192)));
        assert_eq!(within("0 1000 1", 1_879_048_192), 0);
        assert_eq!(within("", 7), 7);
    }
}
