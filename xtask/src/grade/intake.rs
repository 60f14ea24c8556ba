//! Which entries of a submission count, whatever they come from.
//!
//! Folders, zip and tar files all ask the same [`Intake`] about every entry they meet, by its name alone:
//! [`Intake::offer`] says whether the bytes are wanted. Only files that a lab's `submit` lists are ever read; a trap on
//! the way to one of them (a link, a path that climbs out, two files of one name) refuses the whole submission, and
//! everything else is skipped unread and counted.
//!
//! A lab is looked for as `lab-05-cnn/…` or `labs/lab-05-cnn/…`, both also inside one wrapping folder (GitHub's
//! archives have one: `repository-main/…`). Where only one lab is graded, its files may also lie at the top (`src/…`),
//! or in one wrapping folder together with the lab's `lab.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::grade::refusal::Refusal;
use crate::lab::Lab;
use crate::stubs::Files;

/// The largest file that a student may hand in: far more than any lab needs, and quickly read.
pub(crate) const FILE_LIMIT: u64 = 256 * 1024;
/// The most that is read of one submission, whatever it calls its folders.
const TOTAL_LIMIT: u64 = 16 * 1024 * 1024;
/// More entries than any checkout with its build output has.
const ENTRY_LIMIT: usize = 100_000;
/// How many names a note lists.
const NAMES_SHOWN: usize = 12;
/// More copies of the labs' files than anybody has, each in its own folder.
const WANTED_LIMIT: usize = 1000;
/// No path of a lab is nearly as long.
const PATH_LIMIT: usize = 1024;
/// How deep folders are walked.
const DEPTH_LIMIT: usize = 8;
/// What tells the labs apart.
const MANIFEST: &str = "lab.toml";

/// What an entry is, as its folder or archive declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An ordinary file.
    File,
    /// A folder.
    Folder,
    /// A symbolic or hard link.
    Link,
    /// A device, a pipe, a socket, a sparse file.
    Special,
}

/// A file whose bytes are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    root: Root,
    lab: String,
    file: PathBuf,
    /// The whole path in the submission, for messages.
    pub(crate) shown: PathBuf,
}

/// A folder of the submission that holds a lab. Those that name the lab come before those that merely look like it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Root {
    unnamed: bool,
    folder: String,
}

/// An entry that lies in a lab's folder.
struct Spot<'p> {
    lab: usize,
    root: Root,
    rest: &'p [String],
}

/// What was found so far.
pub(crate) struct Intake<'a> {
    labs: &'a [&'a Lab],
    found: BTreeMap<(String, Root), Files>,
    /// Paths taken, in lower case: two files of one name are one file on many disks.
    claimed: BTreeMap<String, String>,
    /// `lab.toml` of unnamed roots.
    manifests: BTreeMap<String, Vec<u8>>,
    beside: BTreeSet<String>,
    notes: Vec<String>,
    entries: usize,
    wanted: usize,
    skipped: usize,
    total: u64,
}

/// What a submission came to.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The files to grade by lab.
    pub(crate) files: BTreeMap<String, Files>,
    /// Remarks.
    pub(crate) notes: Vec<String>,
}

