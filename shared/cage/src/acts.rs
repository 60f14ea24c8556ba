//! The misdeeds that the [`controls`](crate::controls()) try, each in a process of its own: this program again, with the
//! act's name. It says "done" and exits with 0, or "refused" with 3; what befalls it otherwise is for the cage to tell.

use std::fs;
use std::io::{self, Write};
use std::net::{TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

/// The exit code of an act that the system has refused.
pub(crate) const REFUSED: i32 = 3;

/// Performs an act and returns the exit code.
pub(crate) fn act(arguments: &[String]) -> i32 {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match perform(&words) {
        Ok(()) => {
            println!("done");
            0
        }
        Err(error) => {
            println!("refused: {error}");
            REFUSED
        }
    }
}

/// This program again, to perform another act.
pub(crate) fn again(words: &[&str]) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([crate::ROLE, "act"]).args(words);
    Ok(command)
}

fn perform(words: &[&str]) -> io::Result<()> {
    match words {
        ["read", path] => fs::read(path).map(drop),
        ["list", path] => fs::read_dir(path).map(drop),
        ["write", path] => fs::write(path, "written"),
        ["remove", path] => fs::remove_file(path),
        ["link", path] => fs::hard_link(path, "link"),
        ["see", variable] => std::env::var(variable).map(drop).map_err(io::Error::other),
        ["tcp", address] => TcpStream::connect(address).map(drop),
        ["udp"] => UdpSocket::bind("127.0.0.1:0").map(drop),
        ["threads", number] => threads(parse(number)?),
        ["spawn"] => again(&["nothing"])?.status().map(drop),
        ["nothing"] => Ok(()),
        ["swarm", number] => swarm(parse(number)?, &["sleep", "500"]),
        ["feast", number, bytes] => swarm(parse(number)?, &["gorge", bytes]),
        ["gorge", bytes] => {
            gorge(parse(bytes)?);
            Ok(())
        }
        ["spin", milliseconds] => {
            spin(milliseconds_of(milliseconds)?);
            Ok(())
        }
        ["sleep", milliseconds, ..] => {
            thread::sleep(milliseconds_of(milliseconds)?);
            Ok(())
        }
        ["print", bytes] => io::stdout().write_all(&vec![b'x'; parse(bytes)?]),
        ["grow", bytes] => fs::write("grown", vec![b'x'; parse(bytes)?]),
        ["litter", number] => {
            (0..parse(number)?).try_for_each(|name| fs::write(format!("{name}"), vec![b'x'; 1 << 16]))
        }
        ["dig", depth] => dig(parse(depth)?),
        // A child of a child, whose parent does not wait.
        ["linger", marker] => leave_behind(&["leave", marker]),
        ["leave", marker] => leave_behind(&["sleep", "30000", marker]),
        other => on_unix(other),
    }
}

fn parse(word: &str) -> io::Result<usize> {
    word.parse().map_err(io::Error::other)
}

fn milliseconds_of(word: &str) -> io::Result<Duration> {
    Ok(Duration::from_millis(parse(word)? as u64))
}

/// Threads that are all there at the same time, and stay for a while.
fn threads(number: usize) -> io::Result<()> {
    let meeting = Arc::new(Barrier::new(number));
    let start = |_| {
        let meeting = Arc::clone(&meeting);
        thread::Builder::new().stack_size(1 << 16).spawn(move || {
            meeting.wait();
            thread::sleep(Duration::from_millis(200));
        })
    };
    let threads: Vec<_> = (0..number).map(start).collect::<io::Result<_>>()?;
    threads.into_iter().for_each(|thread| drop(thread.join()));
    Ok(())
}

/// Processes at the same time.
fn swarm(number: usize, words: &[&str]) -> io::Result<()> {
    let started: Vec<_> = (0..number).map(|_| again(words)?.stdout(Stdio::null()).spawn()).collect();
    let waited = started.into_iter().map(|child| child?.wait());
    waited.collect::<Vec<_>>().into_iter().try_for_each(|status| status.map(drop))
}

/// Takes memory, touches all of it and keeps it for a while.
fn gorge(bytes: usize) {
    let memory = vec![1_u8; bytes];
    thread::sleep(Duration::from_millis(300));
    std::hint::black_box(memory);
}

/// Uses the processor for this long, however busy the machine is.
fn spin(time: Duration) {
    let start = processor_time();
    while processor_time() - start < time {
        std::hint::black_box((0..10_000_u64).sum::<u64>());
    }
}

#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(unix))]
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

/// A path longer than any path may be.
fn dig(depth: usize) -> io::Result<()> {
    let name = "d".repeat(200);
    (0..depth).try_for_each(|_| fs::create_dir(&name).and_then(|()| std::env::set_current_dir(&name)))
}

fn leave_behind(words: &[&str]) -> io::Result<()> {
    again(words)?.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(drop)
}

#[cfg(unix)]
fn on_unix(words: &[&str]) -> io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
    use std::os::unix::net::UnixStream;
    use std::os::unix::process::CommandExt;
    use std::path::Path;

    match words {
        ["chmod", path] => fs::set_permissions(path, fs::Permissions::from_mode(0o777)),
        ["symlink", path] => symlink(path, "symlink"),
        ["unix", path] => UnixStream::connect(path).map(drop),
        ["exec", path] => Err(Command::new(path).args(["-c", "exit 0"]).exec()),
        ["script"] => {
            let script = Path::new("script");
            let mut file =
                fs::File::options().write(true).create(true).truncate(true).mode(0o755).open(script)?;
            file.write_all(b"#!/bin/sh\nexit 0\n")?;
            drop(file);
            Err(Command::new(script.canonicalize()?).exec())
        }
        other => on_linux(other),
    }
}

#[cfg(not(unix))]
fn on_unix(words: &[&str]) -> io::Result<()> {
    unknown(words)
}

#[cfg(target_os = "linux")]
fn on_linux(words: &[&str]) -> io::Result<()> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixStream};

    use rustix::process::{Pid, Signal};

    let process = |word: &str| -> io::Result<Pid> {
        Pid::from_raw(parse(word)? as i32).ok_or_else(|| io::Error::other("no process"))
    };
    match words {
        ["abstract", name] => UnixStream::connect_addr(&SocketAddr::from_abstract_name(name)?).map(drop),
        ["kill", pid] => Ok(rustix::process::kill_process(process(pid)?, Signal::KILL)?),
        ["signal-parent"] => match rustix::process::getppid() {
            Some(parent) => Ok(rustix::process::test_kill_process(parent)?),
            None => Err(io::Error::other("the parent is out of sight")),
        },
        ["setsid"] => Ok(rustix::process::setsid().map(drop)?),
        ["ptrace"] => Ok(nix::sys::ptrace::traceme()?),
        ["unshare"] => Ok(nix::sched::unshare(nix::sched::CloneFlags::empty())?),
        other => unknown(other),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn on_linux(words: &[&str]) -> io::Result<()> {
    unknown(words)
}

fn unknown(words: &[&str]) -> io::Result<()> {
    eprintln!("no such act: {words:?}");
    std::process::exit(2)
}
