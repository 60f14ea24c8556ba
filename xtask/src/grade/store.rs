//! The results of a batch on disk, a file for each submission and lab: `DIR/results/STUDENT/LAB.json`.
//!
//! A file is written whole or not at all, as soon as its result is there; that is all that resuming needs. One run at a
//! time writes to a folder, so that it may remove what a killed one has left half written.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::results::LabResult;
use crate::workspace::{UNFINISHED, folders, write_atomically};

/// The folder of a batch.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
    /// Locked by whoever writes; the system releases it however the run ends.
    _owned: Option<File>,
}

impl Store {
    /// The store in `out`, to be written to; it is made if it is not there.
    ///
    /// # Errors
    /// Another run is writing to it.
    pub(crate) fn open(out: &Path) -> Result<Store> {
        let dir = out.join("results");
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let owned = own(&dir).with_context(|| format!("cannot write to {}", out.display()))?;
        if owned.is_some() {
            sweep(out)?;
            sweep(&dir)?;
            folders(&dir)?.iter().try_for_each(|folder| sweep(folder))?;
        }
        Ok(Store { dir, _owned: owned })
    }

    /// The store that a shard has written.
    pub(crate) fn existing(out: &Path) -> Result<Store> {
        let dir = out.join("results");
        ensure!(dir.is_dir(), "{} holds no results: is it what `grade --out` wrote?", out.display());
        Ok(Store { dir, _owned: None })
    }

    /// The result of a lab, if there is one.
    pub(crate) fn get(&self, student: &str, lab: &str) -> Result<Option<LabResult>> {
        let path = self.path(student, lab);
        if !path.is_file() {
            return Ok(None);
        }
        read(&path).map(Some)
    }

    /// Keeps a result.
    pub(crate) fn put(&self, result: &LabResult) -> Result<()> {
        let mut bytes = serde_json::to_vec_pretty(result)?;
        bytes.push(b'\n');
        write_atomically(&self.path(&result.student, &result.lab), &bytes)
    }

    /// Everything, in the order of students and labs.
    pub(crate) fn all(&self) -> Result<Vec<LabResult>> {
        let mut results = Vec::new();
        for folder in folders(&self.dir)? {
            for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
                let path = entry?.path();
                if path.extension().is_some_and(|extension| extension == "json") {
                    results.push(read(&path)?);
                }
            }
        }
        results.sort_by(|a, b| (&a.student, &a.lab).cmp(&(&b.student, &b.lab)));
        Ok(results)
    }

    fn path(&self, student: &str, lab: &str) -> PathBuf {
        self.dir.join(folder_name(student)).join(format!("{lab}.json"))
    }
}

/// The folder, locked; `None` where folders cannot be locked, as on some network drives.
fn own(dir: &Path) -> Result<Option<File>> {
    let Ok(folder) = File::open(dir) else { return Ok(None) };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => {
            bail!("another run is writing to it: wait for it, or choose another --out")
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Removes what a killed run was writing into `dir`.
fn sweep(dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(UNFINISHED) && path.is_file() {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// A student's id as the name of a folder: any id, no two alike, also where upper and lower case are the same.
fn folder_name(student: &str) -> String {
    let mut name = String::from("s-");
    for byte in student.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' => name.push(byte.into()),
            _ => name.push_str(&format!("_{byte:02x}")),
        }
    }
    if name.len() > 200 {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(student);
        name.truncate(150);
        digest.iter().take(16).for_each(|byte| name.push_str(&format!("{byte:02x}")));
    }
    name
}

fn read(path: &Path) -> Result<LabResult> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&bytes)
        .with_context(|| format!("{} is no result of this version; remove it to grade again", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_a_killed_run_was_writing_is_swept_and_a_living_one_is_not_disturbed() {
        let out = tempfile::tempdir().unwrap();
        let path = |name: &str| out.path().join(name);
        fs::create_dir_all(path("results/s-ada")).unwrap();
        let unfinished = [".new-1", "results/.new-2", "results/s-ada/.new-3"];
        let others = ["notes.txt", ".newest", "results/s-ada/lab-01-perceptron.json"];
        unfinished.iter().chain(&others).for_each(|name| fs::write(path(name), "{").unwrap());
        let store = Store::open(out.path()).unwrap();
        assert!(unfinished.iter().all(|name| !path(name).exists()));
        assert!(others.iter().all(|name| path(name).exists()));
        fs::write(path(".new-4"), "{").unwrap();
        let problem = format!("{:#}", Store::open(out.path()).unwrap_err());
        assert!(problem.contains("another run is writing"), "{problem}");
        assert!(path(".new-4").exists());
        drop(store);
        Store::open(out.path()).unwrap();
        assert!(!path(".new-4").exists());
    }

    #[test]
    fn ids_become_different_harmless_folders() {
        let long = "x".repeat(300);
        let longer = "x".repeat(301);
        let ids =
            ["alice", "Alice", "../../etc", "a/b", "a_2fb", "", ".", "..", "näme", "con", &long, &longer];
        let mut names: Vec<String> = ids.iter().map(|id| folder_name(id).to_lowercase()).collect();
        for name in &names {
            assert!(name.starts_with("s-") && !name.contains(['/', '\\', ':']) && name.len() < 255, "{name}");
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), ids.len());
    }
}
