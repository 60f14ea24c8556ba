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
        // Two floors up from `shared/data`.
        let workspace = Path::new(WORKSPACE_FOLDER).ancestors().nth(2).unwrap_or(Path::new("."));
        Self { root, cache: Cache::find(&workspace.join("target")) }
    }

    /// Another folder with the same files.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), ..Self::find() }
    }

    /// Unpacks into this folder and no other.
    pub fn with_cache(self, folder: impl Into<PathBuf>) -> Self {
        Self { cache: Cache::at([folder.into()]), ..self }
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
        Archive::new(self, name, bytes)
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

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use tempfile::TempDir;

    use super::*;

    const FILE: &str = "series/sunspots-yearly.csv";

    /// A folder that has one file with the given contents.
    fn folder_with(contents: &[u8]) -> (TempDir, DataFolder) {
        let temporary = TempDir::new().unwrap();
        fs::create_dir(temporary.path().join("series")).unwrap();
        fs::write(temporary.path().join(FILE), contents).unwrap();
        let folder = DataFolder::at(temporary.path());
        (temporary, folder)
    }

    fn sunspots() -> Vec<u8> {
        fs::read(Path::new(WORKSPACE_FOLDER).join(FILE)).unwrap()
    }

    /// What a damaged copy is said to be, once the message is known to name the file.
    fn damage(contents: &[u8]) -> String {
        let (_temporary, folder) = folder_with(contents);
        let error = folder.read(FILE).unwrap_err();
        assert_eq!(error.file(), Some(&*folder.root.join(FILE)));
        assert!(error.to_string().contains("sunspots-yearly.csv is damaged"), "{error}");
        match error {
            DataError::Damaged { detail, .. } => detail,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_right_contents_are_read() {
        let (_temporary, folder) = folder_with(&sunspots());
        assert_eq!(folder.read(FILE).unwrap(), sunspots());
        assert_eq!(folder.path(FILE).unwrap(), folder.root.join(FILE));
    }

    #[test]
    fn an_empty_file_is_told() {
        assert_eq!(damage(b""), "it is empty");
    }

    #[test]
    fn a_shortened_file_is_told() {
        assert!(damage(&sunspots()[..1000]).starts_with("its 1000 bytes have the SHA-256 "));
    }

    #[test]
    fn a_longer_file_is_told() {
        let longer = [sunspots(), b"2009,3.1\n".to_vec()].concat();
        assert!(damage(&longer).starts_with(&format!("its {} bytes", longer.len())));
    }

    #[test]
    fn every_flipped_bit_is_told() {
        for byte in (0..sunspots().len()).step_by(191) {
            let mut flipped = sunspots();
            flipped[byte] ^= 1 << (byte % 8);
            damage(&flipped);
        }
    }

    #[test]
    fn a_missing_file_is_told_with_the_command_that_restores_it() {
        let (_temporary, folder) = folder_with(b"");
        let error = folder.read("text/shakespeare.txt").unwrap_err();
        assert!(matches!(error, DataError::Missing { .. }), "{error:?}");
        assert!(error.to_string().contains("unset DL_LABS_DATA"), "{error}");

        // In the workspace itself git restores it.
        let remedy = DataFolder { root: WORKSPACE_FOLDER.into(), ..folder }.remedy(FILE);
        assert!(remedy.contains("`git checkout -- shared/data/series/sunspots-yearly.csv`"), "{remedy}");
    }

    #[test]
    fn a_folder_in_place_of_a_file_is_told() {
        let (temporary, folder) = folder_with(b"");
        fs::create_dir_all(temporary.path().join("text/shakespeare.txt")).unwrap();
        let error = folder.read("text/shakespeare.txt").unwrap_err();
        assert!(matches!(error, DataError::NotAFile { .. }), "{error:?}");
        assert!(error.to_string().contains("move it away"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn an_unreadable_file_is_told() {
        // A link to itself cannot be read even by an administrator.
        let (temporary, folder) = folder_with(b"");
        let link = temporary.path().join("photos");
        std::os::unix::fs::symlink(&link, &link).unwrap();
        let error = folder.read("photos/camera.png").unwrap_err();
        assert!(matches!(error, DataError::Unreadable { .. }), "{error:?}");
        assert!(error.source().is_some());
    }

    #[test]
    fn an_unknown_name_is_told() {
        let error = DataFolder::find().read("text/hamlet.txt").unwrap_err();
        assert!(matches!(error, DataError::Unknown { .. }), "{error:?}");
        assert!(error.to_string().contains("text/hamlet.txt"), "{error}");
    }

    #[test]
    fn all_faults_are_listed() {
        let (_temporary, folder) = folder_with(&sunspots());
        let faults = folder.faults();
        assert_eq!(faults.len(), DataFolder::names().count() - 1);
        assert!(faults.iter().all(|fault| matches!(fault, DataError::Missing { .. })));
    }

    #[test]
    fn a_file_of_another_form_is_told() {
        let folder = DataFolder::find();
        let archive = folder.read_archive("nuclei.safetensors.gz").unwrap();
        for error in [
            archive.picture("image", 512, 256).unwrap_err(),
            archive.picture("picture", 512, 512).unwrap_err(),
        ] {
            assert!(matches!(error, DataError::Malformed { .. }), "{error:?}");
            assert!(error.to_string().contains("nuclei.safetensors.gz"), "{error}");
        }
    }
}
