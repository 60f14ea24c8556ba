//! Compiling other source in a lab's place, without cargo.
//!
//! Cargo builds the reference once and says where everything is; [`Blueprint::learn`] writes that down. After that a
//! variant of the lab costs two calls of rustc, its library and the check binary against it, with the very crates
//! that the reference uses. `verify` compiles wrong and alternative solutions this way. Nothing of a variant takes
//! part in its compilation but its source text: no manifest, no build script.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::cargo::{self, Artifact, Build};
use crate::lab::{Edition, Lab};
use crate::stubs::Files;
use crate::workspace::Workspace;

/// Everything needed to compile a lab's library and its checks from other source.
#[derive(Debug)]
pub(crate) struct Blueprint {
    root: PathBuf,
    crate_name: String,
    package: String,
    manifest_dir: PathBuf,
    library: Unit,
    checks: Unit,
    /// Folders with the crates that the externs depend on.
    search: BTreeSet<PathBuf>,
    /// What build scripts told the linker.
    linked_paths: Vec<String>,
    /// The compiler's version, whole.
    compiler: String,
}

/// A target as cargo compiles it.
#[derive(Debug)]
struct Unit {
    artifact: Artifact,
    externs: Vec<Extern>,
}

/// A crate that is passed as `--extern`.
#[derive(Clone, Debug)]
struct Extern {
    name: String,
    file: PathBuf,
}

/// A variant could not be compiled.
#[derive(Debug)]
pub(crate) enum Compiled {
    /// The check binary.
    Checks(PathBuf),
    /// What rustc says.
    Rejected(String),
}

/// `cargo metadata`, as far as it matters.
#[derive(Deserialize)]
struct Metadata {
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    /// The name it has in the source, after renaming.
    name: String,
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

impl Blueprint {
    /// Learns from a finished build of the reference's checks.
    pub(crate) fn learn(workspace: &Workspace, lab: &Lab, build: &Build) -> Result<Blueprint> {
        let dir = lab.dir(Edition::Solution);
        let own = |artifact: &&Artifact| cargo::belongs_to(&artifact.package_id, &dir);
        let is =
            |kind: &'static str| move |artifact: &&Artifact| artifact.target.kind.iter().any(|k| k == kind);
        let missing = |what: &str| format!("cargo did not say how it built {what} of {}", lab.id());
        let library =
            build.artifacts.iter().filter(own).find(is("lib")).with_context(|| missing("the library"))?;
        let checks = build
            .artifacts
            .iter()
            .filter(own)
            .find(|artifact| artifact.target.name == "checks" && is("test")(artifact))
            .with_context(|| missing("the checks"))?;

        let output = cargo::output(cargo::cargo(workspace).args(["metadata", "--format-version", "1"]))?;
        if !output.status.success() {
            bail!("cargo metadata failed:\n{}", output.stderr);
        }
        let metadata: Metadata =
            serde_json::from_str(&output.stdout).context("cannot read cargo's metadata")?;
        let node = metadata
            .resolve
            .nodes
            .iter()
            .find(|node| node.id == library.package_id)
            .with_context(|| missing("the dependencies"))?;
        let externs = |with_dev: bool| -> Vec<Extern> {
            let wanted = node.deps.iter().filter(|dependency| {
                dependency.dep_kinds.iter().any(|kind| match kind.kind.as_deref() {
                    None => true,
                    Some("dev") => with_dev,
                    Some(_) => false,
                })
            });
            // A dependency without an artifact belongs to another platform.
            wanted
                .filter_map(|dependency| {
                    let file = library_file(&build.artifacts, &dependency.pkg)?;
                    Some(Extern { name: dependency.name.clone(), file })
                })
                .collect()
        };
        let search = build
            .artifacts
            .iter()
            .flat_map(|artifact| &artifact.filenames)
            .filter_map(|file| file.parent().map(Path::to_path_buf))
            .collect();
        let compiler = cargo::output(cargo::rustc(workspace).arg("-vV"))?.stdout;
        Ok(Blueprint {
            root: workspace.root.clone(),
            crate_name: lab.crate_name(),
            package: lab.package(Edition::Solution),
            manifest_dir: dir,
            library: Unit { artifact: library.clone(), externs: externs(false) },
            checks: Unit { artifact: checks.clone(), externs: externs(true) },
            search,
            linked_paths: build.linked_paths.clone(),
            compiler,
        })
    }

