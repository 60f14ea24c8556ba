//! The last step: this program locks itself in and becomes the one that is to be run.
//!
//! It has one thread, so what holds for a thread holds for the process. Files and filters are prepared while everything
//! is still permitted; then rights go one after the other, the filter of system calls last.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use rustix::thread::{CapabilitiesSecureBits, CapabilitySet, CapabilitySets};

use super::message::{self, CountedWith, Instructions, Report};
use super::{filesystem, system_calls};
use crate::error::{CageError, Step};

pub(super) fn become_target() -> i32 {
    let Ok(socket) = message::socket() else { return 2 };
    let Err(error) = lock_up_and_execute(&socket) else { return 2 };
    let (step, problem) = match error {
        CageError::Failed { step, problem } => (step, problem),
        other => ("lock up".into(), other.to_string()),
    };
    // The keeper takes silence for a failure as well.
    let _ = message::send(&socket, &Report::Failed { step, problem });
    2
}

/// Returns only if it fails.
fn lock_up_and_execute(socket: &UnixStream) -> Result<(), CageError> {
    let (instructions, files) = message::receive_instructions(socket).step("receive the instructions")?;
    let rules = filesystem::rules(&instructions)?;
    let filters = or_nothing(&instructions, system_calls::filters(instructions.profile))?;
    let mut command = Command::new(&instructions.order.program);
    command.args(&instructions.order.arguments).env_clear();
    command.env("TMPDIR", &instructions.scratch).env("HOME", &instructions.scratch);
    command.envs(instructions.order.environment.iter().map(|(name, value)| (name, value)));

    rustix::process::setsid().step("open a session")?;
    // Should memory run out, this is to be the one that dies.
    fs::write("/proc/self/oom_score_adj", "1000").step("offer itself to the OOM killer")?;
    let limits = limits(&instructions)?;
    if let Some(owner) = instructions.owner {
        become_nobody(owner, &instructions)?;
    }
    // Changing the user resets this, so it comes after.
    let dead = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    dead.step("die with the keeper")?;
    std::env::set_current_dir(&instructions.scratch).step("enter the scratch directory")?;
    rustix::thread::set_no_new_privs(true).step("renounce new privileges")?;
    rustix::stdio::dup2_stdin(&files[0]).step("set standard input")?;
    rustix::stdio::dup2_stdout(&files[1]).step("set standard output")?;
    rustix::stdio::dup2_stderr(&files[2]).step("set standard error")?;
    or_nothing(&instructions, filesystem::restrict(rules))?;
    for (name, resource, limit) in limits {
        setrlimit(resource, limit).map_err(|error| CageError::failed(format!("limit {name}"), error))?;
    }
    // Everything else that is open closes itself on exec: this socket too, which tells the keeper that it went well.
    message::send(socket, &Report::Locked).step("report to the keeper")?;
    or_nothing(&instructions, system_calls::apply(&filters))?;
    let error = command.exec();
    Err(CageError::failed(format!("execute {}", instructions.order.program.display()), error))
}

/// Takes a failure for nothing where a cage may run at any level.
fn or_nothing<T: Default>(instructions: &Instructions, step: Result<T, CageError>) -> Result<T, CageError> {
    if instructions.required { step } else { Ok(step.unwrap_or_default()) }
}

/// All resource limits, hard ones as far as it is safe.
fn limits(instructions: &Instructions) -> Result<Vec<(&'static str, Resource, Rlimit)>, CageError> {
    let limits = &instructions.limits;
    let hard = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    // Reserved addresses cost nothing: each thread's allocator takes 128 MiB of them.
    let addresses = limits.memory + (4 << 30);
    let seconds = limits.cpu.as_secs_f64().ceil().max(1.0) as u64;
    let processor = Rlimit { current: Some(seconds), maximum: Some(seconds + 1) };
    let others = match instructions.counted_with {
        CountedWith::Nobody => 0,
        CountedWith::Keeper => 2,
        // What else this user starts meanwhile must not make a program fail: here the keeper's count is the limit.
        CountedWith::Everything => tasks_of_this_user().step("count processes")? + 256,
    };
    Ok(vec![
        ("data", Resource::Data, hard(limits.memory)),
        ("addresses", Resource::As, hard(addresses)),
        ("processor time", Resource::Cpu, processor),
        ("file size", Resource::Fsize, hard(limits.file_size)),
        ("open files", Resource::Nofile, hard(limits.open_files)),
        ("processes", Resource::Nproc, hard(limits.processes + others)),
        ("stack", Resource::Stack, hard(limits.stack)),
        ("core dumps", Resource::Core, hard(0)),
        ("locked memory", Resource::Memlock, hard(0)),
        ("message queues", Resource::Msgqueue, hard(0)),
    ])
}

/// Processes and threads that this user runs already.
fn tasks_of_this_user() -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::getuid().as_raw();
    let mut tasks = 0;
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        // A process may end while it is looked at.
        if entry.metadata().is_ok_and(|metadata| metadata.uid() == own)
            && let Ok(threads) = fs::read_dir(entry.path().join("task"))
        {
            tasks += threads.count() as u64;
        }
    }
    Ok(tasks)
}

/// Gives up being root. All capabilities go with it, but for one where it must stay: if what was named lies in a
/// directory that others cannot enter (a toolchain in a home), the right to *search and read*, which Landlock bounds to just
/// those paths.
fn become_nobody(owner: u32, instructions: &Instructions) -> Result<(), CageError> {
    let named = instructions.readable.iter().chain(&instructions.executable);
    let shut = named.into_iter().any(|path| !open_to_all(path));
    let user = rustix::process::Uid::from_raw(owner);
    let group = rustix::process::Gid::from_raw(owner);
    if shut {
        // Without this, the change of user drops it, and `access` (which `cc` asks) does not count it.
        let bits = CapabilitiesSecureBits::NO_SETUID_FIXUP | CapabilitiesSecureBits::NO_SETUID_FIXUP_LOCKED;
        rustix::thread::set_capabilities_secure_bits(bits).step("keep a capability")?;
    }
    rustix::thread::set_thread_groups(&[]).step("leave all groups")?;
    rustix::thread::set_thread_res_gid(group, group, group).step("change the group")?;
    rustix::thread::set_thread_res_uid(user, user, user).step("change the user")?;
    if shut {
        let one = CapabilitySet::DAC_READ_SEARCH;
        let sets = CapabilitySets { effective: one, permitted: one, inheritable: one };
        rustix::thread::set_capabilities(None, sets).step("drop all capabilities but one")?;
        rustix::thread::configure_capability_in_ambient_set(one, true).step("hand a capability on")?;
    }
    Ok(())
}

/// Whether anybody can get at a path: all directories on the way can be searched, and it can be read.
fn open_to_all(path: &Path) -> bool {
    let Ok(path) = path.canonicalize() else { return false };
    let mode = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode());
    let searched = path.ancestors().skip(1).all(|folder| mode(folder) & 0o001 != 0);
    let wanted = if path.is_dir() { 0o005 } else { 0o004 };
    searched && mode(&path) & wanted == wanted
}
