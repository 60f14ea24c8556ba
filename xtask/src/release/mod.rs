//! What the students' repository holds.
//!
//! [`compose`] is a pure function from the checkout to the files of a release: the labs as [`crate::stubs`] makes them
//! (whatever somebody typed into `labs/` meanwhile), the shared crates and the runner as they are, and of `solutions/`
//! only what is revealed. The grader goes along: it is no secret, and students build none of it. Published is what is
//! named here, so that a new folder stays behind until somebody decides otherwise, and only what git knows of.

pub(crate) mod branches;
pub(crate) mod check;
pub(crate) mod place;
mod scan;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::cargo;
use crate::lab::{Edition, Lab};
use crate::markers::{self, Comment, Piece};
use crate::stubs::{self, Files, files_below};
use crate::workspace::Workspace;

/// Everything that a release may have at its root. What else is there belongs to whoever keeps the students' repository.
pub(crate) const PUBLISHED: [&str; 12] = [
    ".cargo",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "labs",
    "rustfmt.toml",
    "shared",
    "solutions",
    "xtask",
];

/// What of these stays behind: what only authors and instructors run. The runner's tests try it on whole labs.
const AUTHORS: [&str; 3] = ["shared/bench", "xtask/recipes", "xtask/tests"];

/// The file that tells a release from any other folder.
pub(crate) const NOTE: &str = ".release";

/// The labs that `--reveal` means: names, and ranges such as `lab-01..lab-04`, both ends included.
pub(crate) fn revealed<'a>(workspace: &'a Workspace, names: &[String]) -> Result<Vec<&'a Lab>> {
    let mut numbers = BTreeSet::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let (first, last) = name.split_once("..").unwrap_or((name, name));
        let last = last.strip_prefix('=').unwrap_or(last);
        ensure!(!first.is_empty() && !last.is_empty(), "`{name}`: write both ends, such as lab-01..lab-04");
        let (first, last) = (workspace.lab(first)?.number, workspace.lab(last)?.number);
        ensure!(first <= last, "`{name}`: the first lab comes after the last");
        numbers.extend(first..=last);
    }
    let labs: Vec<&Lab> = workspace.labs.iter().filter(|lab| numbers.contains(&lab.number)).collect();
    for lab in &labs {
        lab.require(Edition::Solution)?;
    }
    Ok(labs)
}

/// The files of the students' repository, scanned, but for the lock file, which is cargo's to write, and the [`NOTE`].
pub(crate) fn compose(workspace: &Workspace, revealed: &[&Lab]) -> Result<Files> {
    let labs: Vec<&Lab> = workspace.labs.iter().filter(|lab| lab.has(Edition::Solution)).collect();
    if labs.is_empty() {
        bail!("a release is made from solutions/, which are not part of this repository");
    }
    let mut files = Files::new();
    for path in published(workspace, revealed)? {
        let source = workspace.root.join(&path);
        let kind =
            fs::symlink_metadata(&source).with_context(|| format!("cannot read {}", path.display()))?;
        ensure!(kind.is_file(), "{} is a link, which a release cannot have", path.display());
        let bytes = fs::read(&source).with_context(|| format!("cannot read {}", path.display()))?;
        let bytes = without_hidden_parts(&path, bytes)?;
        files.insert(path, bytes);
    }
    for lab in &labs {
        let dir = lab.relative_dir(Edition::Student);
        files.extend(stubs::generate(lab)?.into_iter().map(|(path, bytes)| (dir.join(path), bytes)));
    }
    for (name, bytes) in stubs::pages(&workspace.root)? {
        if !revealed.is_empty() {
            files.insert(Path::new("solutions").join(&name), bytes.clone());
        }
        files.insert(Path::new("labs").join(name), bytes);
    }
    if revealed.is_empty() {
        let manifest = files.get_mut(Path::new("Cargo.toml")).context("the workspace has no Cargo.toml")?;
        *manifest = without_solutions(manifest)?;
    }
    let secret: Vec<&Lab> =
        labs.into_iter().filter(|lab| revealed.iter().all(|shown| shown.number != lab.number)).collect();
    let found = scan::scan(&secret, &files)?;
    ensure!(found.is_empty(), "the release would give something away:\n  {}", found.join("\n  "));
    Ok(files)
}

/// The files that are published as they are, relative to the root.
fn published(workspace: &Workspace, revealed: &[&Lab]) -> Result<Vec<PathBuf>> {
    let is_published = |path: &Path| {
        let top = path.components().next().map(|part| part.as_os_str().to_owned());
        match top.as_ref().and_then(|top| top.to_str()) {
            // These two are made, not copied.
            Some("labs" | "Cargo.lock") => false,
            Some("solutions") => {
                revealed.iter().any(|lab| path.starts_with(lab.relative_dir(Edition::Solution)))
            }
            Some(top) => PUBLISHED.contains(&top) && !AUTHORS.iter().any(|author| path.starts_with(author)),
            None => false,
        }
    };
    Ok(known_files(workspace)?.into_iter().filter(|path| is_published(path)).collect())
}

