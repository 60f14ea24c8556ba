//! Finds out what this system enforces, by doing it: in processes of their own, since none of it can be undone.

use std::io;
use std::process::Stdio;

use landlock::LandlockStatus;
use serde::{Deserialize, Serialize};

use super::{filesystem, held, myself, namespaces, system_calls};
use crate::cage::Profile;
use crate::level::{Guard, Level};

/// What the probing process finds.
#[derive(Serialize, Deserialize)]
struct Findings {
    landlock: Result<u32, String>,
    system_calls: Result<(), String>,
    user: Result<(), String>,
}

/// The level of this system.
pub(crate) fn probe() -> Level {
    if std::env::var_os(crate::INSIDE).is_some() {
        return level_of(Err("this process was started by a cage and did not take its part".into()), false);
    }
    let findings = ask("probe").and_then(|text| serde_json::from_str(&text).map_err(|_| no_launcher()));
    let namespaces = ask("probe-namespaces").is_ok_and(|text| text == ENTERED);
    level_of(findings, namespaces)
}

fn no_launcher() -> String {
    "this program does not call `cage::launcher()` first in main".into()
}

fn ask(role: &str) -> Result<String, String> {
    let output = myself(role).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let output = output.map_err(|error| format!("this program cannot be started again: {error}"))?;
    String::from_utf8(output.stdout).map_err(|_| no_launcher())
}

fn level_of(findings: Result<Findings, String>, namespaces: bool) -> Level {
    let findings = findings.unwrap_or_else(|why| Findings {
        landlock: Err(why.clone()),
        system_calls: Err(why.clone()),
        user: Err(why),
    });
    let guard = |found: Result<&str, &String>| match found {
        Ok(how) => Guard::Enforced(how.to_owned()),
        Err(why) => Guard::Absent(why.clone()),
    };
    let landlock = findings.landlock.as_ref().map(|abi| format!("Landlock {abi}"));
    let calls = findings.system_calls.as_ref();
    let user = findings.user.as_ref();
    Level {
        file_system: match (&landlock, calls) {
            (Ok(landlock), Ok(())) => Guard::Enforced(format!("{landlock}, no links, no change of modes")),
            (Err(why), _) => Guard::Absent((*why).clone()),
            (_, Err(why)) => Guard::Absent(why.clone()),
        },
        network: guard(calls.map(|()| match namespaces {
            true => "no sockets, and an empty network namespace",
            false => "no sockets",
        })),
        system_calls: guard(calls.map(|()| "seccomp, a list of permitted calls")),
        memory: guard(user.map(|()| "resource limits, and the sum watched")),
        processes: guard(user.map(|()| match (namespaces, held::owner()) {
            (true, _) => "resource limit, and all die with their namespace",
            (false, Some(_)) => "resource limit under a user of their own, and all are hunted down",
            (false, None) => "their number watched, and all are hunted down",
        })),
        time: guard(user.map(|()| "resource limit, the sum watched, and the wall clock")),
        output: Guard::Enforced("cut off and ended at the cap".into()),
        namespaces: match namespaces {
            true => Guard::Enforced("processes, network, System V and POSIX queues".into()),
            false => Guard::Absent("the system does not permit them".into()),
        },
        landlock: findings.landlock.unwrap_or(0),
    }
}

/// In the probing process: tries each and prints what it found.
pub(super) fn report() -> i32 {
    // The filter first asks for no new privileges, which Landlock does; so this order.
    let user = try_user().map_err(|error| format!("root cannot become somebody else: {error}"));
    let landlock = try_landlock();
    let system_calls = rustix::thread::set_no_new_privs(true)
        .map_err(|error| error.to_string())
        .and_then(|()| system_calls::filters(Profile::Compiler).map_err(|error| error.to_string()))
        .and_then(|filters| system_calls::apply(&filters).map_err(|error| error.to_string()));
    let findings = Findings { landlock, system_calls, user };
    let Ok(text) = serde_json::to_string(&findings) else { return 2 };
    print!("{text}");
    0
}

fn try_user() -> io::Result<()> {
    let Some(owner) = held::owner() else { return Ok(()) };
    let (user, group) = (rustix::process::Uid::from_raw(owner), rustix::process::Gid::from_raw(owner));
    if user.is_root() {
        return Err(io::Error::other("the user namespace knows no other user"));
    }
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(group, group, group)?;
    rustix::thread::set_thread_res_uid(user, user, user)?;
    Ok(())
}

fn try_landlock() -> Result<u32, String> {
    let status =
        filesystem::nothing().and_then(|rules| rules.restrict_self()).map_err(|error| error.to_string())?;
    match status.landlock {
        LandlockStatus::Available { effective_abi, kernel_abi } => {
            Ok(kernel_abi.unwrap_or(effective_abi as i32).unsigned_abs())
        }
        LandlockStatus::NotEnabled => {
            Err("Landlock is built into the kernel but not enabled (lsm=landlock,…)".into())
        }
        _ => Err("the kernel has no Landlock (Linux 5.13 or later has)".into()),
    }
}

const ENTERED: &str = "entered";

/// In a probing process: enters namespaces, and starts a process in them.
pub(super) fn try_namespaces() -> i32 {
    let entered = namespaces::enter().and_then(|()| myself("nobody").status());
    if entered.is_err() {
        return 1;
    }
    print!("{ENTERED}");
    0
}
