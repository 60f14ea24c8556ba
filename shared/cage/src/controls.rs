//! Positive controls: misdeeds that a cage has to stop.
//!
//! Each is tried twice, in the cage and as its own twin outside. It proves something only if the twin succeeds: an act
//! that fails everywhere says nothing about the cage. `cargo xtask doctor` runs them all.

mod stage;

use std::process::Stdio;
use std::time::Duration;

use self::stage::Stage;

use crate::acts::{REFUSED, again};
use crate::cage::{Cage, Profile};
use crate::error::{CageError, Step};
use crate::level::level;
use crate::limits::Limits;
use crate::outcome::End;

/// A misdeed, and how the cage has to answer.
#[derive(Clone, Debug)]
pub struct Control {
    /// A name without spaces.
    pub name: &'static str,
    /// What it tries, in words that follow "the caged program".
    pub attack: &'static str,
    /// Which part of the [`Level`](crate::Level) it tests, as named by [`Level::guards`](crate::Level::guards).
    pub guard: &'static str,
    profile: Profile,
    answer: Answer,
    act: &'static [&'static str],
}

/// How the cage has to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// The system refuses the act.
    Refused,
    /// The cage ends it, so.
    Ended(End),
    /// The system refuses the act, or the cage ends it for its number of processes.
    Bounded,
    /// The act succeeds, but nothing of it is left.
    Undone,
}

/// What became of a control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What happened in the cage, in words.
    pub caged: String,
    /// What happened outside, in words.
    pub free: String,
    /// Whether the cage has stopped it as it should.
    pub stopped: bool,
    /// Whether it succeeds without the cage.
    pub succeeds_outside: bool,
}

impl Finding {
    /// Whether the control has proved that the cage stops the act.
    pub fn holds(&self) -> bool {
        self.stopped && self.succeeds_outside
    }
}

/// The controls of everything that this system [enforces](crate::level()).
pub fn controls() -> Vec<Control> {
    let guards = level().guards();
    let enforced = |name| guards.iter().any(|(guard, state)| *guard == name && state.holds());
    all().into_iter().filter(|control| enforced(control.guard)).collect()
}

fn all() -> Vec<Control> {
    use Answer::{Bounded, Ended, Refused, Undone};
    use Profile::{Compiler, Worker};
    let control =
        |name, guard, profile, answer, act, attack| Control { name, attack, guard, profile, answer, act };
    let files = |name, act, attack| control(name, "file system", Worker, Refused, act, attack);
    let network = |name, act, attack| control(name, "network", Worker, Refused, act, attack);
    vec![
        files("read-outside", &["read", "{secret}"], "reads a file outside"),
        files("list-solutions", &["list", "{solutions}"], "lists the directory of the solutions"),
        files("write-outside", &["write", "{outside}/new"], "writes a file outside"),
        files("overwrite-outside", &["write", "{secret}"], "overwrites a file outside"),
        files("remove-outside", &["remove", "{secret}"], "removes a file outside"),
        files("link-outside", &["link", "{secret}"], "links a file from outside into its directory"),
        files(
            "symbolic-link",
            &["symlink", "{secret}"],
            "plants a symbolic link for whoever reads its directory",
        ),
        files("chmod-outside", &["chmod", "{secret}"], "changes the mode of a file outside"),
        files("read-passwd", &["read", "/etc/passwd"], "reads /etc/passwd"),
        files("list-processes", &["list", "/proc"], "lists all processes"),
        files(
            "read-environ",
            &["read", "/proc/{victim}/environ"],
            "reads the environment of another process",
        ),
        files("read-maps", &["read", "/proc/self/maps"], "reads the map of its memory in /proc"),
        files("execute-shell", &["exec", "/bin/sh"], "becomes a shell"),
        files("execute-written", &["script"], "executes what it has written"),
        network("tcp", &["tcp", "{address}"], "connects to a TCP port of this machine"),
        network("udp", &["udp"], "opens a UDP socket"),
        network("unix-socket", &["unix", "{outside}/socket"], "connects to a unix socket"),
        network("abstract-socket", &["abstract", "{abstract}"], "connects to an abstract unix socket"),
        control("ptrace", "system calls", Worker, Ended(End::ForbiddenCall), &["ptrace"], "uses ptrace"),
        control(
            "unshare",
            "system calls",
            Worker,
            Ended(End::ForbiddenCall),
            &["unshare"],
            "makes namespaces",
        ),
        control(
            "kill-process",
            "system calls",
            Worker,
            Refused,
            &["kill", "{victim}"],
            "kills another process",
        ),
        control("kill-parent", "system calls", Worker, Refused, &["signal-parent"], "signals its parent"),
        control("set-session", "system calls", Compiler, Refused, &["setsid"], "leaves its session"),
        control("fork", "processes", Worker, Refused, &["spawn"], "starts a process"),
        control(
            "fork-bomb",
            "processes",
            Compiler,
            Bounded,
            &["swarm", "24"],
            "starts more processes than it may",
        ),
        control(
            "thread-bomb",
            "processes",
            Worker,
            Bounded,
            &["threads", "24"],
            "starts more threads than it may",
        ),
        control(
            "linger",
            "processes",
            Compiler,
            Undone,
            &["linger", "{marker}"],
            "leaves a grandchild behind",
        ),
        control(
            "memory",
            "memory",
            Worker,
            Ended(End::Memory),
            &["gorge", "134217728"],
            "takes more memory than it may",
        ),
        control(
            "memory-of-many",
            "memory",
            Compiler,
            Ended(End::Memory),
            &["feast", "4", "33554432"],
            "takes more memory than it may with many processes",
        ),
        control(
            "spin",
            "time",
            Worker,
            Ended(End::CpuTime),
            &["spin", "1500"],
            "computes longer than it may",
        ),
        control(
            "sleep",
            "time",
            Worker,
            Ended(End::WallClock),
            &["sleep", "800"],
            "sleeps longer than it may",
        ),
        control(
            "print",
            "output",
            Worker,
            Ended(End::Output),
            &["print", "1048576"],
            "prints more than it may",
        ),
        control(
            "long-file",
            "file system",
            Worker,
            Ended(End::FileSize),
            &["grow", "4194304"],
            "writes a file longer than it may",
        ),
        control(
            "many-files",
            "file system",
            Worker,
            Ended(End::Disk),
            &["litter", "150"],
            "writes more files than it may",
        ),
        control(
            "deep-path",
            "file system",
            Worker,
            Ended(End::Disk),
            &["dig", "60"],
            "makes directories too deep to remove",
        ),
        control(
            "environment",
            "file system",
            Worker,
            Refused,
            &["see", "PATH"],
            "reads a variable of the grader's environment",
        ),
    ]
}

