//! The check binary: `cargo xtask test lab-03` runs it.

use std::process::ExitCode;

use grading::Check;

#[path = "../checks/cases.rs"]
mod cases;
#[path = "../checks/contract.rs"]
mod contract;
#[path = "../checks/visible/mod.rs"]
mod visible;

use contract::{Contract, InProcess};

fn checks() -> Vec<Check<dyn Contract>> {
    let parts = [visible::checks()];
    parts.into_iter().flatten().collect()
}

fn main() -> ExitCode {
    grading::run::<dyn Contract>("lab-03", &InProcess, checks)
}
