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
    let mut unpacked = passing_file(folder)?;
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

/// A file under a passing name that has the permissions of any new file: by itself tempfile lets only its owner read it,
/// and a cache may serve a whole class.
fn passing_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666))
    };
    builder.prefix(".unpacking-").tempfile_in(folder)
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

#[cfg(test)]
mod tests {
    use std::thread;

    use tempfile::TempDir;

    use super::*;

    /// The smallest of MNIST's files.
    const LABELS: Unpacked = Unpacked {
        name: "t10k-labels-idx1-ubyte",
        packed: "mnist/t10k-labels-idx1-ubyte.gz",
        size: 10_008,
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    };

    fn unpacked_into(folders: impl IntoIterator<Item = PathBuf>) -> Result<PathBuf> {
        Cache::at(folders).unpacked(&DataFolder::find(), "mnist", &[LABELS])
    }

    /// The unpacked labels in a cache.
    fn place(cache: &TempDir) -> PathBuf {
        cache.path().join("mnist").join(LABELS.name)
    }

    /// A folder under a file: nobody can make it, an administrator neither.
    fn impossible(cache: &TempDir) -> PathBuf {
        fs::write(cache.path().join("file"), "").unwrap();
        cache.path().join("file/cache")
    }

    #[test]
    fn a_file_is_unpacked_once() {
        let cache = TempDir::new().unwrap();
        assert_eq!(unpacked_into([cache.path().into()]).unwrap(), cache.path().join("mnist"));
        let first = fs::metadata(place(&cache)).unwrap().modified().unwrap();
        unpacked_into([cache.path().into()]).unwrap();
        assert_eq!(fs::metadata(place(&cache)).unwrap().modified().unwrap(), first);
        // No passing file is left.
        assert_eq!(fs::read_dir(cache.path().join("mnist")).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_file_is_unpacked_again() {
        let cache = TempDir::new().unwrap();
        unpacked_into([cache.path().into()]).unwrap();
        let whole = fs::read(place(&cache)).unwrap();
        let mut flipped = whole.clone();
        flipped[5_000] ^= 4;
        for damaged in [&[][..], &whole[..9_000], &[&whole[..], &[0]].concat(), &flipped] {
            fs::write(place(&cache), damaged).unwrap();
            unpacked_into([cache.path().into()]).unwrap();
            assert!(fs::read(place(&cache)).unwrap() == whole);
        }
    }

    #[test]
    fn a_cache_that_cannot_be_written_is_passed_over() {
        let (cache, blocked) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let folder = unpacked_into([impossible(&blocked), cache.path().into()]).unwrap();
        assert_eq!(folder, cache.path().join("mnist"));
    }

    #[test]
    fn a_folder_in_place_of_the_file_is_passed_over() {
        let (cache, blocked) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        fs::create_dir_all(place(&blocked)).unwrap();
        let folder = unpacked_into([blocked.path().into(), cache.path().into()]).unwrap();
        assert_eq!(folder, cache.path().join("mnist"));
    }

    #[test]
    fn without_any_cache_every_reason_is_told() {
        let blocked = TempDir::new().unwrap();
        let error = unpacked_into([impossible(&blocked), blocked.path().join("file")]).unwrap_err();
        let DataError::NoCache { tried, .. } = &error else { panic!("{error:?}") };
        assert_eq!(tried.len(), 2);
        let message = error.to_string();
        assert!(message.contains("DL_LABS_CACHE") && message.contains("file/cache"), "{message}");
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_they_may_read_elsewhere() {
        use std::os::unix::fs::PermissionsExt;

        let cache = TempDir::new().unwrap();
        unpacked_into([cache.path().into()]).unwrap();
        let other = cache.path().join("other");
        fs::write(&other, "").unwrap();
        let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode(&place(&cache)), mode(&other));
    }

    #[cfg(unix)]
    #[test]
    fn a_cache_that_is_whole_need_not_be_writable() {
        use std::os::unix::fs::PermissionsExt;

        let cache = TempDir::new().unwrap();
        unpacked_into([cache.path().into()]).unwrap();
        let folder = cache.path().join("mnist");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
        let result = unpacked_into([cache.path().into()]);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(result.unwrap(), folder);
    }

    #[test]
    fn a_missing_packed_file_is_told() {
        let (cache, empty) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let error = Cache::at([cache.path().into()])
            .unpacked(&DataFolder::at(empty.path()), "mnist", &[LABELS])
            .unwrap_err();
        assert!(matches!(error, DataError::Missing { .. }), "{error:?}");
        assert!(error.to_string().contains("t10k-labels-idx1-ubyte.gz"), "{error}");
    }

    #[test]
    fn contents_that_unpack_to_something_else_are_told() {
        let cache = TempDir::new().unwrap();
        let other = Unpacked { sha256: "00", ..LABELS };
        let error =
            Cache::at([cache.path().into()]).unpacked(&DataFolder::find(), "mnist", &[other]).unwrap_err();
        assert!(matches!(error, DataError::Malformed { .. }), "{error:?}");
        assert_eq!(fs::read_dir(cache.path().join("mnist")).unwrap().count(), 0);
    }

    #[test]
    fn many_may_unpack_at_once() {
        let cache = TempDir::new().unwrap();
        thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| unpacked_into([cache.path().into()]))).collect();
            for thread in threads {
                assert_eq!(thread.join().unwrap().unwrap(), cache.path().join("mnist"));
            }
        });
        assert!(is_whole(&place(&cache), &LABELS));
        assert_eq!(fs::read_dir(cache.path().join("mnist")).unwrap().count(), 1);
    }

    #[test]
    fn the_users_folder_follows_the_platform() {
        let absolute = std::env::temp_dir();
        let home = || absolute.join("home");
        let found = |known: &'static str| {
            user_folder(move |name| (name == known).then(|| std::env::temp_dir().join("home")))
        };
        if cfg!(windows) {
            assert_eq!(found("LOCALAPPDATA"), Some(home()));
        } else if cfg!(target_os = "macos") {
            assert_eq!(found("HOME"), Some(home().join("Library/Caches")));
        } else {
            assert_eq!(found("HOME"), Some(home().join(".cache")));
            assert_eq!(found("XDG_CACHE_HOME"), Some(home()));
            let relative = |name| (name == "XDG_CACHE_HOME").then(|| PathBuf::from("relative"));
            assert_eq!(user_folder(relative), None);
        }
        assert_eq!(found("nothing"), None);
    }
}
