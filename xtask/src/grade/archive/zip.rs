//! Zip files (PKWARE, *.ZIP File Format Specification*, APPNOTE 6.3), as far as submissions need them.
//!
//! A zip file ends with a directory of its entries. Libraries keep that directory in a map by name, where the second
//! of two entries of one name hides the first, and do not ask whether entries overlap; both are tricks to show one
//! reader one file and another reader another. So the directory is read here, and the library only inflates.
//! Neither zip64 nor any method but deflate is understood: no submission needs them.

use std::io::{Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::{Damage, read_capped};
use crate::grade::intake::{FILE_LIMIT, Intake, Kind};
use crate::grade::refusal::Refusal;

/// More than 100 000 entries with long names take.
const DIRECTORY_LIMIT: u64 = 16 * 1024 * 1024;
/// The record at the end, with the longest comment.
const END_LIMIT: u64 = 22 + 65_535;
const END: u32 = 0x0605_4b50;
const DIRECTORY_ENTRY: u32 = 0x0201_4b50;
const LOCAL_ENTRY: u32 = 0x0403_4b50;
/// Deflate makes nothing longer than this beyond its input; more only hides work.
const PACKED_LIMIT: u64 = FILE_LIMIT + 64 * 1024;

const ENCRYPTED: u16 = 1;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// The high byte of "version made by" where the attributes are those of Unix, and of macOS.
const UNIX: [u8; 2] = [3, 19];

/// An entry as the directory describes it.
struct Entry {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    kind: Kind,
    header: u64,
    name: Vec<u8>,
}

/// Offers all entries.
pub(super) fn read<R: Read + Seek>(mut file: R, intake: &mut Intake<'_>) -> Result<(), Damage> {
    let (start, directory, count) = directory(&mut file)?;
    let mut rest = Bytes(&directory);
    // The bytes of the file that belong to an entry already read.
    let mut taken: Vec<(u64, u64)> = Vec::new();
    for _ in 0..count {
        let entry = rest
            .entry()
            .ok_or_else(|| Damage::whole("The archive's directory is damaged. Pack it again."))?;
        let Some(slot) = intake.offer(&entry.name, entry.kind, entry.size)? else { continue };
        let refused = |rule: &str| Damage::Entry(Refusal::of(slot.shown.clone(), rule));
        let (from, to) = entry.locate(&mut file, start).map_err(|rule| refused(&rule))?;
        if taken.iter().any(|&(begin, end)| entry.header < end && begin < to) {
            return Err(refused("Two entries of the archive share their bytes. Pack it again."));
        }
        taken.push((entry.header, to));
        file.seek(SeekFrom::Start(from))?;
        let packed = (&mut file).take(entry.packed);
        let bytes = match entry.method {
            STORED => read_capped(packed),
            _ => read_capped(DeflateDecoder::new(packed)),
        }
        .map_err(|error| refused(&format!("The file is damaged in the archive ({error}). Pack it again.")))?;
        let mut crc = Crc::new();
        crc.update(&bytes);
        if bytes.len() as u64 <= FILE_LIMIT && (bytes.len() as u64 != entry.size || crc.sum() != entry.crc) {
            return Err(refused(
                "The file is damaged in the archive (wrong length or checksum). Pack it again.",
            ));
        }
        intake.put(slot, bytes)?;
    }
    if rest.0.is_empty() {
        Ok(())
    } else {
        Err(Damage::whole("The archive's directory holds more than it declares. Pack it again."))
    }
}

/// Where the directory begins, its bytes, and how many entries it has.
fn directory<R: Read + Seek>(file: &mut R) -> Result<(u64, Vec<u8>, u16), Damage> {
    let truncated = || Damage::whole("This is no whole zip file: its directory is missing. Upload it again.");
    let length = file.seek(SeekFrom::End(0))?;
    let tail_start = length.saturating_sub(END_LIMIT);
    file.seek(SeekFrom::Start(tail_start))?;
    let mut tail = Vec::new();
    file.take(END_LIMIT).read_to_end(&mut tail)?;
    // The last record whose comment reaches just to the end of the file.
    let at = (0..tail.len().saturating_sub(21))
        .rev()
        .find(|&at| {
            let mut record = Bytes(&tail[at..]);
            record.u32() == Some(END)
                && record
                    .skip(16)
                    .and_then(|()| record.u16())
                    .is_some_and(|n| at + 22 + usize::from(n) == tail.len())
        })
        .ok_or_else(truncated)?;
    let mut record = Bytes(&tail[at + 4..]);
    let fields = (|| {
        let disks = (record.u16()?, record.u16()?);
        let counts = (record.u16()?, record.u16()?);
        Some((disks, counts, u64::from(record.u32()?), u64::from(record.u32()?)))
    })();
    let (disks, counts, size, start) = fields.ok_or_else(truncated)?;
    if disks != (0, 0) || counts.0 != counts.1 {
        return Err(Damage::whole("The archive is one of several parts. Pack it as one file."));
    }
    if counts.1 == u16::MAX || start == u64::from(u32::MAX) || size > DIRECTORY_LIMIT {
        return Err(Damage::whole("The archive is too large. Leave out `target` and `.git`."));
    }
    if start + size != tail_start + at as u64 {
        return Err(Damage::whole("The archive's directory is not where it should be. Pack it again."));
    }
    file.seek(SeekFrom::Start(start))?;
    let mut directory = Vec::new();
    file.take(size).read_to_end(&mut directory)?;
    Ok((start, directory, counts.1))
}

impl Entry {
    /// From where to where the entry's packed bytes lie, after comparing its header with the directory.
    fn locate<R: Read + Seek>(&self, file: &mut R, directory: u64) -> Result<(u64, u64), String> {
        if self.flags & ENCRYPTED != 0 {
            return Err("The file is encrypted. Pack it without a password.".into());
        }
        if ![STORED, DEFLATED].contains(&self.method) {
            return Err(format!(
                "The file is compressed with method {}; only the usual one of zip files, deflate, is read.",
                self.method
            ));
        }
        if self.packed > PACKED_LIMIT || self.method == STORED && self.packed != self.size {
            return Err("The archive declares impossible sizes for this file. Pack it again.".into());
        }
        let damaged = || "The archive describes this file in two ways. Pack it again.".to_string();
        let mut header = Vec::new();
        file.seek(SeekFrom::Start(self.header)).map_err(|_| damaged())?;
        file.take(30 + self.name.len() as u64).read_to_end(&mut header).map_err(|_| damaged())?;
        let mut fields = Bytes(&header);
        let read = (|| {
            let signature = fields.u32()?;
            fields.skip(2)?;
            let flags = fields.u16()?;
            let method = fields.u16()?;
            fields.skip(16)?;
            let (name, extra) = (fields.u16()?, fields.u16()?);
            Some((signature, flags, method, usize::from(name), u64::from(extra)))
        })();
        let (signature, flags, method, name, extra) = read.ok_or_else(damaged)?;
        let same = signature == LOCAL_ENTRY
            && flags & ENCRYPTED == 0
            && method == self.method
            && name == self.name.len()
            && fields.0 == self.name;
        let from = self.header + 30 + name as u64 + extra;
        let to = from + self.packed;
        if same && to <= directory { Ok((from, to)) } else { Err(damaged()) }
    }
}

/// Little-endian fields one after the other; `None` where the bytes end.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(drop)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// The next entry of the directory.
    fn entry(&mut self) -> Option<Entry> {
        if self.u32()? != DIRECTORY_ENTRY {
            return None;
        }
        self.skip(1)?;
        let system = self.take(1)?[0];
        self.skip(2)?;
        let (flags, method) = (self.u16()?, self.u16()?);
        self.skip(4)?;
        let crc = self.u32()?;
        let (packed, size) = (u64::from(self.u32()?), u64::from(self.u32()?));
        let (name, extra, comment) = (self.u16()?, self.u16()?, self.u16()?);
        self.skip(4)?;
        let attributes = self.u32()?;
        let header = u64::from(self.u32()?);
        let name = self.take(name.into())?.to_vec();
        self.skip(usize::from(extra) + usize::from(comment))?;
        let kind = match attributes >> 28 {
            _ if name.ends_with(b"/") => Kind::Folder,
            _ if !UNIX.contains(&system) => Kind::File,
            // The file types of `st_mode`.
            0o04 => Kind::Folder,
            0o12 => Kind::Link,
            0 | 0o10 => Kind::File,
            _ => Kind::Special,
        };
        Some(Entry { flags, method, crc, packed, size, kind, header, name })
    }
}
