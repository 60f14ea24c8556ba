//! The cage of Linux: how the grader, the entrance, the keeper and the target start each other and lock up the last.

mod filesystem;
mod held;
mod keeper;
mod message;
mod namespaces;
mod probe;
mod system_calls;
mod target;
mod watch;

use std::process::Command;

pub(crate) use held::{Ender, owner, start};
pub(crate) use probe::probe;

/// Takes the part that the first hidden argument names, and returns the exit code.
pub(crate) fn play(role: &str) -> i32 {
    close_inherited();
    match role {
        "entrance" => namespaces::entrance(),
        "keeper" => keeper::keep(keeper::Place::Outside),
        "inner-keeper" => keeper::keep(keeper::Place::PidNamespace),
        "target" => target::become_target(),
        "probe" => probe::report(),
        "probe-namespaces" => probe::try_namespaces(),
        _ => 2,
    }
}

/// This program again, in another part. Its environment holds nothing but the mark that forbids cages within.
fn myself(role: &str) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.args([crate::ROLE, role]).env_clear().env(crate::INSIDE, "1");
    command
}

/// Closes every file but the standard ones: what the grader inherited without wanting to (a job server's pipe, a
/// terminal, an editor's socket) must not reach the target. Nothing of our own is open yet.
fn close_inherited() {
    let Ok(folder) = std::fs::read_dir("/proc/self/fd") else { return };
    let numbers = folder.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let numbers: Vec<_> = numbers.filter(|number| *number > 2).collect();
    for number in numbers {
        // The directory that was just read is among them and closed already.
        let _ = nix::unistd::close(number);
    }
}
