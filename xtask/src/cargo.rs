//! Cargo and rustc as child processes, and the messages they send.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::interrupt;
use crate::lab::{Edition, Lab};
use crate::terminal::spinner;
use crate::workspace::Workspace;

/// How often a waiting runner looks for Ctrl-C.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// A message of `cargo --message-format=json`, as far as the runner cares.
#[derive(Debug, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub(crate) enum Message {
    /// A crate was compiled, or was fresh.
    CompilerArtifact(Artifact),
    /// rustc has something to say.
    #[serde(rename = "compiler-message")]
    Diagnostic {
        /// The package it is about.
        package_id: String,
        /// What it says.
        message: Diagnostic,
    },
    /// A build script ran.
    BuildScriptExecuted {
        /// Where it wants the linker to look.
        linked_paths: Vec<String>,
    },
    /// Anything else.
    #[serde(other)]
    Other,
}

/// What came out of compiling one target.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Artifact {
    pub(crate) package_id: String,
    pub(crate) target: Target,
    pub(crate) profile: Profile,
    #[serde(default)]
    pub(crate) features: Vec<String>,
    pub(crate) filenames: Vec<PathBuf>,
    pub(crate) executable: Option<PathBuf>,
}

/// The target of an artifact.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
    pub(crate) src_path: PathBuf,
    pub(crate) edition: String,
}

/// The part of the profile that changes what a program does.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Profile {
    pub(crate) opt_level: String,
    pub(crate) debug_assertions: bool,
    pub(crate) overflow_checks: bool,
}

/// What rustc says.
#[derive(Debug, Deserialize)]
pub(crate) struct Diagnostic {
    pub(crate) level: String,
    pub(crate) rendered: Option<String>,
}

/// What cargo did.
#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) success: bool,
    pub(crate) artifacts: Vec<Artifact>,
    /// rustc's diagnostics on the package that was asked for, with colours.
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) linked_paths: Vec<String>,
    /// What cargo itself said on stderr.
    pub(crate) stderr: String,
}

impl Build {
    /// The check binary, if there is one.
    pub(crate) fn executable(&self) -> Option<&Path> {
        self.artifacts
            .iter()
            .filter(|artifact| artifact.target.name == "checks")
            .find_map(|artifact| artifact.executable.as_deref())
    }

    /// All that went wrong, as rustc and cargo say it.
    pub(crate) fn complaint(&self) -> String {
        let mut text: String = self.rendered().collect();
        if text.trim().is_empty() {
            text = self.stderr.clone();
        }
        text
    }

    /// rustc's texts.
    pub(crate) fn rendered(&self) -> impl Iterator<Item = &str> {
        self.diagnostics.iter().filter_map(|diagnostic| diagnostic.rendered.as_deref())
    }
}

/// The cargo that started this runner.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(&workspace.root);
    forget_own_package(&mut command);
    command
}

/// The rustc that cargo would use.
pub(crate) fn rustc(workspace: &Workspace) -> Command {
    let program = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let mut command = Command::new(program);
    command.current_dir(&workspace.root);
    command
}

/// `cargo run` describes the runner's own package in the environment; that is not to reach the labs.
fn forget_own_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if let Some(name) = name.to_str()
            && (name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name == "CARGO_CRATE_NAME")
        {
            command.env_remove(name);
        }
    }
}

/// Builds the lab's check binary.
pub(crate) fn build_checks(workspace: &Workspace, lab: &Lab, edition: Edition) -> Result<Build> {
    build_checks_with(workspace, lab, edition, &[])
}

/// Builds the check binary of the reference to run in half the time, which takes longer than running it a few times.
pub(crate) fn build_optimised_checks(workspace: &Workspace, lab: &Lab) -> Result<Build> {
    build_checks_with(workspace, lab, Edition::Solution, &["--config", "profile.test.opt-level=2"])
}

