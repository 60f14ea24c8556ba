//! `doctor`: what this machine has and what it lacks, each lack with its remedy.

#[cfg(feature = "grade")]
pub(crate) mod cage;

use std::env;
use std::fs;
use std::io::{IsTerminal, stderr, stdin, stdout};
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::Verdict;
use crate::cargo;
use crate::terminal::{BOLD, DIM, GREEN, RED, YELLOW, count, pad, say, spinner};
use crate::workspace::Workspace;

/// Below this, building the labs' dependencies may not succeed.
const ENOUGH_MEMORY: u64 = 2 << 30;
/// Below this, it will be slow.
const GOOD_MEMORY: u64 = 4 << 30;
/// What the build and the unpacked data need.
const ENOUGH_DISK: u64 = 1 << 30;
const GOOD_DISK: u64 = 4 << 30;

/// What an examination finds.
enum Finding {
    Fine(String),
    /// It works, but not as well as it could.
    Poor {
        what: String,
        remedy: String,
    },
    /// It does not work.
    Bad {
        what: String,
        remedy: String,
    },
}

use Finding::{Bad, Fine, Poor};

fn poor(what: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Poor { what: what.into(), remedy: remedy.into() }
}

fn bad(what: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Bad { what: what.into(), remedy: remedy.into() }
}

/// A name and what looks into it.
type Examination = (&'static str, fn(&Workspace) -> Finding);

/// `cargo xtask doctor`.
pub(crate) fn doctor(workspace: &Workspace) -> Result<Verdict> {
    let examinations: [Examination; 11] = [
        ("rustc", compiler),
        ("cargo", cargo_itself),
        ("rustfmt", |w| component(w, "fmt", "rustfmt")),
        ("clippy", |w| component(w, "clippy", "clippy")),
        ("linker", linker),
        ("cores", |_| cores()),
        ("memory", |_| memory()),
        ("disk", disk),
        ("build folder", build_folder),
        ("data", data),
        ("terminal", |_| terminal()),
    ];
    let (mut poor, mut bad) = (0, 0);
    for (name, examine) in examinations {
        let bar = spinner(name);
        let finding = examine(workspace);
        bar.finish_and_clear();
        let name = pad(name, 13);
        match finding {
            Fine(what) => say!("{GREEN}ok     {GREEN:#} {name} {what}"),
            Poor { what, remedy } => {
                poor += 1;
                say!("{YELLOW}warning{YELLOW:#} {name} {what}");
                say!("{:22}{DIM}{remedy}{DIM:#}", "");
            }
            Bad { what, remedy } => {
                bad += 1;
                say!("{RED}failed {RED:#} {name} {what}");
                say!("{:22}{BOLD}{remedy}{BOLD:#}", "");
            }
        }
    }
    say!();
    match (bad, poor) {
        (0, 0) => say!("{GREEN}Everything is as it should be.{GREEN:#}"),
        (0, _) => say!("It works, with {}.", count(poor, "warning")),
        _ => {
            say!("{RED}{} failed; the labs will not work before that is mended.{RED:#}", count(bad, "thing"))
        }
    }
    say!("{DIM}To grade other people's code here, see `cargo xtask doctor --cage`.{DIM:#}");
    Ok(Verdict::passed_if(bad == 0))
}

/// The version that the workspace asks for.
fn wanted_version(workspace: &Workspace) -> Result<String> {
    let text = fs::read_to_string(workspace.root.join("Cargo.toml"))?;
    let manifest: toml::Table = toml::from_str(&text)?;
    let version = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("package")?.get("rust-version")?.as_str());
    Ok(version.context("Cargo.toml states no rust-version")?.to_string())
}

fn compiler(workspace: &Workspace) -> Finding {
    let remedy = "install Rust from https://rustup.rs, or run `rustup update stable`";
    let Ok(output) = cargo::output(cargo::rustc(workspace).arg("--version")) else {
        return bad("rustc does not start", remedy);
    };
    let found = output.stdout.trim().to_string();
    let Ok(wanted) = wanted_version(workspace) else {
        return Fine(found);
    };
    match found.split_whitespace().nth(1) {
        Some(version) if numbers(version) >= numbers(&wanted) => Fine(format!("{found}; {wanted} is needed")),
        _ => bad(format!("`{found}` is older than {wanted}"), remedy),
    }
}

/// `1.95.0-nightly` as numbers that compare.
fn numbers(version: &str) -> [u32; 3] {
    let plain = version.split('-').next().unwrap_or(version);
    let mut parts = plain.split('.').map(|part| part.parse().unwrap_or(0));
    [0; 3].map(|_: u32| parts.next().unwrap_or(0))
}

fn cargo_itself(workspace: &Workspace) -> Finding {
    match cargo::output(cargo::cargo(workspace).arg("--version")) {
        Ok(output) if output.status.success() => Fine(output.stdout.trim().to_string()),
        _ => bad("cargo does not start", "install Rust from https://rustup.rs"),
    }
}

fn component(workspace: &Workspace, command: &str, name: &str) -> Finding {
    match cargo::output(cargo::cargo(workspace).args([command, "--version"])) {
        Ok(output) if output.status.success() => Fine(output.stdout.trim().to_string()),
        _ => poor("not installed; only `verify` needs it", format!("rustup component add {name}")),
    }
}

