//! The one directory that a caged program may write to, and its removal.
//!
//! What stands in it was written by an enemy: directories without permissions, deeper than a path can be long, names
//! that are no text, files where a link could have been. So nothing here follows a link or recurses.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::{CageError, Step};

/// The directory of a caged program. It is removed, with everything in it, when this value is dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// An empty directory that only `owner` can enter, or the current user.
    pub(crate) fn new(owner: Option<u32>) -> Result<Scratch, CageError> {
        let directory =
            tempfile::Builder::new().prefix("cage-").tempdir().step("make a scratch directory")?;
        // Landlock and TMPDIR want the real path.
        let path = directory.path().canonicalize().step("find the scratch directory")?;
        #[cfg(unix)]
        if let Some(owner) = owner {
            std::os::unix::fs::chown(&path, Some(owner), Some(owner))
                .step("give the scratch directory away")?;
        }
        #[cfg(not(unix))]
        let _ = owner;
        let _ = directory.keep();
        Ok(Scratch { path })
    }

    /// The directory of somebody who has died.
    #[cfg(target_os = "linux")]
    pub(crate) fn adopt(path: PathBuf) -> Scratch {
        Scratch { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a regular file of at most `limit` bytes, by its path within the directory.
    ///
    /// # Errors
    ///
    /// If it does not exist, is longer, or it or a directory on the way is a link or anything else but what it should
    /// be.
    pub fn read(&self, name: impl AsRef<Path>, limit: u64) -> io::Result<Vec<u8>> {
        let mut path = self.path.clone();
        for part in name.as_ref().components() {
            let std::path::Component::Normal(part) = part else {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "a path that leads out of the directory",
                ));
            };
            path.push(part);
            let kind = path.symlink_metadata()?.file_type();
            if !kind.is_dir() && !kind.is_file() {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "neither a file nor a directory"));
            }
        }
        let mut bytes = Vec::new();
        File::open(&path)?.take(limit + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {limit} bytes")));
        }
        Ok(bytes)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is for the system's own cleaning of its temporary directory.
        let _ = remove(&self.path);
    }
}

/// Removes a directory of any depth: each directory within it is first moved up to the top, so that no path grows.
fn remove(top: &Path) -> io::Result<()> {
    open_up(top)?;
    let mut moved = 0_u64;
    loop {
        let mut directories = Vec::new();
        for entry in fs::read_dir(top)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                directories.push(entry.path());
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        if directories.is_empty() {
            return fs::remove_dir(top);
        }
        for directory in directories {
            open_up(&directory)?;
            for entry in fs::read_dir(&directory)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    open_up(&entry.path())?;
                    let place = loop {
                        moved += 1;
                        let place = top.join(format!("moved-{moved}"));
                        if place.symlink_metadata().is_err() {
                            break place;
                        }
                    };
                    fs::rename(entry.path(), place)?;
                } else {
                    fs::remove_file(entry.path())?;
                }
            }
            fs::remove_dir(&directory)?;
        }
    }
}

/// Takes a directory's own permissions out of the way.
fn open_up(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700))
    }
    #[cfg(not(unix))]
    {
        let _ = directory;
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{DirBuilderExt, symlink};

    use super::*;

    #[test]
    fn nothing_outlives_it() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("kept"), "kept").unwrap();
        let scratch = Scratch::new(None).unwrap();
        let top = scratch.path().to_owned();
        symlink(outside.path(), top.join("link")).unwrap();
        fs::create_dir_all(top.join("a/b/c")).unwrap();
        fs::write(top.join("a/b/file"), "x").unwrap();
        fs::write(top.join("moved-1"), "in the way").unwrap();
        fs::DirBuilder::new().mode(0o000).create(top.join("a/b/shut")).unwrap();
        // Deeper than PATH_MAX: each level is made at the top and the former one moved into it.
        let name = "d".repeat(200);
        fs::create_dir(top.join("deep")).unwrap();
        for _ in 0..100 {
            fs::create_dir(top.join("deeper")).unwrap();
            fs::rename(top.join("deep"), top.join("deeper").join(&name)).unwrap();
            fs::rename(top.join("deeper"), top.join("deep")).unwrap();
        }
        drop(scratch);
        assert!(!top.exists());
        assert!(outside.path().join("kept").exists());
    }

    #[test]
    fn it_reads_files_and_nothing_else() {
        let scratch = Scratch::new(None).unwrap();
        fs::create_dir(scratch.path().join("out")).unwrap();
        fs::write(scratch.path().join("out/small"), "1234").unwrap();
        symlink("/etc", scratch.path().join("etc")).unwrap();
        symlink("/etc/passwd", scratch.path().join("passwd")).unwrap();
        assert_eq!(scratch.read("out/small", 4).unwrap(), b"1234");
        for (name, limit) in [
            ("out/small", 3),
            ("passwd", 99),
            ("etc/passwd", 99),
            ("../x", 9),
            ("/etc/passwd", 9),
            ("out", 9),
            ("none", 9),
        ] {
            assert!(scratch.read(name, limit).is_err(), "{name}");
        }
    }
}
