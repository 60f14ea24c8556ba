use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use proptest::prelude::*;

use super::{Damage, tar, zip};
use crate::grade::intake::{FILE_LIMIT, Found, Intake};
use crate::grade::submission::test_lab;
use crate::lab::Lab;
use crate::stubs::Files;

const WINDOW: &str = "labs/lab-05-cnn/src/window.rs";

fn take_in(lab: &Lab, read: impl FnOnce(&mut Intake<'_>) -> Result<(), Damage>) -> Result<Found, String> {
    let labs = [lab];
    let mut intake = Intake::new(&labs);
    read(&mut intake).map_err(|damage| damage.about("a.zip".as_ref()).to_string())?;
    intake.finish().map_err(|refusal| refusal.to_string())
}

fn unzip(bytes: &[u8]) -> Result<Found, String> {
    take_in(&test_lab(), |intake| zip::read(Cursor::new(bytes), intake))
}

fn untar(bytes: &[u8]) -> Result<Found, String> {
    take_in(&test_lab(), |intake| tar::read(bytes, intake))
}

/// An entry of a zip file in which everything may be a lie.
#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    data: Vec<u8>,
    flags: u16,
    method: u16,
    crc: Option<u32>,
    size: Option<u32>,
    mode: u32,
    local_name: Option<Vec<u8>>,
    /// Points at the local header of this entry instead of its own.
    shares: Option<usize>,
}

fn entry(name: &str, data: &[u8]) -> Entry {
    Entry {
        name: name.into(),
        data: data.to_vec(),
        flags: 0,
        method: 8,
        crc: None,
        size: None,
        mode: 0o100_644,
        local_name: None,
        shares: None,
    }
}

