//! [`Cache`]: the folder that packed files are unpacked into, once.
//!
//! A file is written under a passing name beside its place, checked, and only then renamed, so that several programs
//! may start at once and none ever sees half a file. What lies in the cache is checked whenever it is used: a cache
//! outlives the program, and anything may have happened to it.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::error::{DataError, Result};
use crate::folder::{DataFolder, hex};

/// Names the folder to unpack into.
const CACHE_VARIABLE: &str = "DL_LABS_CACHE";

/// A file as it is after unpacking.
#[derive(Debug)]
pub(crate) struct Unpacked {
    /// Its name in the cache.
    pub(crate) name: &'static str,
    /// The file of the data folder that it is packed in.
    pub(crate) packed: &'static str,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// Its SHA-256.
    pub(crate) sha256: &'static str,
}

/// The folders that may be unpacked into, the best first.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    folders: Vec<PathBuf>,
}

impl Cache {
    /// What the environment asks for, or else the user's folder for caches and, after it, `target`: in a container
    /// or on a cluster the home folder often cannot be written.
    pub(crate) fn find(target: &Path) -> Self {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        match variable(CACHE_VARIABLE) {
            Some(folder) => Self::at([folder]),
            None => Self::at(
                user_folder(variable)
                    .map(|folder| folder.join("dl-labs"))
                    .into_iter()
                    .chain([target.join("dl-labs-cache")]),
            ),
        }
    }

    /// These folders and no others.
    pub(crate) fn at(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { folders: folders.into_iter().collect() }
    }

    /// A folder under `name` in which all of the files are, unpacked and checked.
    ///
    /// # Errors
    /// If a file needs unpacking and the data folder does not have it whole, or if no folder can be written.
    pub(crate) fn unpacked(&self, data: &DataFolder, name: &str, files: &[Unpacked]) -> Result<PathBuf> {
        let mut tried = Vec::new();
        for folder in self.folders.iter().map(|folder| folder.join(name)) {
            match fill(data, &folder, files) {
                Ok(()) => return Ok(folder),
                Err(Trouble::Cache(error)) => tried.push((folder, error)),
                Err(Trouble::Data(error)) => return Err(error),
            }
        }
        Err(DataError::NoCache { name: name.into(), tried })
    }
}

/// The user's folder for caches, by the custom of the platform.
fn user_folder(variable: impl Fn(&'static str) -> Option<PathBuf>) -> Option<PathBuf> {
    if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Caches"))
    } else {
        // The XDG specification tells to ignore a relative path.
        let xdg = variable("XDG_CACHE_HOME").filter(|folder| folder.is_absolute());
        xdg.or_else(|| variable("HOME").map(|home| home.join(".cache")))
    }
}

/// Which side a failure to unpack is on: another cache helps against the one, not against the other.
enum Trouble {
    Cache(io::Error),
    Data(DataError),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Cache(error)
    }
}

/// Unpacks whatever the folder does not yet have whole.
fn fill(data: &DataFolder, folder: &Path, files: &[Unpacked]) -> Result<(), Trouble> {
    for file in files {
        let place = folder.join(file.name);
        if !is_whole(&place, file) {
            fs::create_dir_all(folder)?;
            let packed = data.read(file.packed).map_err(Trouble::Data)?;
            let unpacked = unpack(data, &packed, folder, file)?;
            if let Err(error) = unpacked.persist(&place) {
                // Windows does not replace a file that another program is reading: then that one has unpacked it.
                if !is_whole(&place, file) {
                    return Err(error.error.into());
                }
            }
        }
    }
    Ok(())
}

/// Whether there is a file with the right size and checksum.
fn is_whole(place: &Path, file: &Unpacked) -> bool {
    let checksum = || -> io::Result<String> {
        let mut source = File::open(place)?;
        if source.metadata()?.len() != file.size {
            return Ok(String::new());
        }
        let mut sha256 = Sha256::new();
        copy(&mut source, |chunk| {
            sha256.update(chunk);
            Ok(())
        })?;
        Ok(hex(sha256.finalize()))
    };
    checksum().is_ok_and(|found| found == file.sha256)
}

/// Unpacks into a passing file in the folder, and checks what came out.
fn unpack(
    data: &DataFolder,
    packed: &[u8],
    folder: &Path,
    file: &Unpacked,
) -> Result<NamedTempFile, Trouble> {
    let mut unpacked = NamedTempFile::new_in(folder)?;
    let mut sha256 = Sha256::new();
    copy(&mut GzDecoder::new(packed), |chunk| {
        sha256.update(chunk);
        unpacked.write_all(chunk)
    })?;
    let found = hex(sha256.finalize());
    if found != file.sha256 {
        let detail = format!("unpacked it has the SHA-256 {found}, expected {}", file.sha256);
        return Err(Trouble::Data(data.malformed(file.packed, detail)));
    }
    Ok(unpacked)
}

/// Hands all bytes of a source to a sink, chunk by chunk.
fn copy(source: &mut impl Read, mut sink: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut chunk = vec![0; 1 << 16];
    loop {
        match source.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(size) => sink(&chunk[..size])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
