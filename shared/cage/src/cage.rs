//! What a caged program may reach, and starting it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::caged::{self, Caged};
use crate::error::CageError;
use crate::limits::Limits;
use crate::outcome::Outcome;

/// What kind of program is caged. It decides which system calls are permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Profile {
    /// Trusted programs that read hostile sources: they may start processes, of executables that are named.
    Compiler,
    /// Hostile code: threads but no processes, no program but itself, no removal of files.
    Worker,
}

/// What a program may reach, and how much of everything it may use.
///
/// A cage is a description: it can be used any number of times, from any thread, and every program gets a scratch
/// directory and a process tree of its own.
#[derive(Clone, Debug)]
pub struct Cage {
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "it chooses system calls"))]
    pub(crate) profile: Profile,
    pub(crate) limits: Limits,
    pub(crate) readable: Vec<PathBuf>,
    pub(crate) executable: Vec<PathBuf>,
    pub(crate) namespaces: bool,
    pub(crate) any_level: bool,
}

impl Cage {
    /// A cage for the compiler. Name what it needs with [`toolchain`](Cage::toolchain),
    /// [`linker`](Cage::linker) and [`system_libraries`](Cage::system_libraries).
    pub fn compiler() -> Cage {
        Cage::new(Profile::Compiler, Limits::compiler())
    }

    /// A cage for hostile code. Name its executable, and [`system_libraries`](Cage::system_libraries).
    pub fn worker() -> Cage {
        Cage::new(Profile::Worker, Limits::worker())
    }

    fn new(profile: Profile, limits: Limits) -> Cage {
        Cage {
            profile,
            limits,
            readable: Vec::new(),
            executable: Vec::new(),
            namespaces: true,
            any_level: false,
        }
    }

    /// Sets how much it may use.
    pub fn limits(mut self, limits: Limits) -> Cage {
        self.limits = limits;
        self
    }

    /// It may read this file, or everything below this directory. A path that does not exist is an error at the start.
    pub fn readable(mut self, path: impl Into<PathBuf>) -> Cage {
        self.readable.push(path.into());
        self
    }

    /// It may read and execute this file, or everything below this directory.
    pub fn executable(mut self, path: impl Into<PathBuf>) -> Cage {
        self.executable.push(path.into());
        self
    }

    /// What a dynamically linked program needs: the loader and the libraries, `/dev/null`, `/dev/urandom`.
    pub fn system_libraries(mut self) -> Cage {
        let libraries = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/urandom"];
        self.readable.extend(libraries.iter().map(PathBuf::from).filter(|path| path.exists()));
        let loaders = ["/lib", "/lib64"].iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
        let loaders = loaders.filter_map(|entry| entry.ok()).filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with("ld-linux") || name.starts_with("ld-musl") || name.starts_with("ld64.so")
        });
        self.executable.extend(loaders.map(|entry| entry.path()));
        self
    }

    /// `rustc`, its own linker and the standard library: the directory that `rustc --print sysroot` names.
    pub fn toolchain(self, sysroot: impl AsRef<Path>) -> Cage {
        let sysroot = sysroot.as_ref();
        self.executable(sysroot.join("bin")).executable(sysroot.join("lib"))
    }

    /// The system's C compiler as the linker's driver, and what it starts: `cc`, `collect2`, `ld`. Names in `/usr/bin`
    /// are followed to the files behind them.
    pub fn linker(mut self) -> Cage {
        let programs = ["cc", "ld", "ld.bfd", "ld.lld"].iter().map(|name| Path::new("/usr/bin").join(name));
        self.executable.extend(programs.filter_map(|path| path.canonicalize().ok()));
        let folders = ["/usr/lib/gcc", "/usr/libexec/gcc"].iter().map(PathBuf::from);
        self.executable.extend(folders.filter(|path| path.exists()));
        self
    }

    /// Does without namespaces even where there are some: every mechanism is to hold alone.
    pub fn without_namespaces(mut self) -> Cage {
        self.namespaces = false;
        self
    }

    /// Runs at whatever level this system has, be it none. For one's own code only.
    pub fn at_any_level(mut self) -> Cage {
        self.any_level = true;
        self
    }

    /// Runs a program to its end, without input, and collects what it prints.
    ///
    /// Of `command`, the program (an absolute path), the arguments and the variables set by [`Command::env`] count; it
    /// gets no other variables but `TMPDIR` and `HOME`, which name its scratch directory, where it starts.
    ///
    /// # Errors
    ///
    /// A [`CageError`] never says anything about the program: it could not be locked up, or was lost.
    pub fn run(&self, command: &Command) -> Result<Outcome, CageError> {
        caged::start(self, Order::new(command), caged::Pipes::Collected)?.finish()
    }

    /// Starts a program and gives its standard input and output to the caller; otherwise like [`run`](Cage::run).
    /// Who reads its output bounds what it reads: the cap holds for standard error only.
    ///
    /// # Errors
    ///
    /// As for [`run`](Cage::run).
    pub fn spawn(&self, command: &Command) -> Result<Caged, CageError> {
        caged::start(self, Order::new(command), caged::Pipes::Held)
    }

    /// Starts a program whose standard input is one end of a socket, on which it talks with whoever holds the other
    /// one. Of what it prints, the cap tells how much of the end is kept: it is never ended for printing.
    ///
    /// # Errors
    ///
    /// As for [`run`](Cage::run).
    #[cfg(unix)]
    pub fn converse(&self, command: &Command, socket: std::os::fd::OwnedFd) -> Result<Caged, CageError> {
        caged::start(self, Order::new(command), caged::Pipes::Elsewhere(socket))
    }
}

/// What is to be run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) program: OsString,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
}

impl Order {
    fn new(command: &Command) -> Order {
        let variables =
            command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        Order {
            program: command.get_program().to_owned(),
            arguments: command.get_args().map(ToOwned::to_owned).collect(),
            environment: variables.collect(),
        }
    }
}
