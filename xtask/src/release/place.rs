//! Putting a release in its place: whole, or not at all.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::{NOTE, PUBLISHED};
use crate::stubs::Files;
use crate::workspace::write_atomically;

/// Whether `dir` may be written to: it is missing, empty or an earlier release.
pub(crate) fn may_write(dir: &Path) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    ensure!(dir.is_dir(), "{} is no folder", dir.display());
    let names = names_in(dir)?;
    let fresh = names.iter().all(|name| name == ".git");
    ensure!(
        fresh || dir.join(NOTE).is_file(),
        "{} is neither empty nor an earlier release (it has no {NOTE}); nothing was written",
        dir.display()
    );
    Ok(())
}

/// Writes the files to a new folder beside `dir` and swaps the two. What a release does not write is carried over.
pub(crate) fn place(files: &Files, dir: &Path) -> Result<()> {
    may_write(dir)?;
    let dir = std::path::absolute(dir)?;
    let parent = dir.parent().context("a release needs a folder of its own")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    let beside = tempfile::Builder::new()
        .prefix(".release-")
        .tempdir_in(parent)
        .with_context(|| format!("cannot write in {}", parent.display()))?;
    let (new, old) = (beside.path().join("new"), beside.path().join("old"));
    fs::create_dir(&new)?;
    for (path, bytes) in files {
        write_atomically(&new.join(path), bytes)?;
    }
    if dir.exists() {
        swap(&dir, &new, &old).with_context(|| format!("cannot replace {}", dir.display()))?;
    } else {
        fs::rename(&new, &dir).with_context(|| format!("cannot make {}", dir.display()))?;
    }
    Ok(())
}

/// Brings `new` to `dir`, with what of `dir` no release has written; the rest of it goes to `old`.
fn swap(dir: &Path, new: &Path, old: &Path) -> Result<()> {
    fs::rename(dir, old)?;
    let mut carried = Vec::new();
    let mut carry = || -> Result<()> {
        for name in names_in(old)? {
            if name != NOTE && !PUBLISHED.contains(&name.as_str()) {
                fs::rename(old.join(&name), new.join(&name))?;
                carried.push(name);
            }
        }
        fs::rename(new, dir)?;
        Ok(())
    };
    let done = carry();
    if done.is_err() {
        for name in &carried {
            let _ = fs::rename(new.join(name), old.join(name));
        }
        fs::rename(old, dir)?;
    }
    done
}

fn names_in(dir: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    entries
        .map(|entry| {
            let name = entry?.file_name();
            name.into_string().map_err(|name| anyhow::anyhow!("{} has the odd name {name:?}", dir.display()))
        })
        .collect()
}
