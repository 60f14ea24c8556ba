//! Archives that nobody trusts, read in memory and never unpacked to disk.
//!
//! An archive is a list of names with bytes. Only the bytes that [`Intake`] asks for are decompressed, each file up to
//! its limit, so that traps have nothing to spring: a path that climbs out is only a name that counts for nothing,
//! a bomb is not unpacked, an archive within an archive is just another file.

mod tar;
mod zip;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::grade::intake::{FILE_LIMIT, Intake};
use crate::grade::refusal::Refusal;

/// The kinds of archive that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `.zip`
    Zip,
    /// `.tar.gz`, `.tgz`
    TarGz,
}

/// Endings of archives, and whether and how they are read.
const ENDINGS: [(&str, Option<Format>); 10] = [
    (".zip", Some(Format::Zip)),
    (".tar.gz", Some(Format::TarGz)),
    (".tgz", Some(Format::TarGz)),
    (".tar", None),
    (".tar.bz2", None),
    (".tar.xz", None),
    (".tar.zst", None),
    (".gz", None),
    (".7z", None),
    (".rar", None),
];

/// A file's name without the ending of an archive, and the format if it is one that is read; `None` for other files.
pub(crate) fn split(name: &str) -> Option<(&str, Option<Format>)> {
    let lower = name.to_ascii_lowercase();
    ENDINGS.iter().find_map(|(ending, format)| {
        let stem = lower.strip_suffix(ending)?;
        (!stem.is_empty()).then(|| (&name[..stem.len()], *format))
    })
}

/// Offers all entries of an archive.
pub(crate) fn read(path: &Path, format: Format, intake: &mut Intake<'_>) -> Result<(), Refusal> {
    let name = path.file_name().unwrap_or_default();
    let whole = |damage: Damage| damage.about(Path::new(name));
    let file = crate::grade::folder::open(path)
        .map_err(|error| Refusal::of(name, format!("The archive cannot be opened: {error}.")))?;
    read_from(file, format, intake).map_err(whole)
}

fn read_from(file: File, format: Format, intake: &mut Intake<'_>) -> Result<(), Damage> {
    match format {
        Format::Zip => zip::read(file, intake),
        Format::TarGz => tar::read(file, intake),
    }
}

/// What stops the reading of an archive.
#[derive(Debug)]
enum Damage {
    /// One of its entries is a trap.
    Entry(Refusal),
    /// The archive as a whole.
    Whole(String),
}

impl Damage {
    fn whole(rule: impl Into<String>) -> Damage {
        Damage::Whole(rule.into())
    }

    fn about(self, archive: &Path) -> Refusal {
        match self {
            Damage::Entry(refusal) => refusal,
            Damage::Whole(rule) => Refusal::of(archive, rule),
        }
    }
}

impl From<Refusal> for Damage {
    fn from(refusal: Refusal) -> Damage {
        Damage::Entry(refusal)
    }
}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Damage {
        Damage::Whole(format!("The archive is damaged ({error}). Pack it again."))
    }
}

/// At most one byte more than a file may have, so that the excess shows.
fn read_capped(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(FILE_LIMIT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
