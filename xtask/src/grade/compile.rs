//! Compiling other source in a lab's place, without cargo.
//!
//! Cargo builds the reference once and says where everything is; [`Blueprint::learn`] writes that down. After that any
//! source for the lab costs two calls of rustc, its library and a worker that answers calls to it, with the very
//! crates that the reference uses. The checks are not compiled again: they ask the worker. `verify` judges wrong and
//! alternative solutions this way, `mutants` changes of the reference, `grade` what students hand in. Nothing takes part
//! in the compilation but the source text: no manifest, no build script.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::caged::CagedCompiler;
use super::own::OwnFolder;
use crate::cargo::{self, Artifact, Build};
use crate::lab::{Edition, Lab};
use crate::stubs::Files;
use crate::workspace::Workspace;

/// The worker's main. The contract that it serves is the lab's own.
const WORKER: &str = "\
#[path = \"contract.rs\"]
mod contract;

fn main() -> std::process::ExitCode {
    grading::serve(&contract::InProcess)
}
";

/// Everything needed to compile a lab's library and a worker from other source.
#[derive(Debug)]
pub(crate) struct Blueprint {
    crate_name: String,
    /// The path that messages show for the lab's folder.
    shown: PathBuf,
    manifest_dir: PathBuf,
    library: Unit,
    checks: Unit,
    /// The crates that all this depends on, and none of the lab's own: what a compiler of foreign code may read.
    crates: OwnFolder,
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

/// One call of rustc.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) arguments: Vec<OsString>,
    /// The folders it reads, besides the toolchain's own.
    pub(crate) readable: Vec<&'a Path>,
    /// The file that comes out.
    pub(crate) product: &'a Path,
}

/// What came of a job.
#[derive(Debug)]
pub(crate) enum Made {
    /// The product is there.
    Product,
    /// There is none.
    Rejected(Rejection),
}

/// Why there is no worker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rejection {
    pub(crate) reason: Reason,
    /// What rustc or its cage said.
    pub(crate) text: String,
}

/// What kept rustc from its product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Errors in the source.
    Errors,
    /// It took too long.
    Time,
    /// It needed too much memory.
    Memory,
}

