//! Folders below `target/` that belong to one run, and the end of those that a killed run has left.
//!
//! A run holds the lock of a file in its folder as long as it lives; the system releases it however the run ends. So
//! whoever makes the next folder can tell which of the others are nobody's any more, and removes them.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};
use tempfile::TempDir;

const OWNER: &str = ".owner";

/// A folder that is removed with this value or, after a `kill -9`, by the next one made beside it.
#[derive(Debug)]
pub(crate) struct OwnFolder {
    /// Closed before the folder goes: some systems do not remove what is open.
    _owner: File,
    folder: TempDir,
}

impl OwnFolder {
    /// A new one in `parent`, which is made if it is not there.
    pub(crate) fn new(parent: &Path) -> Result<OwnFolder> {
        let make = || -> Result<OwnFolder> {
            fs::create_dir_all(parent)?;
            // Nobody sweeps while another's folder is there and its lock is not.
            let gate = File::create(parent.join(".gate"))?;
            if gate.lock().is_ok() {
                sweep(parent);
            }
            let folder = tempfile::Builder::new().prefix("for-").tempdir_in(parent)?;
            let owner = File::create(folder.path().join(OWNER))?;
            // Where files cannot be locked nothing is swept either.
            let _ = owner.lock();
            Ok(OwnFolder { _owner: owner, folder })
        };
        make().with_context(|| format!("cannot make a folder in {}", parent.display()))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders whose owners are gone.
fn sweep(parent: &Path) {
    for folder in crate::workspace::folders(parent).unwrap_or_default() {
        let is_owned = File::open(folder.join(OWNER)).is_ok_and(|owner| owner.try_lock().is_err());
        if !is_owned {
            // What cannot be removed now is tried again the next time.
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_owns_is_swept() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join("for-nobody")).unwrap();
        fs::create_dir(parent.path().join("for-the-dead")).unwrap();
        fs::write(parent.path().join("for-the-dead").join(OWNER), "").unwrap();
        let one = OwnFolder::new(parent.path()).unwrap();
        let other = OwnFolder::new(parent.path()).unwrap();
        assert!(one.path().is_dir() && other.path().is_dir());
        assert_eq!(crate::workspace::folders(parent.path()).unwrap().len(), 2);
        drop(one);
        assert_eq!(crate::workspace::folders(parent.path()).unwrap(), [other.path()]);
    }
}
