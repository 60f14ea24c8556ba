//! Compressed tar files: `.tar.gz`, `.tgz`.
//!
//! A tar file is a stream, so everything before an entry has to be decompressed to get there; the whole is limited.
//! The library is asked for the raw entries, because it would read long names of any length into memory.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType, PaxExtensions};

use super::{Damage, read_capped};
use crate::grade::intake::{Intake, Kind};

/// What a checkout with its build output may unpack to.
const STREAM_LIMIT: u64 = 1024 * 1024 * 1024;
/// The longest path, and then some.
const NAME_LIMIT: u64 = 16 * 1024;
const TOO_LARGE: &str = "it unpacks to more than 1 GiB; leave out `target` and `.git`";

/// Offers all entries.
pub(super) fn read(file: impl Read, intake: &mut Intake<'_>) -> Result<(), Damage> {
    read_limited(file, STREAM_LIMIT, intake)
}

pub(super) fn read_limited(file: impl Read, limit: u64, intake: &mut Intake<'_>) -> Result<(), Damage> {
    let mut archive = Archive::new(Limited { inner: MultiGzDecoder::new(file), left: limit });
    let mut extended = Extended::default();
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        let kind = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => Kind::File,
            EntryType::Directory => Kind::Folder,
            EntryType::Link | EntryType::Symlink => Kind::Link,
            EntryType::GNULongName => {
                let mut name = read_extension(&mut entry)?;
                while name.last() == Some(&0) {
                    name.pop();
                }
                extended.name = Some(name);
                continue;
            }
            EntryType::XHeader => {
                extended.learn(&read_extension(&mut entry)?)?;
                continue;
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => continue,
            _ => Kind::Special,
        };
        let Extended { name, sparse } = std::mem::take(&mut extended);
        let kind = if sparse { Kind::Special } else { kind };
        let name = name.unwrap_or_else(|| entry.header().path_bytes().into_owned());
        // Before there was a type for folders, a name that ends in `/` was one.
        let kind = if kind == Kind::File && name.ends_with(b"/") { Kind::Folder } else { kind };
        let size = entry.header().entry_size()?;
        if let Some(slot) = intake.offer(&name, kind, size)? {
            let bytes = read_capped(&mut entry)?;
            if bytes.len() as u64 != size {
                return Err(Damage::whole("The archive is cut off. Upload it again."));
            }
            intake.put(slot, bytes)?;
        }
    }
    // gzip's checksum comes last.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(())
}

/// What the entries before an entry say about it.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    sparse: bool,
}

impl Extended {
    /// POSIX's extended header: `path`, and whether the file has holes.
    fn learn(&mut self, records: &[u8]) -> Result<(), Damage> {
        for record in PaxExtensions::new(records) {
            let record = record?;
            match record.key_bytes() {
                b"path" => self.name = Some(record.value_bytes().to_vec()),
                b"size" => return Err(Damage::whole("The archive holds a file of many GiB. Leave it out.")),
                key if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
        }
        Ok(())
    }
}

fn read_extension(entry: impl Read) -> Result<Vec<u8>, Damage> {
    let mut bytes = Vec::new();
    entry.take(NAME_LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > NAME_LIMIT {
        return Err(Damage::whole("The archive has a name longer than any path. Pack it again."));
    }
    Ok(bytes)
}

/// A reader that fails, rather than ends, after so many bytes.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| io::Error::other(TOO_LARGE))?;
        Ok(count)
    }
}