/// Tight enough to be reached soon by an act that harms nobody. The clock is tight only for the one that tests it: the
/// machine may be busy.
fn tight(answer: Answer) -> Limits {
    const MIB: u64 = 1 << 20;
    Limits {
        memory: 96 * MIB,
        cpu: Duration::from_secs(1),
        wall: if answer == Answer::Ended(End::WallClock) {
            Duration::from_millis(300)
        } else {
            Duration::from_secs(60)
        },
        file_size: MIB,
        disk: 8 * MIB,
        entries: 100,
        open_files: 32,
        processes: 16,
        stack: 8 * MIB,
        output: 64 << 10,
    }
}

impl Control {
    /// Tries the act in the cage and outside. `adapt` may change the cage, to try a part of its mechanisms alone.
    ///
    /// # Errors
    ///
    /// If the cage or the stage for the act cannot be set up. A cage that does not stop it is a [`Finding`].
    pub fn run_with(&self, adapt: impl Fn(Cage) -> Cage) -> Result<Finding, CageError> {
        let cage = match self.profile {
            Profile::Compiler => Cage::compiler(),
            Profile::Worker => Cage::worker(),
        };
        let own = std::env::current_exe().step("find this program")?;
        let cage = adapt(cage.limits(tight(self.answer)).system_libraries().executable(&own));

        let mut stage = Stage::set()?;
        let act = stage.words(self.act);
        let words: Vec<_> = act.iter().map(String::as_str).collect();
        let outcome = cage.run(&again(&words).step("find this program")?)?;
        let mut stopped = match self.answer {
            Answer::Refused => outcome.end == End::Exited(REFUSED),
            Answer::Ended(end) => outcome.end == end,
            Answer::Bounded => matches!(outcome.end, End::Exited(REFUSED) | End::Processes),
            Answer::Undone => outcome.end.success(),
        };
        let mut caged = match String::from_utf8_lossy(&outcome.stdout).trim() {
            said if outcome.end == End::Exited(REFUSED) => said.to_owned(),
            _ => outcome.end.to_string(),
        };
        if let Some(trace) = stage.trace() {
            stopped = false;
            caged = format!("{caged}, but {trace}");
        }

        let mut stage = Stage::set()?;
        let act = stage.words(self.act);
        let words: Vec<_> = act.iter().map(String::as_str).collect();
        let mut twin = again(&words).step("find this program")?;
        let twin = twin.current_dir(stage.outside.path()).stdin(Stdio::null());
        let free = twin.stderr(Stdio::null()).output().step("run the act outside")?;
        let mut succeeds_outside = free.status.success();
        if self.answer == Answer::Undone {
            succeeds_outside &= stage.trace_within(Duration::from_secs(2)).is_some();
        }
        let said = String::from_utf8_lossy(&free.stdout);
        let free =
            if succeeds_outside { "succeeds".into() } else { format!("{}, {}", free.status, said.trim()) };
        Ok(Finding { caged, free, stopped, succeeds_outside })
    }

    /// Tries the act in the cage and outside.
    ///
    /// # Errors
    ///
    /// As for [`run_with`](Control::run_with).
    pub fn run(&self) -> Result<Finding, CageError> {
        self.run_with(|cage| cage)
    }
}
