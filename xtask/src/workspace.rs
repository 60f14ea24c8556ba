//! The workspace: where it is, which labs it has, and which of them a name on the command line means.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::lab::{Edition, Lab};

/// The checkout the runner works on.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The labs in the order of their numbers.
    pub(crate) labs: Vec<Lab>,
}

impl Workspace {
    /// Opens the workspace at `root`; without it, the one that this runner belongs to.
    ///
    /// A lab is known by its solution where that is present, since the stub may be older or not written yet.
    pub(crate) fn open(root: Option<&Path>) -> Result<Workspace> {
        let root = match root {
            Some(root) => root.to_path_buf(),
            None => find_root()?,
        };
        let root = plain_path(
            root.canonicalize().with_context(|| format!("there is no folder {}", root.display()))?,
        );
        ensure!(root.join("Cargo.toml").is_file(), "{} holds no Cargo.toml", root.display());
        let mut labs = BTreeMap::new();
        for family in ["labs", "solutions"] {
            for dir in folders(&root.join(family))? {
                if dir.join("lab.toml").is_file() {
                    let lab = Lab::read(&root, &dir)?;
                    labs.insert(lab.number, lab);
                }
            }
        }
        Ok(Workspace { root, labs: labs.into_values().collect() })
    }

    /// The lab that `name` means: `lab-05-cnn`, `lab-05`, `05`, `5` or `cnn`.
    ///
    /// An unknown name is an error that suggests the nearest one.
    pub(crate) fn lab(&self, name: &str) -> Result<&Lab> {
        let wanted = name.trim().trim_end_matches('/').to_lowercase();
        // A path that the shell completed is as good as the name at its end.
        let wanted = wanted.rsplit('/').next().unwrap_or(&wanted);
        let digits = wanted.strip_prefix("lab-").or_else(|| wanted.strip_prefix("lab")).unwrap_or(wanted);
        let number = digits.parse::<u32>().ok();
        if let Some(lab) = self
            .labs
            .iter()
            .find(|lab| Some(lab.number) == number || lab.id() == wanted || lab.name == wanted)
        {
            return Ok(lab);
        }
        if self.labs.is_empty() {
            bail!("this workspace has no labs yet; `cargo xtask new lab-01-perceptron` lays out the first");
        }
        let names = self.labs.iter().flat_map(|lab| [lab.id(), lab.short(), lab.name.clone()]);
        match nearest(wanted, names) {
            Some(name) => bail!("there is no lab `{wanted}`; did you mean `{name}`?"),
            None => bail!(
                "there is no lab `{wanted}`; `cargo xtask list` shows them all ({})",
                enumerate(self.labs.iter().map(Lab::id))
            ),
        }
    }

    /// The labs that `names` mean; without names, all of them.
    pub(crate) fn select(&self, names: &[String]) -> Result<Vec<&Lab>> {
        if names.is_empty() {
            return Ok(self.labs.iter().collect());
        }
        names.iter().map(|name| self.lab(name)).collect()
    }

    /// The features that bring in the demos of these editions: `lab-05-cnn/demo,…`, for cargo's `--features`.
    ///
    /// Checks do not wait for what only a demo needs, so every lab has its demo behind a feature.
    pub(crate) fn demo_features(&self, editions: &[Edition]) -> String {
        let crates = self.labs.iter().flat_map(|lab| {
            editions.iter().filter(|&&edition| lab.has(edition)).map(|&edition| lab.package(edition))
        });
        crates.map(|package| format!("{package}/demo")).collect::<Vec<_>>().join(",")
    }

    /// Where cargo builds: `CARGO_TARGET_DIR` or `target` at the root.
    pub(crate) fn target_dir(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => self.root.join(dir),
            None => self.root.join("target"),
        }
    }
}

/// The candidate most like `wanted`, if one is like it at all: a slip of the finger or a common beginning.
pub(crate) fn nearest(wanted: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    let slips = 1 + wanted.chars().count() / 4;
    candidates
        .into_iter()
        .filter_map(|name| {
            let likeness = strsim::jaro_winkler(wanted, &name);
            let near = likeness > 0.7 || strsim::damerau_levenshtein(wanted, &name) <= slips;
            near.then_some((likeness, name))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// `a, b, c`.
fn enumerate(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// `cargo run` tells the runner where its own manifest is; a runner started by its path looks upwards.
fn find_root() -> Result<PathBuf> {
    if let Some(manifest) = env::var_os("CARGO_MANIFEST_DIR")
        && let Some(root) = Path::new(&manifest).parent()
    {
        return Ok(root.to_path_buf());
    }
    let here = env::current_dir().context("the current folder is gone")?;
    for dir in here.ancestors() {
        let manifest = fs::read_to_string(dir.join("Cargo.toml")).unwrap_or_default();
        if manifest.lines().any(|line| line.trim() == "[workspace]") {
            return Ok(dir.to_path_buf());
        }
    }
    bail!("{} is not inside the labs' workspace", here.display())
}

/// The folders in `dir`, sorted; none where `dir` is missing.
pub(crate) fn folders(dir: &Path) -> Result<Vec<PathBuf>> {
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Windows' canonical paths begin with `\\?\`, which rustc and many tools do not take.
fn plain_path(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(plain) => PathBuf::from(plain),
        None => path,
    }
}

/// How the name of a file begins that is not written to its end; a killed run may leave one.
pub(crate) const UNFINISHED: &str = ".new-";

/// Replaces the file at `path` whole: readers see the old text or the new, never half of it.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> Result<()> {
        let dir = path.parent().context("a file needs a folder")?;
        fs::create_dir_all(dir)?;
        let mut file = tempfile::Builder::new();
        // The default (owner only) would surprise whoever shares the checkout.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.permissions(fs::Permissions::from_mode(0o644));
        }
        let mut file = file.prefix(UNFINISHED).tempfile_in(dir)?;
        std::io::Write::write_all(&mut file, bytes)?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_and_nonsense_is_not() {
        let names = || ["cnn", "resnet", "attention"].map(String::from);
        assert_eq!(nearest("atention", names()).as_deref(), Some("attention"));
        assert_eq!(nearest("resent", names()).as_deref(), Some("resnet"));
        assert_eq!(nearest("xyzzy", names()), None);
    }
}
