//! The libraries: how the peer of each is built or installed, and started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::cargo;
pub(crate) use crate::cli::Library;
use crate::interrupt::Interrupted;
use crate::terminal::spinner;
use crate::workspace::Workspace;

impl Library {
    /// In JSON and on the command line.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Library::Ours => "ours",
            Library::Pytorch => "pytorch",
            Library::Candle => "candle",
            Library::Burn => "burn",
        }
    }

    /// For people.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Library::Pytorch => "PyTorch",
            _ => self.key(),
        }
    }
}

/// A peer that can be started.
#[derive(Debug)]
pub(crate) struct Program {
    program: PathBuf,
    /// The script, where the program is an interpreter.
    script: Option<PathBuf>,
}

impl Program {
    /// Builds or installs what is needed; the error says what is missing.
    pub(crate) fn make(workspace: &Workspace, library: Library) -> Result<Program> {
        let (program, script) = match library {
            Library::Ours => (built(workspace, "shared/bench", "bench", &[])?, None),
            Library::Candle | Library::Burn => {
                let package = format!("bench-{}", library.key());
                let folder = format!("shared/bench/peers/{}", library.key());
                let manifest = workspace.root.join("shared/bench/peers/Cargo.toml");
                let target = folder_of_peers(workspace).join("rust");
                let (manifest, target) = (text(&manifest)?, text(&target)?);
                let args =
                    ["--manifest-path", manifest, "--target-dir", target, "--config", FOR_THIS_PROCESSOR];
                (built(workspace, &folder, &package, &args)?, None)
            }
            Library::Pytorch => {
                let peers = workspace.root.join("shared/bench/peers");
                let python = virtual_environment(&folder_of_peers(workspace), &peers)?;
                (python, Some(peers.join("pytorch.py")))
            }
        };
        Ok(Program { program, script })
    }

    /// What starts it with so many threads. Each library listens to another of these variables.
    pub(crate) fn command(&self, threads: usize) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.script);
        for variable in ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MATMUL_NUM_THREADS"] {
            command.env(variable, threads.to_string());
        }
        command
    }
}

/// candle and burn choose some of their vector loops when they are compiled, and are to be as fast as they can be.
const FOR_THIS_PROCESSOR: &str = r#"build.rustflags=["-C","target-cpu=native"]"#;

/// Everything of the peers lies here, and `cargo clean` takes it away.
fn folder_of_peers(workspace: &Workspace) -> PathBuf {
    workspace.target_dir().join("bench")
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}

/// The executable of a package, built for release.
fn built(workspace: &Workspace, folder: &str, package: &str, args: &[&str]) -> Result<PathBuf> {
    let dir = workspace.root.join(folder);
    ensure!(dir.is_dir(), "{folder} is not part of this repository: it would give the labs' networks away");
    let build =
        cargo::build(workspace, &dir, &[&["build", "--release", "--package", package], args].concat())?;
    if !build.success {
        bail!("{package} does not compile:\n{}", build.complaint().trim());
    }
    let mut artifacts = build.artifacts.into_iter().filter(|artifact| artifact.target.name == package);
    let executable = artifacts.find_map(|artifact| artifact.executable);
    executable.with_context(|| format!("cargo built no program {package}"))
}

/// Python with PyTorch: found as an earlier run has left it, or made now.
fn virtual_environment(folder: &Path, peers: &Path) -> Result<PathBuf> {
    let environment = folder.join("pytorch");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if works(&python) {
        return Ok(python);
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let bar = spinner("making a virtual environment with PyTorch (once; some minutes)");
    let system = if cfg!(windows) { "python" } else { "python3" };
    let mut command = Command::new(system);
    command.args(["-m", "venv"]).arg(&environment);
    complete(&mut command).context("PyTorch needs Python 3.10 or newer, with venv")?;
    let requirements = peers.join("requirements.txt");
    let pip = || {
        let mut command = Command::new(&python);
        command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        command.arg(&requirements);
        command
    };
    // On Linux the package index has a PyTorch of some gigabytes, for GPUs; PyTorch's own has one for CPUs.
    let mut for_cpus = pip();
    for_cpus.args([
        "--retries",
        "0",
        "--timeout",
        "10",
        "--index-url",
        "https://download.pytorch.org/whl/cpu",
    ]);
    match complete(&mut for_cpus) {
        Err(error) if error.is::<Interrupted>() => return Err(error),
        Ok(()) if works(&python) => {}
        _ => complete(&mut pip()).context("pip cannot install PyTorch")?,
    }
    bar.finish_and_clear();
    ensure!(works(&python), "PyTorch was installed into {}, but cannot be imported", environment.display());
    Ok(python)
}

fn works(python: &Path) -> bool {
    python.is_file()
        && cargo::output(Command::new(python).args(["-c", "import torch"]))
            .is_ok_and(|output| output.status.success())
}

/// Runs a command that must succeed.
fn complete(command: &mut Command) -> Result<()> {
    let output = cargo::output(command)?;
    let complaint = output.stderr.trim().lines().last().unwrap_or("it said nothing").to_string();
    ensure!(output.status.success(), "{complaint}");
    Ok(())
}