/// The files that git knows of; in a copy without git, those below the folders that are published.
fn known_files(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(&workspace.root).output();
    if let Ok(listed) = listed
        && listed.status.success()
        && !listed.stdout.is_empty()
    {
        let names = String::from_utf8(listed.stdout).context("git knows of a file whose name is no UTF-8")?;
        let paths = names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from);
        return Ok(paths.filter(|path| workspace.root.join(path).symlink_metadata().is_ok()).collect());
    }
    let mut paths = Vec::new();
    for name in PUBLISHED {
        let path = workspace.root.join(name);
        if path.is_dir() {
            paths.extend(files_below(&path)?.into_iter().map(|below| Path::new(name).join(below)));
        } else if path.is_file() {
            paths.push(PathBuf::from(name));
        }
    }
    Ok(paths)
}

/// A file without what stands between markers. The runner's own sources are about markers, and a revealed solution
/// shows them.
fn without_hidden_parts(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let about_markers = ["xtask/src", "xtask/templates", "solutions"].iter().any(|dir| path.starts_with(dir));
    let (Some(comment), false) = (Comment::of(path), about_markers) else {
        return Ok(bytes);
    };
    let name = path.display().to_string();
    let text = String::from_utf8(bytes).with_context(|| format!("{name} is not UTF-8 text"))?;
    let pieces = markers::parse(&name, &text, comment)?;
    if let [Piece::Shared(_)] = pieces.as_slice() {
        return Ok(text.into_bytes());
    }
    let mut lines = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Shared(shared) => lines.extend(shared),
            Piece::Hidden(_) => {}
            Piece::Solution(region) => bail!("{name}:{}: only labs have solutions", region.line),
        }
    }
    Ok((lines.join("\n") + "\n").into_bytes())
}

/// The workspace's manifest where there are no solutions.
fn without_solutions(manifest: &[u8]) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(manifest).context("Cargo.toml is not UTF-8 text")?;
    let text = text.replace("\"solutions/*\", ", "").replace(", \"solutions/*\"", "");
    let table: toml::Table = text.parse().context("what was made of Cargo.toml is no TOML")?;
    for key in ["members", "default-members"] {
        let list = table.get("workspace").and_then(|workspace| workspace.get(key)?.as_array());
        let left = list.is_some_and(|list| {
            list.iter().any(|member| member.as_str().is_some_and(|name| name.starts_with("solutions")))
        });
        ensure!(!left, "Cargo.toml: write \"solutions/*\" in the line of `{key}`, beside others");
    }
    Ok(text.into_bytes())
}

/// What the [`NOTE`] says: from where, and what is shown.
pub(crate) fn note(workspace: &Workspace, revealed: &[&Lab]) -> String {
    let git = |args: &[&str]| {
        let output = cargo::output(Command::new("git").args(args).current_dir(&workspace.root)).ok()?;
        output.status.success().then(|| output.stdout.trim().to_string())
    };
    let commit = git(&["rev-parse", "HEAD"]).filter(|_| workspace.root.join(".git").exists());
    let changed =
        git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|text| !text.is_empty());
    let state = if changed { ", with changes" } else { "" };
    let commit = commit.map_or("no commit".to_string(), |commit| format!("commit {commit}{state}"));
    format!(
        "# Written by `cargo xtask release`, which replaces everything it has written when it comes again.\n\
         from: {commit}\n{}\n",
        shown(revealed)
    )
}

/// `solutions: lab-01, lab-02`.
pub(crate) fn shown(revealed: &[&Lab]) -> String {
    match revealed {
        [] => "solutions: none".to_string(),
        labs => format!("solutions: {}", labs.iter().map(|lab| lab.short()).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_lose_the_solutions_and_nothing_else() {
        let text = "[workspace]\nmembers = [\"shared/*\", \"solutions/*\", \"labs/*\"]\ndefault-members = [\"shared/*\", \"solutions/*\"]\n";
        let made = without_solutions(text.as_bytes()).unwrap();
        let expected =
            "[workspace]\nmembers = [\"shared/*\", \"labs/*\"]\ndefault-members = [\"shared/*\"]\n";
        assert_eq!(String::from_utf8(made).unwrap(), expected);
        let alone = "[workspace]\nmembers = [\n    \"solutions/*\",\n    \"labs/*\",\n]\n";
        assert!(without_solutions(alone.as_bytes()).unwrap_err().to_string().contains("`members`"));
    }

    #[test]
    fn hidden_parts_stay_behind_but_where_markers_are_the_subject() {
        let text = b"# A\n<!-- BEGIN HIDDEN -->\nsecret\n<!-- END HIDDEN -->\nB\n".to_vec();
        assert_eq!(without_hidden_parts(Path::new("README.md"), text.clone()).unwrap(), b"# A\nB\n");
        assert_eq!(without_hidden_parts(Path::new("xtask/templates/README.md"), text.clone()).unwrap(), text);
        let open = b"# BEGIN HIDDEN\n".to_vec();
        assert!(without_hidden_parts(Path::new("shared/a/Cargo.toml"), open).is_err());
    }
}
