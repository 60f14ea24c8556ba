//! Hostile submissions, through the real `cargo xtask grade`, on lab 01 of this workspace.
//!
//! Most attacks sit in the body of one function that one check asks for, and answer rightly only if their misdeed
//! succeeded: the check then tells. Of every attack three things are asked: it earns nothing beyond what the honest
//! functions around it earn, it ends in the right status, and nothing of it is left (no process, no file), nor is anything
//! in a report that it should not have read. No verdict hangs on the clock: what races with it may end either way, and
//! only must not earn points.
//!
//! The suite needs a whole cage, which is Linux with Landlock and seccomp; elsewhere it says that it was skipped. Words
//! after `--` choose the attacks whose names contain them.

#[cfg(target_os = "linux")]
mod attack;
#[cfg(target_os = "linux")]
mod compiling;
#[cfg(target_os = "linux")]
mod grader;
#[cfg(target_os = "linux")]
mod handing_in;
#[cfg(target_os = "linux")]
mod interrupted;
#[cfg(target_os = "linux")]
mod running;
#[cfg(target_os = "linux")]
mod suite;

use std::process::ExitCode;

fn main() -> ExitCode {
    cage::launcher();
    if let Err(missing) = cage::level().require() {
        println!("attacks: skipped, none was tried: {missing}");
        println!("test result: ok. 0 passed; 0 failed; 1 ignored");
        return ExitCode::SUCCESS;
    }
    #[cfg(target_os = "linux")]
    return suite::run();
    #[cfg(not(target_os = "linux"))]
    ExitCode::SUCCESS
}