fn build_checks_with(workspace: &Workspace, lab: &Lab, edition: Edition, more: &[&str]) -> Result<Build> {
    lab.require(edition)?;
    let package = lab.package(edition);
    let mut args = vec!["test", "--package", &package, "--test", "checks", "--no-run"];
    args.extend(more);
    build(workspace, &lab.dir(edition), &args)
}

/// Runs `cargo ARGS` and collects its messages; a spinner names the crates as they come.
///
/// `about` is the folder of the package whose diagnostics are kept: those of other packages only count where the
/// build fails.
pub(crate) fn build(workspace: &Workspace, about: &Path, args: &[&str]) -> Result<Build> {
    let mut child = cargo(workspace)
        .args(args)
        .args(["--quiet", "--message-format=json-diagnostic-rendered-ansi"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start cargo; is it on the PATH?")?;
    let stdout = child.stdout.take().context("cargo has no stdout")?;
    let mut stderr = child.stderr.take().context("cargo has no stderr")?;
    let (sender, receiver) = sync_channel::<String>(256);
    let lines = thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let complaints = thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });

    let bar = spinner("building");
    let mut build = Build {
        success: false,
        artifacts: Vec::new(),
        diagnostics: Vec::new(),
        linked_paths: Vec::new(),
        stderr: String::new(),
    };
    let mut elsewhere = Vec::new();
    loop {
        match receiver.recv_timeout(TICK) {
            Ok(line) => match serde_json::from_str(&line) {
                Ok(Message::CompilerArtifact(artifact)) => {
                    bar.set_message(format!("building: {} compiled", artifact.target.name));
                    build.artifacts.push(artifact);
                }
                Ok(Message::Diagnostic { package_id, message }) => {
                    if belongs_to(&package_id, about) {
                        build.diagnostics.push(message);
                    } else {
                        elsewhere.push(message);
                    }
                }
                Ok(Message::BuildScriptExecuted { linked_paths }) => {
                    build.linked_paths.extend(linked_paths);
                }
                Ok(Message::Other) | Err(_) => {}
            },
            Err(RecvTimeoutError::Timeout) => {
                if let Err(interrupted) = interrupt::check() {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(interrupted.into());
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().context("cargo got lost")?;
    let _ = lines.join();
    build.stderr = complaints.join().unwrap_or_default();
    build.success = status.success();
    bar.finish_and_clear();
    interrupt::check()?;
    if !build.success && !build.diagnostics.iter().any(|message| message.level == "error") {
        build.diagnostics.extend(elsewhere);
    }
    Ok(build)
}

/// Whether a package id (`path+file:///…/labs/lab-05-cnn#0.1.0`) is that of the package in `dir`.
pub(crate) fn belongs_to(package_id: &str, dir: &Path) -> bool {
    let path = package_id.split('#').next().unwrap_or_default();
    let (Some(folder), Some(family)) = (dir.file_name(), dir.parent().and_then(Path::file_name)) else {
        return false;
    };
    let tail = format!("/{}/{}", family.to_string_lossy(), folder.to_string_lossy());
    path.ends_with(&tail)
}

/// What a program that ran to its end said.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command to its end, giving up on Ctrl-C.
pub(crate) fn output(command: &mut Command) -> Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        bail!("{name} has no output");
    };
    let read = |mut stream: Box<dyn Read + Send>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let (stdout, stderr) = (read(Box::new(stdout)), read(Box::new(stderr)));
    let status = wait(&mut child)?;
    Ok(Output {
        status,
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
    })
}

/// Waits for a child; kills it on Ctrl-C.
pub(crate) fn wait(child: &mut Child) -> Result<ExitStatus> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().context("a child process got lost")? {
            return Ok(status);
        }
        if let Err(interrupted) = interrupt::check() {
            let _ = child.kill();
            let _ = child.wait();
            return Err(interrupted.into());
        }
        thread::sleep(pause);
        pause = (pause * 2).min(TICK / 5);
    }
}
