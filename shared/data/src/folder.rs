//! [`DataFolder`]: where the files are, and how their bytes are read and checked.
//!
//! Every data set reads through this one door. Each file has its SHA-256 in `SHA256SUMS`, which is compiled in, so
//! that a file that was cut short, half checked out or edited is told before anything is made of it.

use std::env;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use crate::archive::Archive;
use crate::cache::Cache;
use crate::error::{DataError, Result};

/// Names the folder with the data files, if they are not in the workspace.
const FOLDER_VARIABLE: &str = "DL_LABS_DATA";

/// The folder of the workspace: this very crate's.
const WORKSPACE_FOLDER: &str = env!("CARGO_MANIFEST_DIR");

const SUMS: &str = include_str!("../SHA256SUMS");

/// The folder with the data files and the one that MNIST is unpacked into.
///
/// `Mnist::load()` and its kin use [`DataFolder::find`]; with a folder of one's own it is
/// `Mnist::load_from(&DataFolder::at("…"))`.
#[derive(Debug, Clone)]
pub struct DataFolder {
    root: PathBuf,
    cache: Cache,
}

impl DataFolder {
    /// The folder that the environment variable `DL_LABS_DATA` names, or else `shared/data` of the workspace.
    ///
    /// MNIST is unpacked into the folder that `DL_LABS_CACHE` names, or else into the user's folder for caches, or
    /// else, if that cannot be written, into the workspace's `target`.
    pub fn find() -> Self {
        let root = env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty());
        let root = root.map_or_else(|| WORKSPACE_FOLDER.into(), PathBuf::from);
        Self { root, cache: Cache::find(&Path::new(WORKSPACE_FOLDER).join("../../target")) }
    }

    /// Another folder with the same files.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), ..Self::find() }
    }

    /// Unpacks into this folder and no other.
    pub fn with_cache(self, folder: impl Into<PathBuf>) -> Self {
        Self { cache: Cache::at([folder.into()]), ..self }
    }

    /// Unpacks into the first of these folders that can be used.
    #[cfg(test)]
    pub(crate) fn with_caches(self, folders: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { cache: Cache::at(folders), ..self }
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The names of all data files, as they stand in `SHA256SUMS`.
    ///
    /// ```
    /// assert!(data::DataFolder::names().any(|name| name == "text/shakespeare.txt"));
    /// ```
    pub fn names() -> impl Iterator<Item = &'static str> {
        sums().map(|(_, name)| name)
    }

    /// Reads every data file and lists what is wrong with any of them.
    ///
    /// ```
    /// assert!(data::DataFolder::find().faults().is_empty());
    /// ```
    pub fn faults(&self) -> Vec<DataError> {
        Self::names().filter_map(|name| self.read(name).err()).collect()
    }

    /// Where a file is, once its contents are known to be right: for readers that want a path.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn path(&self, name: &str) -> Result<PathBuf> {
        self.read(name)?;
        Ok(self.root.join(name))
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// If there is no such file, if it cannot be read, or if its SHA-256 is not the one in `SHA256SUMS`.
    pub fn read(&self, name: &str) -> Result<Vec<u8>> {
        let Some((expected, _)) = sums().find(|(_, known)| *known == name) else {
            return Err(DataError::Unknown { name: name.into() });
        };
        let file = self.root.join(name);
        let remedy = self.remedy(name);
        let bytes = match read_file(&file) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(DataError::NotAFile { file, remedy }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DataError::Missing { file, remedy });
            }
            Err(source) => return Err(DataError::Unreadable { file, source, remedy }),
        };
        let found = hex(Sha256::digest(&bytes));
        if found != expected {
            let detail = match bytes.len() {
                0 => "it is empty".into(),
                size => format!("its {size} bytes have the SHA-256 {found}, expected {expected}"),
            };
            return Err(DataError::Damaged { file, detail, remedy });
        }
        Ok(bytes)
    }

    /// The text of a file.
    pub(crate) fn read_text(&self, name: &str) -> Result<String> {
        String::from_utf8(self.read(name)?).map_err(|error| self.malformed(name, error.to_string()))
    }

    /// The tensors of a `.safetensors.gz` file.
    pub(crate) fn read_archive(&self, name: &'static str) -> Result<Archive<'_>> {
        let packed = self.read(name)?;
        let mut bytes = Vec::with_capacity(4 * packed.len());
        GzDecoder::new(&packed[..])
            .read_to_end(&mut bytes)
            .map_err(|error| self.malformed(name, error.to_string()))?;
        Ok(Archive::new(self, name, bytes))
    }

    /// The error for contents that do not have the form they should have.
    pub(crate) fn malformed(&self, name: &str, detail: impl Into<String>) -> DataError {
        DataError::Malformed { file: self.root.join(name), detail: detail.into(), remedy: self.remedy(name) }
    }

    /// The command that mends a file.
    fn remedy(&self, name: &str) -> String {
        if self.root == Path::new(WORKSPACE_FOLDER) {
            format!(
                "restore it with `git checkout -- shared/data/{name}` (`cargo xtask doctor` checks all files)"
            )
        } else {
            format!("copy shared/data/{name} of the project there, or unset {FOLDER_VARIABLE}")
        }
    }
}

/// A file's bytes; nothing if there is something else under its name.
fn read_file(file: &Path) -> io::Result<Option<Vec<u8>>> {
    if fs::metadata(file)?.is_file() { fs::read(file).map(Some) } else { Ok(None) }
}

/// The lines of `SHA256SUMS`: checksum and name.
fn sums() -> impl Iterator<Item = (&'static str, &'static str)> {
    SUMS.lines().filter_map(|line| line.split_once("  "))
}

/// Bytes as `sha256sum` writes them.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