fn raw_zip(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let mut offsets: Vec<u32> = Vec::new();
    for entry in entries {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        deflated.write_all(&entry.data).unwrap();
        let packed = if entry.method == 8 { deflated.finish().unwrap() } else { entry.data.clone() };
        let mut crc = flate2::Crc::new();
        crc.update(&entry.data);
        let offset = entry.shares.map_or(out.len() as u32, |other| offsets[other]);
        offsets.push(offset);
        let mut common = Vec::new();
        for field in [20, entry.flags, entry.method, 0, 0] {
            common.extend(field.to_le_bytes());
        }
        common.extend(entry.crc.unwrap_or(crc.sum()).to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend(entry.size.unwrap_or(entry.data.len() as u32).to_le_bytes());
        if entry.shares.is_none() {
            let name = entry.local_name.as_ref().unwrap_or(&entry.name);
            out.extend(0x0403_4b50_u32.to_le_bytes());
            out.extend(&common);
            out.extend((name.len() as u16).to_le_bytes());
            out.extend(0_u16.to_le_bytes());
            out.extend(name);
            out.extend(&packed);
        }
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend([20, 3]);
        directory.extend(&common);
        directory.extend((entry.name.len() as u16).to_le_bytes());
        directory.extend([0; 8]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(&entry.name);
    }
    let start = out.len() as u32;
    out.extend(&directory);
    out.extend(0x0605_4b50_u32.to_le_bytes());
    out.extend([0; 4]);
    out.extend((entries.len() as u16).to_le_bytes());
    out.extend((entries.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

fn honest_zip(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (index, (name, data)) in files.iter().enumerate() {
        let method = [::zip::CompressionMethod::Deflated, ::zip::CompressionMethod::Stored][index % 2];
        let options = ::zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn honest_tar(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, data) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, data.as_slice()).unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

/// A tar file of one entry, whose header may lie.
fn raw_tar(name: &[u8], kind: ::tar::EntryType, size: u64, data: &[u8]) -> Vec<u8> {
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_cksum();
    let mut out = header.as_bytes().to_vec();
    out.extend(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn window_of(found: Result<Found, String>) -> Option<Vec<u8>> {
    found.unwrap().files.remove("lab-05-cnn")?.remove(&PathBuf::from("src/window.rs"))
}

fn refused(found: Result<Found, String>, reason: &str) {
    let message = found.expect_err(reason);
    assert!(message.contains(reason), "{message:?} should say {reason:?}");
}

#[test]
fn traps_on_files_that_count_are_refused() {
    let honest = entry(WINDOW, b"one");
    assert_eq!(window_of(unzip(&raw_zip(std::slice::from_ref(&honest)))).unwrap(), b"one");
    let cases: Vec<(Vec<Entry>, &str)> = vec![
        (vec![entry("../labs/lab-05-cnn/src/window.rs", b"")], "climbs out"),
        (vec![entry("labs/lab-05-cnn/../lab-05-cnn/src/window.rs", b"")], "climbs out"),
        (vec![entry("/labs/lab-05-cnn/src/window.rs", b"")], "absolute"),
        (vec![entry("C:/labs/lab-05-cnn/src/window.rs", b"")], "absolute"),
        (vec![entry("labs\\lab-05-cnn\\src\\window.rs", b"")], "backslashes"),
        (
            vec![
                entry("labs/lab-05-cnn/src/window.rs\n", b""),
                entry("labs/lab-05-cnn/\x1bsrc/window.rs", b""),
            ],
            "control",
        ),
        (vec![honest.clone(), honest.clone()], "twice"),
        (vec![honest.clone(), entry("labs/lab-05-cnn/./src//window.rs", b"two")], "twice"),
        (vec![honest.clone(), entry("labs/lab-05-cnn/src/Window.rs", b"two")], "twice"),
        (vec![honest.clone(), entry("lab-05-cnn/src/window.rs", b"two")], "twice"),
        (vec![Entry { name: b"labs/lab-05-cnn/src/wind\xffow.rs".to_vec(), ..honest.clone() }], "UTF-8"),
        (vec![Entry { mode: 0o120_777, ..honest.clone() }], "link"),
        (vec![Entry { mode: 0o120_777, ..entry("labs/lab-05-cnn/src", b"/etc") }], "link"),
        (vec![Entry { mode: 0o120_777, ..entry("repo-main/labs", b"/etc") }], "link"),
        (vec![Entry { mode: 0o020_666, ..honest.clone() }], "no ordinary file"),
        (vec![Entry { flags: 1, ..honest.clone() }], "encrypted"),
        (vec![Entry { method: 14, ..honest.clone() }], "method 14"),
        (vec![Entry { crc: Some(1), ..honest.clone() }], "checksum"),
        (vec![Entry { size: Some(2), ..honest.clone() }], "checksum"),
        (vec![Entry { size: Some(u32::MAX), ..honest.clone() }], "at most"),
        (
            vec![Entry { local_name: Some(WINDOW.replace("window", "direct").into()), ..honest.clone() }],
            "two ways",
        ),
        (vec![entry(WINDOW, &vec![b' '; FILE_LIMIT as usize + 1])], "at most 262144"),
        // A bomb whose directory understates it: what counts is what comes out.
        (vec![Entry { size: Some(3), ..entry(WINDOW, &vec![b' '; 1 << 24]) }], "at most 262144"),
    ];
    for (entries, reason) in cases {
        refused(unzip(&raw_zip(&entries)), reason);
    }
}

#[test]
fn entries_that_share_their_bytes_are_refused() {
    let first = entry(WINDOW, b"one");
    let second =
        Entry { shares: Some(0), local_name: None, ..entry("labs/lab-05-cnn/src/direct.rs", b"one") };
    // The header names only one of them.
    refused(unzip(&raw_zip(&[first.clone(), second])), "two ways");
    // Quoted headers: a stored entry that holds another one.
    let inner = raw_zip(&[entry("labs/lab-05-cnn/src/direct.rs", b"fn f() {}")]);
    let length = inner.len() - 22 - 46 - "labs/lab-05-cnn/src/direct.rs".len();
    let outer = Entry { method: 0, ..entry(WINDOW, &inner[..length]) };
    let mut bytes =
        raw_zip(&[outer, Entry { shares: Some(0), ..entry("labs/lab-05-cnn/src/direct.rs", b"fn f() {}") }]);
    let at = bytes.len() - 22 - "labs/lab-05-cnn/src/direct.rs".len() - 4;
    bytes[at..at + 4].copy_from_slice(&(30 + WINDOW.len() as u32).to_le_bytes());
    refused(unzip(&bytes), "share their bytes");
}

#[test]
fn traps_elsewhere_are_skipped_unread_and_counted() {
    let bomb = vec![0; 1 << 24];
    let found = unzip(&raw_zip(&[
        entry(WINDOW, b"one"),
        entry("../../etc/passwd", b"x"),
        entry("/etc/shadow", b"x"),
        entry("target/debug/bomb", &bomb),
        Entry { flags: 1, ..entry("notes/secret.txt", b"x") },
        Entry { mode: 0o120_777, ..entry("repo/link", b"/etc") },
        entry("labs/lab-05-cnn/build.rs", b"fn main() {}"),
        entry("labs/lab-05-cnn/.cargo/config.toml", b""),
        entry("labs/lab-05-cnn/Cargo.toml", b""),
        entry("labs/lab-05-cnn/src/extra.rs", b""),
        entry("solutions/lab-05-cnn/src/window.rs", b"the solution"),
        entry("labs/lab-05-cnn/target/src/window.rs", b"old"),
    ]))
    .unwrap();
    assert_eq!(found.files["lab-05-cnn"], Files::from([("src/window.rs".into(), b"one".to_vec())]));
    assert_eq!(
        found.notes,
        [
            "not part of a submission: Cargo.toml, build.rs, src/extra.rs",
            "8 files outside the labs skipped unread"
        ]
    );
}

#[test]
fn nested_archives_are_only_files() {
    let inner = raw_zip(&[entry(WINDOW, b"one")]);
    assert!(unzip(&raw_zip(&[entry("inner.zip", &inner)])).unwrap().files.is_empty());
}

#[test]
fn damaged_zip_files_are_refused() {
    let whole = raw_zip(&[entry(WINDOW, b"one")]);
    refused(unzip(b""), "no whole zip file");
    refused(unzip(&whole[..whole.len() - 1]), "no whole zip file");
    refused(unzip(&[b"MZ", whole.as_slice()].concat()), "not where it should be");
    let mut lies = whole.clone();
    let at = whole.len() - 14;
    lies[at..at + 4].copy_from_slice(&[9, 0, 9, 0]);
    refused(unzip(&lies), "directory is damaged");
    lies[at..at + 4].copy_from_slice(&[0, 0, 0, 0]);
    refused(unzip(&lies), "more than it declares");
}

#[test]
fn traps_in_tar_files_are_refused() {
    use ::tar::EntryType;
    let one = |kind, size, data: &[u8]| untar(&gzip(&raw_tar(WINDOW.as_bytes(), kind, size, data)));
    assert_eq!(window_of(one(EntryType::Regular, 3, b"one")).unwrap(), b"one");
    refused(one(EntryType::Symlink, 0, b""), "link");
    refused(one(EntryType::Link, 0, b""), "link");
    refused(one(EntryType::Fifo, 0, b""), "no ordinary file");
    refused(one(EntryType::Char, 0, b""), "no ordinary file");
    refused(one(EntryType::GNUSparse, 0, b""), "no ordinary file");
    refused(one(EntryType::Regular, 1 << 60, b""), "at most");
    refused(one(EntryType::Regular, 200_000, b"short"), "cut off");
    refused(untar(&gzip(&raw_tar(b"../lab-05-cnn/src/window.rs", EntryType::Regular, 0, b""))), "climbs out");
    refused(untar(&gzip(&raw_tar(b"/lab-05-cnn/src/window.rs", EntryType::Regular, 0, b""))), "absolute");
    let twice = [
        raw_tar(WINDOW.as_bytes(), EntryType::Regular, 3, b"one"),
        raw_tar(WINDOW.as_bytes(), EntryType::Regular, 3, b"two"),
    ];
    refused(untar(&gzip(&twice.concat())), "twice");
    let sparse = raw_tar(b"x", EntryType::XHeader, 22, b"22 GNU.sparse.major=1\n");
    refused(
        untar(&gzip(&[sparse, raw_tar(WINDOW.as_bytes(), EntryType::Regular, 0, b"")].concat())),
        "no ordinary file",
    );
    let name = raw_tar(b"l", EntryType::GNULongName, 1 << 20, &vec![b'a'; 1 << 20]);
    refused(untar(&gzip(&name)), "longer than any path");
    let mut checksum = gzip(&raw_tar(WINDOW.as_bytes(), EntryType::Regular, 3, b"one"));
    let at = checksum.len() - 8;
    checksum[at] ^= 1;
    refused(untar(&checksum), "damaged");
    refused(untar(&checksum[..at - 4]), "damaged");
    // Two empty blocks end a tar file; the checksum of what is packed comes after all that follows them.
    let ended = [raw_tar(WINDOW.as_bytes(), EntryType::Regular, 3, b"one"), vec![0; 100_000]].concat();
    let mut checksum = gzip(&ended);
    assert!(untar(&checksum).is_ok());
    let at = checksum.len() - 8;
    checksum[at] ^= 1;
    refused(untar(&checksum), "damaged");
}

#[test]
fn a_tar_bomb_stops_at_the_limit() {
    let bomb = gzip(&raw_tar(b"zeros", ::tar::EntryType::Regular, 1 << 22, &vec![0; 1 << 22]));
    let limited = |limit| take_in(&test_lab(), |intake| tar::read_limited(bomb.as_slice(), limit, intake));
    assert!(limited(1 << 23).is_ok());
    refused(limited(1 << 20), "unpacks to more than");
}

/// Files of a submission, some of which count, in one of the layouts.
fn files() -> impl Strategy<Value = (BTreeMap<String, Vec<u8>>, Files)> {
    let submit = test_lab().submit;
    let data = prop::collection::vec(any::<u8>(), 0..2000);
    let honest = prop::collection::btree_map(prop::sample::select(submit), data.clone(), 0..8);
    let junk = prop::collection::btree_map("[a-z]{1,8}(/[a-z]{1,8}){0,3}\\.(rs|toml|md)", data, 0..8);
    // The last is longer than the header of a tar file has room for.
    let long = format!("{}/labs/", "repository-".repeat(12));
    let prefix =
        prop::sample::select(vec!["".into(), "labs/".into(), "r-main/".into(), "r-main/labs/".into(), long]);
    (honest, junk, prefix).prop_map(|(honest, junk, prefix)| {
        let mut all: BTreeMap<String, Vec<u8>> =
            junk.into_iter().map(|(name, data)| (format!("other/{name}"), data)).collect();
        for (path, data) in &honest {
            all.insert(format!("{prefix}lab-05-cnn/{}", path.display()), data.clone());
        }
        (all, honest)
    })
}

fn only_allowed(found: Result<Found, String>) {
    let Ok(found) = found else { return };
    let lab = test_lab();
    for (id, files) in found.files {
        assert_eq!(id, lab.id());
        for (path, bytes) in files {
            assert!(lab.submit.contains(&path), "{}", path.display());
            assert!(bytes.len() as u64 <= FILE_LIMIT);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn what_is_read_of_an_honest_archive_is_what_was_written((all, honest) in files()) {
        for found in [unzip(&honest_zip(&all)), untar(&honest_tar(&all))] {
            let read = found.unwrap().files.remove("lab-05-cnn").unwrap_or_default();
            prop_assert_eq!(&read, &honest);
        }
    }

    #[test]
    fn no_change_of_bytes_breaks_out(
        (all, _) in files(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let change = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            if cuts {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        };
        only_allowed(unzip(&change(&honest_zip(&all))));
        let tar = honest_tar(&all);
        only_allowed(untar(&change(&tar)));
        // Under the compression, where changes reach the headers.
        let mut plain = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(tar.as_slice()), &mut plain).unwrap();
        only_allowed(untar(&gzip(&change(&plain))));
    }
}