/// Compiles, links and runs a program.
fn linker(workspace: &Workspace) -> Finding {
    let attempt = || -> Result<()> {
        let dir = tempfile::tempdir()?;
        let source = dir.path().join("hello.rs");
        fs::write(&source, "fn main() { println!(\"{}\", 6 * 7) }")?;
        let program = dir.path().join(format!("hello{}", env::consts::EXE_SUFFIX));
        let output = cargo::output(cargo::rustc(workspace).arg(&source).arg("-o").arg(&program))?;
        ensure!(output.status.success(), "{}", output.stderr.lines().last().unwrap_or("rustc failed"));
        let output = cargo::output(&mut Command::new(&program))?;
        ensure!(output.stdout.trim() == "42", "a compiled program does not run");
        Ok(())
    };
    match attempt() {
        Ok(()) => Fine("a program was compiled, linked and run".into()),
        Err(error) => bad(
            format!("{error:#}"),
            "install a C toolchain: build-essential (Debian), Xcode's command line tools (macOS), the Visual Studio build tools (Windows)",
        ),
    }
}

fn cores() -> Finding {
    match thread::available_parallelism() {
        Ok(number) if number.get() >= 2 => Fine(format!("{number}")),
        Ok(_) => poor("1", "the demos take about twice as long as their handouts say"),
        Err(error) => poor(format!("unknown ({error})"), "the labs will use one thread"),
    }
}

fn memory() -> Finding {
    match memory_bytes() {
        Some(bytes) if bytes >= GOOD_MEMORY => Fine(gibibytes(bytes)),
        Some(bytes) if bytes >= ENOUGH_MEMORY => {
            poor(gibibytes(bytes), "if a build is killed, build with `CARGO_BUILD_JOBS=1`")
        }
        Some(bytes) => {
            bad(gibibytes(bytes), format!("{} are needed to build the labs", gibibytes(ENOUGH_MEMORY)))
        }
        None => Fine("not measured on this system".into()),
    }
}

fn memory_bytes() -> Option<u64> {
    if cfg!(target_os = "linux") {
        let text = fs::read_to_string("/proc/meminfo").ok()?;
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes << 10)
    } else if cfg!(target_os = "macos") {
        let output = cargo::output(Command::new("sysctl").args(["-n", "hw.memsize"])).ok()?;
        output.stdout.trim().parse().ok()
    } else {
        None
    }
}

fn disk(workspace: &Workspace) -> Finding {
    let free = || -> Option<u64> {
        if cfg!(windows) {
            return None;
        }
        let output = cargo::output(Command::new("df").arg("-Pk").arg(&workspace.root)).ok()?;
        // Filesystem, 1024-blocks, Used, Available, Capacity, Mounted on
        let kibibytes: u64 = output.stdout.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
        Some(kibibytes << 10)
    };
    match free() {
        Some(bytes) if bytes >= GOOD_DISK => Fine(format!("{} free", gibibytes(bytes))),
        Some(bytes) if bytes >= ENOUGH_DISK => {
            poor(format!("{} free", gibibytes(bytes)), "`cargo clean` makes room when it gets tight")
        }
        Some(bytes) => bad(
            format!("{} free", gibibytes(bytes)),
            format!("make room for {}, or set CARGO_TARGET_DIR to another disk", gibibytes(ENOUGH_DISK)),
        ),
        None => Fine("not measured on this system".into()),
    }
}

fn gibibytes(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / (1_u64 << 30) as f64)
}

/// Builds, the unpacked data and the demos' reports go there.
fn build_folder(workspace: &Workspace) -> Finding {
    let dir = workspace.target_dir();
    let attempt = fs::create_dir_all(&dir).and_then(|()| tempfile::tempfile_in(&dir));
    match attempt {
        Ok(_) => Fine(format!("{} can be written to", dir.display())),
        Err(error) => bad(
            format!("{} cannot be written to: {error}", dir.display()),
            "change its owner, or set CARGO_TARGET_DIR to a folder of yours",
        ),
    }
}

fn data(workspace: &Workspace) -> Finding {
    let dir = workspace.root.join("shared").join("data");
    let remedy = "bring them back with `git checkout -- shared/data`";
    let Ok(sums) = fs::read_to_string(dir.join("SHA256SUMS")) else {
        return bad(format!("{} is missing", dir.join("SHA256SUMS").display()), remedy);
    };
    let (mut good, mut wrong) = (0, Vec::new());
    for line in sums.lines().filter(|line| !line.trim().is_empty()) {
        let Some((expected, name)) = line.split_once(char::is_whitespace) else {
            return bad(format!("SHA256SUMS has a line that is none: `{line}`"), remedy);
        };
        let name = name.trim_start_matches([' ', '*']);
        match digest(&dir.join(name)) {
            Ok(found) if found == expected => good += 1,
            Ok(_) => wrong.push(format!("{name} has other contents")),
            Err(_) => wrong.push(format!("{name} is missing")),
        }
    }
    match wrong.as_slice() {
        [] => Fine(format!("{} as published", count(good, "file"))),
        _ => bad(wrong.join(", "), remedy),
    }
}

fn digest(path: &Path) -> Result<String> {
    let digest = Sha256::digest(fs::read(path)?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn terminal() -> Finding {
    if !stdout().is_terminal() {
        return Fine("stdout is no terminal: plain text".into());
    }
    let colour = if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        "no colour (NO_COLOR)"
    } else {
        "colour"
    };
    let keys = if stdin().is_terminal() { "single keys" } else { "no keys" };
    let bars = if stderr().is_terminal() { "bars" } else { "no bars" };
    Fine(format!("{colour}, {keys}, {bars}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(numbers("1.100.0") > numbers("1.95"));
        assert!(numbers("1.95.0-nightly") >= numbers("1.95"));
        assert!(numbers("1.94.9") < numbers("1.95"));
    }
}