impl<'a> Intake<'a> {
    /// Nothing yet, of these labs.
    pub(crate) fn new(labs: &'a [&'a Lab]) -> Intake<'a> {
        Intake {
            labs,
            found: BTreeMap::new(),
            claimed: BTreeMap::new(),
            manifests: BTreeMap::new(),
            beside: BTreeSet::new(),
            notes: Vec::new(),
            entries: 0,
            wanted: 0,
            skipped: 0,
            total: 0,
        }
    }

    /// Whether the bytes of this entry are wanted, and for what; an error where it is a trap.
    pub(crate) fn offer(&mut self, name: &[u8], kind: Kind, size: u64) -> Result<Option<Slot>, Refusal> {
        self.entries += 1;
        let shown = PathBuf::from(String::from_utf8_lossy(name).into_owned());
        if self.entries > ENTRY_LIMIT {
            let rule = format!(
                "The submission has more than {ENTRY_LIMIT} entries. Leave out `target` and `.git`, or \
                 hand in only the lab's folder."
            );
            return Err(Refusal::of(shown, rule));
        }
        let parts = match clean(name) {
            Ok(parts) => parts,
            Err(trap) if self.ends_like_a_submitted_file(name) => return Err(Refusal::of(shown, trap)),
            Err(_) => {
                self.skipped += 1;
                return Ok(None);
            }
        };
        let Some(spot) = self.spot(&parts) else {
            if matches!(kind, Kind::Link | Kind::Special) && self.leads_to_labs(&parts) {
                return Err(Refusal::of(shown, not_a_file(kind)));
            }
            self.skipped += usize::from(kind != Kind::Folder);
            return Ok(None);
        };
        let lab = self.labs[spot.lab];
        let rest: PathBuf = spot.rest.iter().collect();
        let submitted = lab.submit.contains(&rest);
        match kind {
            Kind::Link | Kind::Special if lab.submit.iter().any(|file| file.starts_with(&rest)) => {
                return Err(Refusal::of(shown, not_a_file(kind)));
            }
            Kind::Folder if submitted => {
                return Err(Refusal::of(shown, "This is a folder where the lab has a file."));
            }
            Kind::Folder => return Ok(None),
            _ => {}
        }
        let manifest = kind == Kind::File && spot.root.unnamed && rest == Path::new(MANIFEST);
        let likely = lab.submit.iter().find(|file| same_letters(file, &rest)).cloned();
        if likely.is_some() || manifest {
            let whole = parts.join("/");
            if let Some(first) = self.claimed.insert(whole.to_lowercase(), whole.clone()) {
                let rule = format!(
                    "The submission holds this file twice: `{first}` and `{whole}`. Hand in one of them."
                );
                return Err(Refusal::of(shown, rule));
            }
        }
        if !submitted && !manifest {
            if let Some(right) = likely
                && self.notes.len() < NAMES_SHOWN
            {
                self.notes.push(format!(
                    "{whole} is ignored: the lab's file is called {right}, with exactly these letters",
                    whole = parts.join("/"),
                    right = right.display(),
                ));
            }
            let top = match spot.rest {
                [only] => only.clone(),
                // A further source file is worth naming; of other folders the name will do.
                [first, ..] if lab.submit.iter().any(|file| file.starts_with(first)) => spot.rest.join("/"),
                [first, ..] => format!("{first}/"),
                [] => return Ok(None),
            };
            if self.beside.len() < WANTED_LIMIT {
                self.beside.insert(top);
            }
            return Ok(None);
        }
        if size > FILE_LIMIT {
            return Err(too_large(shown, size));
        }
        self.wanted += 1;
        if self.wanted > WANTED_LIMIT {
            return Err(Refusal::of(
                shown,
                "The submission holds the labs many times over. Hand in one copy.",
            ));
        }
        let slot = Slot { root: spot.root, lab: lab.id(), file: rest, shown };
        Ok(Some(slot))
    }

    /// Takes the bytes of a file that was wanted.
    pub(crate) fn put(&mut self, slot: Slot, bytes: Vec<u8>) -> Result<(), Refusal> {
        let size = bytes.len() as u64;
        if size > FILE_LIMIT {
            return Err(too_large(slot.shown, size));
        }
        self.total += size;
        if self.total > TOTAL_LIMIT {
            let rule = format!("The submission's files have more than {TOTAL_LIMIT} bytes together.");
            return Err(Refusal::of(slot.shown, rule));
        }
        if slot.root.unnamed && slot.file == Path::new(MANIFEST) {
            self.manifests.insert(slot.root.folder, bytes);
        } else {
            self.found.entry((slot.lab, slot.root)).or_default().insert(slot.file, bytes);
        }
        Ok(())
    }

    /// Whether anything below this folder could be wanted.
    pub(crate) fn enters(&self, name: &[u8]) -> bool {
        match clean(name) {
            Ok(parts) => {
                parts.len() <= DEPTH_LIMIT
                    && !is_junk(&parts)
                    && (parts.len() <= 1
                        || (parts.len() == 2 && parts[1] == "labs")
                        || self.spot(&parts).is_some())
            }
            Err(_) => false,
        }
    }

    /// The files by lab, once all entries were offered.
    pub(crate) fn finish(mut self) -> Result<Found, Refusal> {
        let mut files: BTreeMap<String, (Root, Files)> = BTreeMap::new();
        for ((lab, root), these) in std::mem::take(&mut self.found) {
            if root.unnamed && !self.manifest_agrees(&root)? {
                continue;
            }
            // The roots come in their order, so a named one is there before an unnamed one.
            match files.get(&lab) {
                Some((first, _)) if first.unnamed == root.unnamed => {
                    let rule = format!(
                        "The submission holds {lab} twice, in `{}` and in `{}`. Hand in one of them.",
                        or_top(&first.folder),
                        or_top(&root.folder)
                    );
                    return Err(Refusal::of(root.folder, rule));
                }
                Some(_) => {}
                None => {
                    files.insert(lab, (root, these));
                }
            }
        }
        if !self.beside.is_empty() {
            let more = self.beside.len().saturating_sub(NAMES_SHOWN);
            let shown: Vec<String> = self.beside.into_iter().take(NAMES_SHOWN).collect();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            self.notes.push(format!("not part of a submission: {}{more}", shown.join(", ")));
        }
        if self.skipped > 0 {
            let files = if self.skipped == 1 { "file" } else { "files" };
            self.notes.push(format!("{} {files} outside the labs skipped unread", self.skipped));
        }
        Ok(Found {
            files: files.into_iter().map(|(lab, (_, files))| (lab, files)).collect(),
            notes: self.notes,
        })
    }

    /// Whether a folder that does not name its lab is the lab that is graded, as far as its `lab.toml` tells.
    fn manifest_agrees(&self, root: &Root) -> Result<bool, Refusal> {
        let Some(bytes) = self.manifests.get(&root.folder) else {
            return Ok(root.folder.is_empty());
        };
        let lab = self.labs[0];
        let text = String::from_utf8_lossy(bytes);
        let number =
            toml::from_str::<toml::Table>(&text).ok().and_then(|table| table.get("number")?.as_integer());
        match number {
            Some(number) if number != i64::from(lab.number) => {
                let rule = format!("This is lab {number:02}, but {} is being graded.", lab.id());
                Err(Refusal::of(Path::new(&root.folder).join(MANIFEST), rule))
            }
            _ => Ok(true),
        }
    }

    /// The lab's folder that the path lies in.
    fn spot<'p>(&self, parts: &'p [String]) -> Option<Spot<'p>> {
        if is_junk(parts) || parts.first().is_some_and(|first| first == "solutions") {
            return None;
        }
        for (depth, part) in parts.iter().enumerate().take(3) {
            if depth == 2 && parts[1] != "labs" || depth == 1 && part == "labs" {
                continue;
            }
            if let Some(lab) = self.labs.iter().position(|lab| lab.id() == *part) {
                let root = Root { unnamed: false, folder: parts[..=depth].join("/") };
                return Some(Spot { lab, root, rest: &parts[depth + 1..] });
            }
        }
        let [lab] = self.labs else { return None };
        let begins = |part: &String| part == MANIFEST || lab.submit.iter().any(|file| file.starts_with(part));
        let depth = parts.iter().take(2).position(begins)?;
        let root = Root { unnamed: true, folder: parts[..depth].join("/") };
        Some(Spot { lab: 0, root, rest: &parts[depth..] })
    }

    /// Whether the folder that holds the labs would be called so.
    fn leads_to_labs(&self, parts: &[String]) -> bool {
        parts.len() <= 2 && parts.last().is_some_and(|last| last == "labs")
    }

    /// Whether a path that is not clean was meant to be, or to be taken for, a file that counts.
    fn ends_like_a_submitted_file(&self, name: &[u8]) -> bool {
        let name = String::from_utf8_lossy(name).replace('\\', "/").to_lowercase();
        self.labs.iter().flat_map(|lab| &lab.submit).any(|file| {
            let file = file.to_string_lossy().replace('\\', "/").to_lowercase();
            // Where letters are broken, the file's place alone tells.
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            name.ends_with(&file) || name.contains('\u{fffd}') && name.contains(folder)
        })
    }
}

