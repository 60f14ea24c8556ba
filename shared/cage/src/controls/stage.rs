//! What the acts are aimed at, and whether they have hit it.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::acts::again;
use crate::error::{CageError, Step};
use crate::scratch::Scratch;

/// A directory open to all, another process, and listening sockets.
pub(super) struct Stage {
    pub(super) outside: Scratch,
    victim: Child,
    marker: String,
    tcp: TcpListener,
    #[cfg(unix)]
    _unix: std::os::unix::net::UnixListener,
    #[cfg(target_os = "linux")]
    _abstract: std::os::unix::net::UnixListener,
}

const SECRET: &str = "secret";

impl Stage {
    pub(super) fn set() -> Result<Stage, CageError> {
        Stage::try_set().step("set the stage for an act")
    }

    fn try_set() -> io::Result<Stage> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let marker = format!("cage-act-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let outside = Scratch::new(None)?;
        fs::write(outside.path().join("secret.txt"), SECRET)?;
        fs::create_dir(outside.path().join("solutions"))?;
        open_to_all(outside.path())?;
        open_to_all(&outside.path().join("secret.txt"))?;
        let sleeper = again(&["sleep", "30000"])?.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        Ok(Stage {
            victim: sleeper,
            tcp: TcpListener::bind("127.0.0.1:0")?,
            #[cfg(unix)]
            _unix: std::os::unix::net::UnixListener::bind(outside.path().join("socket"))?,
            #[cfg(target_os = "linux")]
            _abstract: {
                use std::os::linux::net::SocketAddrExt;
                let name = std::os::unix::net::SocketAddr::from_abstract_name(&marker)?;
                std::os::unix::net::UnixListener::bind_addr(&name)?
            },
            outside,
            marker,
        })
    }

    /// An act's words with the places filled in.
    pub(super) fn words(&self, act: &[&str]) -> Vec<String> {
        let outside = self.outside.path().display().to_string();
        let address = self.tcp.local_addr().map_or(String::new(), |address| address.to_string());
        let fill = |word: &&str| {
            word.replace("{secret}", &format!("{outside}/secret.txt"))
                .replace("{solutions}", &format!("{outside}/solutions"))
                .replace("{outside}", &outside)
                .replace("{address}", &address)
                .replace("{abstract}", &self.marker)
                .replace("{marker}", &self.marker)
                .replace("{victim}", &self.victim.id().to_string())
        };
        act.iter().map(fill).collect()
    }

    /// What an act has left in the world, in words.
    pub(super) fn trace(&mut self) -> Option<String> {
        if !matches!(self.victim.try_wait(), Ok(None)) {
            return Some("the other process is dead".into());
        }
        if fs::read_to_string(self.outside.path().join("secret.txt")).ok().as_deref() != Some(SECRET) {
            return Some("the file outside has changed".into());
        }
        if self.outside.path().join("new").exists() {
            return Some("there is a new file outside".into());
        }
        let left = processes_with(&self.marker);
        (!left.is_empty()).then(|| format!("process {left:?} is still there"))
    }

    /// The same, where the trace may take a moment to appear: a process that is just being started has no command line.
    pub(super) fn trace_within(&mut self, patience: Duration) -> Option<String> {
        let patience = Instant::now() + patience;
        loop {
            let trace = self.trace();
            if trace.is_some() || Instant::now() > patience {
                return trace;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// No permission of the file system is to stop an act: only the cage.
fn open_to_all(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.victim.kill();
        let _ = self.victim.wait();
        #[cfg(unix)]
        end_stragglers(&self.marker);
    }
}

/// Ends what the twin has left behind. It may take a moment to appear.
#[cfg(unix)]
fn end_stragglers(marker: &str) {
    use rustix::process::{Pid, Signal, kill_process};

    let patience = Instant::now() + Duration::from_millis(200);
    loop {
        let left = processes_with(marker);
        for pid in left.iter().filter_map(|pid| Pid::from_raw(*pid as i32)) {
            // It may have ended meanwhile.
            let _ = kill_process(pid, Signal::KILL);
        }
        if left.is_empty() || Instant::now() > patience {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The processes whose command line has this word. Where there is no `/proc`, none is found.
fn processes_with(marker: &str) -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let found = processes.filter_map(|entry| {
        let path: PathBuf = entry.ok()?.path();
        let pid = path.file_name()?.to_str()?.parse().ok()?;
        let line = fs::read(path.join("cmdline")).ok()?;
        line.split(|byte| *byte == 0).any(|word| word == marker.as_bytes()).then_some(pid)
    });
    found.collect()
}