    /// A name for what would come out: equal keys mean equal compiler, crates, checks and source.
    pub(crate) fn key(&self, files: &Files) -> Result<String> {
        let mut hash = Sha256::new();
        let mut add = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        add(self.compiler.as_bytes());
        add(env!("CARGO_PKG_VERSION").as_bytes());
        add(format!("{:?}{:?}", self.library.artifact.profile, self.checks.artifact.profile).as_bytes());
        for dependency in &self.checks.externs {
            let metadata = fs::metadata(&dependency.file)?;
            let time = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            add(dependency.file.to_string_lossy().as_bytes());
            add(&metadata.len().to_le_bytes());
            add(&time.as_nanos().to_le_bytes());
        }
        for (path, bytes) in files {
            add(path.to_string_lossy().as_bytes());
            add(bytes);
        }
        for folder in ["checks", "tests"] {
            let folder = self.manifest_dir.join(folder);
            for path in crate::stubs::files_below(&folder)? {
                add(path.to_string_lossy().as_bytes());
                add(&fs::read(folder.join(path))?);
            }
        }
        let digest = hash.finalize();
        Ok(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Compiles the library in `files` and the reference's checks against it, in `dir`, which is emptied first.
    pub(crate) fn compile(&self, files: &Files, dir: &Path) -> Result<Compiled> {
        if dir.exists() {
            fs::remove_dir_all(dir).with_context(|| format!("cannot empty {}", dir.display()))?;
        }
        for (path, bytes) in files {
            let path = dir.join(path);
            fs::create_dir_all(path.parent().unwrap_or(dir))?;
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        let out = dir.join("out");
        fs::create_dir_all(&out)?;

        let relative = |unit: &Unit| {
            let path = &unit.artifact.target.src_path;
            path.strip_prefix(&self.manifest_dir).map(Path::to_path_buf).unwrap_or(path.clone())
        };
        let library = out.join(format!("lib{}.rlib", self.crate_name));
        let mut command = self.rustc(&self.library, &self.crate_name);
        command.args(["--crate-type", "rlib", "-o"]).arg(&library).arg(dir.join(relative(&self.library)));
        let output = cargo::output(&mut command)?;
        if !output.status.success() {
            return Ok(Compiled::Rejected(output.stderr));
        }

        let checks = out.join(format!("checks{}", env::consts::EXE_SUFFIX));
        let mut command = self.rustc(&self.checks, "checks");
        command
            .args(["--crate-type", "bin", "-o"])
            .arg(&checks)
            .arg("--extern")
            .arg(format!("{}={}", self.crate_name, library.display()))
            .arg(&self.checks.artifact.target.src_path);
        let output = cargo::output(&mut command)?;
        if !output.status.success() {
            return Ok(Compiled::Rejected(output.stderr));
        }
        Ok(Compiled::Checks(checks))
    }

    /// rustc with all that cargo would tell it, short of the source and the output.
    fn rustc(&self, unit: &Unit, crate_name: &str) -> Command {
        let program = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = Command::new(program);
        let profile = &unit.artifact.profile;
        let switch = |on: bool| if on { "on" } else { "off" };
        command
            .current_dir(&self.root)
            .env("CARGO_MANIFEST_DIR", &self.manifest_dir)
            .env("CARGO_PKG_NAME", &self.package)
            .env("CARGO_PKG_VERSION", env!("CARGO_PKG_VERSION"))
            .env("CARGO_CRATE_NAME", crate_name)
            .args(["--crate-name", crate_name])
            .args(["--edition", &unit.artifact.target.edition])
            .args([
                "--emit=link",
                "--cap-lints=allow",
                "--error-format=human",
                "-Cembed-bitcode=no",
                "-Cdebuginfo=0",
            ])
            .arg(format!("-Copt-level={}", profile.opt_level))
            .arg(format!("-Cdebug-assertions={}", switch(profile.debug_assertions)))
            .arg(format!("-Coverflow-checks={}", switch(profile.overflow_checks)));
        for folder in &self.search {
            command.arg("-L").arg(format!("dependency={}", folder.display()));
        }
        for path in &self.linked_paths {
            command.arg("-L").arg(path);
        }
        for dependency in &unit.externs {
            command.arg("--extern").arg(format!("{}={}", dependency.name, dependency.file.display()));
        }
        if let Ok(flags) = env::var("RUSTFLAGS") {
            command.args(flags.split_whitespace());
        }
        command
    }
}

/// The file to pass as `--extern` for a package.
///
/// A package may have been built twice, once of it for build scripts and macros, with fewer features: the other one
/// is wanted.
fn library_file(artifacts: &[Artifact], package_id: &str) -> Option<PathBuf> {
    let of_package = artifacts.iter().filter(|artifact| {
        let kinds = &artifact.target.kind;
        artifact.package_id == package_id
            && kinds.iter().any(|kind| kind.ends_with("lib") || kind == "proc-macro")
    });
    let artifact = of_package.max_by_key(|artifact| artifact.features.len())?;
    let with_extension = |extensions: &[&str]| {
        artifact
            .filenames
            .iter()
            .find(|file| file.extension().is_some_and(|e| extensions.iter().any(|wanted| e == *wanted)))
    };
    with_extension(&["rlib"])
        .or_else(|| with_extension(&["so", "dylib", "dll"]))
        .or_else(|| with_extension(&["rmeta"]))
        .cloned()
}