/// The parts of a relative path; an error says why it is no honest one.
fn clean(name: &[u8]) -> Result<Vec<String>, &'static str> {
    if name.len() > PATH_LIMIT {
        return Err("The path is longer than 1024 bytes.");
    }
    let name = str::from_utf8(name)
        .map_err(|_| "The name is not UTF-8. Give files the names that the lab gave them.")?;
    if name.contains('\\') {
        return Err(
            "The path has backslashes. Pack again with a program that writes `/` between folders, as `git \
             archive` and `tar` do.",
        );
    }
    if name.starts_with('/') || name.split('/').next().is_some_and(|first| first.contains(':')) {
        return Err("The path is absolute. Pack the lab's folder by its relative path.");
    }
    if name.chars().any(char::is_control) {
        return Err("The name has control characters. Give files the names that the lab gave them.");
    }
    let parts: Vec<String> =
        name.split('/').filter(|part| !part.is_empty() && *part != ".").map(String::from).collect();
    if parts.iter().any(|part| part == "..") {
        return Err(
            "The path climbs out of the submission with `..`. Pack the lab's folder by its relative path.",
        );
    }
    Ok(parts)
}

/// Build output, version control and what desktops leave behind.
fn is_junk(parts: &[String]) -> bool {
    parts.iter().any(|part| part == "target" || part == "__MACOSX" || part.starts_with('.'))
}

