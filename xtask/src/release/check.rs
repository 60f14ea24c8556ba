//! Whether a release works: it is laid out beside the build, and its own runner is started there.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::cargo;
use crate::lab::{Edition, Lab};
use crate::stubs::Files;
use crate::terminal::{GREEN, count, say, spinner};
use crate::workspace::{Workspace, write_atomically};

/// A release as a folder that only the runner uses.
///
/// It stays from one release to the next, and only what has changed is written, so that the next check is quick.
pub(crate) struct Stage {
    workspace: Workspace,
    target: PathBuf,
}

impl Stage {
    /// Lays the files out, has cargo bring the lock file in line with the members, and adds it to the files.
    pub(crate) fn set(workspace: &Workspace, files: &mut Files) -> Result<Stage> {
        let dir = workspace.target_dir().join("students");
        let (root, target) = (dir.join("repository"), dir.join("target"));
        clear(&root, files)?;
        for (path, bytes) in files.iter() {
            if fs::read(root.join(path)).ok().as_ref() != Some(bytes) {
                write_atomically(&root.join(path), bytes)?;
            }
        }
        let lock = root.join("Cargo.lock");
        if let Ok(bytes) = fs::read(workspace.root.join("Cargo.lock")) {
            write_atomically(&lock, &bytes)?;
        }
        let stage = Stage { workspace: Workspace::open(Some(&root))?, target };
        // Members may have gone, nothing else may change: what is not in the old file is not looked up.
        let said = cargo::output(stage.cargo().args(["update", "--workspace", "--offline", "--quiet"]))?;
        ensure!(said.status.success(), "cargo cannot write the release's Cargo.lock:\n{}", said.stderr);
        files.insert("Cargo.lock".into(), fs::read(&lock).context("cargo wrote no Cargo.lock")?);
        Ok(stage)
    }

    /// The lock file holds, and the first lab compiles and fails in every check because nothing is written.
    pub(crate) fn check(&self) -> Result<()> {
        let bar = spinner("checking the release: its lock file");
        let said = cargo::output(self.cargo().args(["tree", "--workspace", "--locked", "--quiet"]))?;
        ensure!(said.status.success(), "the release's Cargo.lock does not hold:\n{}", said.stderr);

        let lab = self.workspace.labs.iter().find(|lab| lab.has(Edition::Student));
        let lab = lab.context("the release has no lab")?;
        bar.set_message(format!(
            "checking the release: cargo xtask test {} (the first time takes minutes)",
            lab.short()
        ));
        let said = cargo::output(self.runner().args(["test", &lab.short(), "--all", "--json"]))?;
        bar.finish_and_clear();
        let number = judge(lab, said.status.code(), &said.stdout)
            .with_context(|| format!("`cargo xtask test {}` in the release\n{}", lab.short(), said.stderr))?;
        say!(
            "{GREEN}✓{GREEN:#} {} compiles and fails as it should: {} not written",
            lab.id(),
            count(number, "check")
        );
        Ok(())
    }

    fn cargo(&self) -> Command {
        let mut cargo = cargo::cargo(&self.workspace);
        cargo.env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    /// The release's own runner; this one for a workspace that has none.
    fn runner(&self) -> Command {
        if self.workspace.root.join("xtask/Cargo.toml").is_file() {
            let mut command = self.cargo();
            command.args(["run", "--quiet", "--locked", "--package", "xtask", "--"]);
            return command;
        }
        let mut command = Command::new(std::env::current_exe().unwrap_or_else(|_| "xtask".into()));
        command.arg("--root").arg(&self.workspace.root).env("CARGO_TARGET_DIR", &self.target);
        command
    }
}

/// Removes what an earlier release has left and this one does not have.
fn clear(root: &std::path::Path, files: &Files) -> Result<()> {
    fn visit(dir: &std::path::Path, root: &std::path::Path, files: &Files) -> Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                visit(&path, root, files)?;
                // Fails where something is left in it, as it should.
                let _ = fs::remove_dir(&path);
            } else if !path.strip_prefix(root).is_ok_and(|relative| files.contains_key(relative)) {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
    if root.is_dir() {
        visit(root, root, files).with_context(|| format!("cannot clear {}", root.display()))?;
    }
    Ok(())
}

/// How many checks say that their function is not written, which must be all.
fn judge(lab: &Lab, code: Option<i32>, stdout: &str) -> Result<usize> {
    let events: Vec<Value> = stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if let Some(failed) = events.iter().find(|event| event["event"] == "build_failed") {
        bail!("{} does not compile:\n{}", lab.id(), failed["message"].as_str().unwrap_or_default());
    }
    let of = |what: &str| events.iter().filter(|event| event["event"] == what).cloned().collect::<Vec<_>>();
    let summary = of("summary").pop().context("it said nothing")?;
    let (passed, failed) = (summary["passed"].as_u64(), summary["failed"].as_u64());
    let unwritten = of("failed").iter().filter(|event| event["failure"]["kind"] == "not_written").count();
    ensure!(
        code == Some(1) && passed == Some(0) && unwritten > 0 && failed == Some(unwritten as u64),
        "nothing is written, so each check should say so and fail; {passed:?} passed, {failed:?} failed, of which \
         {unwritten} say so"
    );
    Ok(unwritten)
}