/// What came of compiling a source.
#[derive(Debug)]
pub(crate) enum Compiled {
    /// The program that answers calls.
    Worker(PathBuf),
    Rejected(Rejection),
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
        let crates = gather(workspace, &build.artifacts, &dir)?;
        let compiler = cargo::output(cargo::rustc(workspace).arg("-vV"))?.stdout;
        Ok(Blueprint {
            crate_name: lab.crate_name(),
            shown: lab.relative_dir(Edition::Student),
            manifest_dir: dir.clone(),
            library: Unit { artifact: library.clone(), externs: externs(false) },
            checks: Unit { artifact: checks.clone(), externs: externs(true) },
            crates,
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
            add(dependency.file.file_name().unwrap_or_default().as_encoded_bytes());
            add(&metadata.len().to_le_bytes());
            add(&time.as_nanos().to_le_bytes());
        }
        for (path, bytes) in sources(files) {
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

    /// Compiles the library in `files` and a worker for it, in `dir`, which is emptied first.
    pub(crate) fn compile(&self, compiler: &CagedCompiler, files: &Files, dir: &Path) -> Result<Compiled> {
        if dir.exists() {
            fs::remove_dir_all(dir).with_context(|| format!("cannot empty {}", dir.display()))?;
        }
        let write = |path: PathBuf, bytes: &[u8]| -> Result<()> {
            fs::create_dir_all(path.parent().unwrap_or(dir))?;
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
        };
        let (source, answers, out) = (dir.join("source"), dir.join("answers"), dir.join("out"));
        for (path, bytes) in sources(files) {
            write(source.join(path), bytes)?;
        }
        let contract = self.manifest_dir.join("checks/contract.rs");
        let contract = fs::read(&contract).with_context(|| format!("cannot read {}", contract.display()))?;
        write(answers.join("contract.rs"), &contract)?;
        write(answers.join("main.rs"), WORKER.as_bytes())?;
        fs::create_dir_all(&out)?;

        let library = out.join(format!("lib{}.rlib", self.crate_name));
        let root = &self.library.artifact.target.src_path;
        let root = root.strip_prefix(&self.manifest_dir).unwrap_or(root);
        let mut arguments = self.arguments(&self.library, &self.crate_name, "rlib");
        // Nobody's code may leave Rust's promises, whatever the source allows itself.
        arguments.push("-Funsafe_code".into());
        arguments.push(assignment("--remap-path-prefix", &[source.as_os_str(), self.shown.as_os_str()]));
        arguments.push(source.join(root).into());
        let job = Job { arguments, readable: vec![&source, self.crates.path()], product: &library };
        if let Made::Rejected(rejection) = compiler.compile(&job)? {
            return Ok(Compiled::Rejected(rejection));
        }

        let worker = out.join(format!("worker{}", env::consts::EXE_SUFFIX));
        let mut arguments = self.arguments(&self.checks, "worker", "bin");
        arguments.push("--extern".into());
        arguments.push(assignment(&self.crate_name, &[library.as_os_str()]));
        // A place in the contract that a panic names is the same wherever the worker was compiled.
        let checks = self.shown.join("checks");
        arguments.push(assignment("--remap-path-prefix", &[answers.as_os_str(), checks.as_os_str()]));
        arguments.push(answers.join("main.rs").into());
        let job = Job { arguments, readable: vec![&answers, &out, self.crates.path()], product: &worker };
        match compiler.compile(&job)? {
            Made::Product => Ok(Compiled::Worker(worker)),
            Made::Rejected(rejection) => Ok(Compiled::Rejected(rejection)),
        }
    }

    /// All that cargo would tell rustc, short of the source and the output.
    fn arguments(&self, unit: &Unit, crate_name: &str, crate_type: &str) -> Vec<OsString> {
        let profile = &unit.artifact.profile;
        let switch = |on: bool| if on { "on" } else { "off" };
        let words = [
            format!("--crate-name={crate_name}"),
            format!("--crate-type={crate_type}"),
            format!("--edition={}", unit.artifact.target.edition),
            "--emit=link".to_string(),
            "--error-format=human".to_string(),
            "-Awarnings".to_string(),
            "-Cembed-bitcode=no".to_string(),
            "-Cdebuginfo=0".to_string(),
            format!("-Copt-level={}", profile.opt_level),
            format!("-Cdebug-assertions={}", switch(profile.debug_assertions)),
            format!("-Coverflow-checks={}", switch(profile.overflow_checks)),
        ];
        let mut arguments: Vec<OsString> = words.into_iter().map(OsString::from).collect();
        arguments.push(assignment("-Ldependency", &[self.crates.path().as_os_str()]));
        for path in &self.linked_paths {
            arguments.push(format!("-L{path}").into());
        }
        for dependency in &unit.externs {
            arguments.push("--extern".into());
            let file = self.crates.path().join(dependency.file.file_name().unwrap_or_default());
            arguments.push(assignment(&dependency.name, &[file.as_os_str()]));
        }
        if let Ok(flags) = env::var("RUSTFLAGS") {
            arguments.extend(flags.split_whitespace().map(OsString::from));
        }
        arguments
    }
}

/// What the library is made of, among all files of a lab.
fn sources(files: &Files) -> impl Iterator<Item = (&PathBuf, &Vec<u8>)> {
    files.iter().filter(|(path, _)| path.starts_with("src"))
}

/// `name=a=b`.
fn assignment(name: &str, values: &[&std::ffi::OsStr]) -> OsString {
    let mut word = OsString::from(name);
    for value in values {
        word.push("=");
        word.push(value);
    }
    word
}

/// A folder with everything that was built but the lab's own crates, which hold the reference and the hidden checks.
fn gather(workspace: &Workspace, artifacts: &[Artifact], lab: &Path) -> Result<OwnFolder> {
    let folder = OwnFolder::new(&workspace.target_dir().join("crates"))?;
    let others = artifacts.iter().filter(|artifact| !cargo::belongs_to(&artifact.package_id, lab));
    let wanted = ["rlib", "rmeta", "so", "dylib", "dll"];
    for file in others.flat_map(|artifact| &artifact.filenames) {
        if !file.extension().is_some_and(|extension| wanted.iter().any(|w| extension == *w)) {
            continue;
        }
        let target = folder.path().join(file.file_name().unwrap_or_default());
        if !target.exists() && fs::hard_link(file, &target).is_err() {
            fs::copy(file, &target).with_context(|| format!("cannot copy {}", file.display()))?;
        }
    }
    Ok(folder)
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