/// Whether two paths are one on a disk that does not tell capitals from small letters.
fn same_letters(a: &Path, b: &Path) -> bool {
    a.to_string_lossy().to_lowercase() == b.to_string_lossy().to_lowercase()
}

fn not_a_file(kind: Kind) -> &'static str {
    match kind {
        Kind::Link => "This is a link. A submission must hold the file itself.",
        _ => "This is no ordinary file. A submission must hold the file itself.",
    }
}

fn or_top(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

/// A file is larger than [`FILE_LIMIT`].
pub(crate) fn too_large(file: impl Into<PathBuf>, size: u64) -> Refusal {
    let rule = format!("The file has {size} bytes; at most {FILE_LIMIT} are accepted.");
    Refusal::of(file, rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::submission::test_lab;

    #[test]
    fn entries_copies_and_bytes_are_bounded() {
        let lab = test_lab();
        let labs = [&lab];
        let offer_many = |name: fn(usize) -> String| {
            let mut intake = Intake::new(&labs);
            (0..=ENTRY_LIMIT)
                .find_map(|i| intake.offer(name(i).as_bytes(), Kind::File, 0).err())
                .unwrap()
                .rule
        };
        assert!(offer_many(|i| format!("target/{i}")).contains("more than 100000 entries"));
        assert!(offer_many(|i| format!("{i}/lab-05-cnn/src/window.rs")).contains("many times over"));
        assert!(
            offer_many(|_| format!("{}/lab-05-cnn/src/window.rs", "a".repeat(1024))).contains("longer than")
        );

        let mut intake = Intake::new(&labs);
        let refusal = (0..WANTED_LIMIT).find_map(|i| {
            let slot = intake.offer(format!("{i}/lab-05-cnn/src/window.rs").as_bytes(), Kind::File, 0);
            intake.put(slot.unwrap().unwrap(), vec![0; FILE_LIMIT as usize]).err()
        });
        assert!(refusal.unwrap().rule.contains("16777216 bytes together"));
        assert!(intake.total <= TOTAL_LIMIT + FILE_LIMIT);
    }
}
