//! `demo`: run a lab's example `demo`, with the terminal all to itself.

use anyhow::{Context, Result};

use crate::Verdict;
use crate::cargo;
use crate::cli::DemoArgs;
use crate::lab::Edition;
use crate::workspace::Workspace;

/// `cargo xtask demo`.
///
/// Ctrl-C is the demo's: it may want to save what it has trained. The runner waits for it to end.
pub(crate) fn demo(workspace: &Workspace, args: &DemoArgs) -> Result<Verdict> {
    let lab = workspace.lab(&args.lab)?;
    let edition = Edition::from_flag(args.solution);
    lab.require(edition)?;
    let mut command = cargo::cargo(workspace);
    command.args([
        "run",
        "--package",
        &lab.package(edition),
        "--example",
        "demo",
        "--features",
        "demo",
        "--",
    ]);
    if args.quick {
        command.arg("--quick");
    }
    if args.json {
        command.arg("--json");
    }
    let status = command.args(&args.extra).status().context("cannot start cargo")?;
    Ok(match status.code() {
        Some(code) => Verdict::Status(u8::try_from(code).unwrap_or(1)),
        None => Verdict::Failed,
    })
}
