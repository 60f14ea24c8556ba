//! What can go wrong between a file of data and the program, as a typed error.
//!
//! Every message has the file, what is wrong with it and what mends it, so that it can be shown to a student as it
//! is.

use std::io;
use std::path::{Path, PathBuf};

/// Why data could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// There is no such file.
    #[error("{} is missing; {remedy}", .file.display())]
    Missing {
        /// The file.
        file: PathBuf,
        /// What mends it.
        remedy: String,
    },
    /// There is something else under the name of the file.
    #[error("{} is not a file; move it away, then {remedy}", .file.display())]
    NotAFile {
        /// The file.
        file: PathBuf,
        /// What mends it.
        remedy: String,
    },
    /// The operating system does not let it be read.
    #[error("{} cannot be read ({source}); {remedy}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
        /// What mends it.
        remedy: String,
    },
    /// The file has other contents than the ones that were checked in.
    #[error("{} is damaged: {detail}; {remedy}", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// How the contents differ.
        detail: String,
        /// What mends it.
        remedy: String,
    },
    /// The contents are the expected ones, and yet not in the expected form.
    #[error("{} cannot be understood: {detail}; {remedy}", .file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What was found and what was expected.
        detail: String,
        /// What mends it.
        remedy: String,
    },
    /// None of the data sets has a file of this name.
    #[error("{name} is none of the data files; their names are in shared/data/SHA256SUMS")]
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// There is no folder to unpack a file into.
    #[error(
        "{name} cannot be unpacked: {}; set DL_LABS_CACHE to a folder that can be written, with 60 MB of space",
        .tried.iter().map(|(folder, reason)| format!("{}: {reason}", folder.display())).collect::<Vec<_>>().join("; ")
    )]
    NoCache {
        /// The file that was to be unpacked.
        name: String,
        /// Every folder that was tried, with the reason why it cannot be used.
        tried: Vec<(PathBuf, io::Error)>,
    },
}

/// The result of loading data.
pub type Result<T, E = DataError> = std::result::Result<T, E>;

impl DataError {
    /// The file that the error is about, if it is about one that has a place.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Missing { file, .. }
            | Self::NotAFile { file, .. }
            | Self::Unreadable { file, .. }
            | Self::Damaged { file, .. }
            | Self::Malformed { file, .. } => Some(file),
            Self::Unknown { .. } | Self::NoCache { .. } => None,
        }
    }
}
