//! What the paths on the command line mean, and what each submission holds.
//!
//! [`find`] lists who handed something in, without opening it; [`Handed::read`] reads one of them. So a class of
//! 300 is known at once, with all its double ids, and only one submission is ever in memory.
//!
//! # One submission or a folder of them
//!
//! An archive is one submission. A folder is one submission if a lab lies in it under its own name (`labs/lab-05-cnn`
//! or `lab-05-cnn`, holding a `lab.toml` or a file to hand in), or, where one lab is graded, if it holds that
//! lab's `lab.toml` or a file to hand in at the top. Every other folder is a folder of submissions: each folder and
//! archive in it is one, whatever it holds, so that a submission in which no lab is found becomes a row that says so.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::grade::archive::{self, Format};
use crate::grade::folder;
use crate::grade::intake::{Found, Intake};
use crate::grade::refusal::Refusal;
use crate::grade::roster::{Roster, check_id};
use crate::lab::Lab;
use crate::stubs::Files;

/// What Moodle appends to the name of a student's folder.
const MOODLE: &str = "_assignsubmission_";

/// Everything that was handed in, in the order of the students' ids.
#[derive(Debug)]
pub(crate) struct Batch {
    /// One for each student.
    pub(crate) handed: Vec<Handed>,
    /// Remarks on what belongs to nobody.
    pub(crate) notes: Vec<String>,
}

/// A submission that was not opened yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Handed {
    /// The id of the student.
    pub(crate) student: String,
    /// The name for people, where the roster has one.
    pub(crate) name: Option<String>,
    /// The folder or archive.
    pub(crate) origin: PathBuf,
    form: Form,
    notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    Folder,
    Archive(Format),
    Unreadable(&'static str),
}

/// A submission as it was read.
#[derive(Debug)]
pub(crate) struct Submission {
    /// The id of the student.
    pub(crate) student: String,
    /// The name for people, where the roster has one.
    pub(crate) name: Option<String>,
    /// By the lab's id, the files that its `submit` lists.
    pub(crate) files: BTreeMap<String, Files>,
    /// Remarks that cost nothing.
    pub(crate) notes: Vec<String>,
    /// Why nothing of it can be graded.
    pub(crate) problem: Option<Refusal>,
}

/// All submissions at these paths. The labs are those that will be graded.
///
/// # Errors
/// A path or the roster cannot be read, or two submissions belong to one student.
pub(crate) fn find(paths: &[PathBuf], labs: &[&Lab], roster: Option<&Path>) -> Result<Batch> {
    let mut roster = match roster {
        Some(path) => Some((Roster::read(path)?, path)),
        None => None,
    };
    let mut notes = Vec::new();
    let mut entries = Vec::new();
    for path in paths {
        // The path itself comes from the user: `.` gets its name, and a link is followed.
        let path = path.canonicalize().with_context(|| format!("there is no {}", path.display()))?;
        if !path.is_dir() {
            match form_of(&path)? {
                Some(form) => entries.push((path, form)),
                None => bail!("{} is neither a folder nor a .zip, .tar.gz or .tgz", path.display()),
            }
        } else if is_submission(&path, labs) {
            entries.push((path, Form::Folder));
        } else {
            let before = entries.len();
            for entry in list(&path)? {
                match form_of(&entry)? {
                    Some(form) => entries.push((entry, form)),
                    None => notes.push(format!("{} is no submission", entry.display())),
                }
            }
            ensure!(
                entries.len() > before,
                "{} holds no submissions: neither a lab nor folders or archives of students",
                path.display()
            );
        }
    }
    let mut by_id: BTreeMap<String, Handed> = BTreeMap::new();
    for (origin, form) in entries {
        let handed = hand_in(origin, form, roster.as_mut().map(|(roster, _)| roster));
        // Ids become names of files, which many disks do not tell apart by capitals.
        let key = handed.student.to_lowercase();
        if let Some(other) = by_id.get(&key) {
            bail!(
                "two submissions belong to student `{}`: {} and {}; remove or rename one, or give a --roster",
                handed.student.escape_debug(),
                other.origin.display(),
                handed.origin.display()
            );
        }
        by_id.insert(key, handed);
    }
    if let Some((roster, path)) = &roster {
        notes.extend(roster.rest().map(|(submission, row)| {
            format!(
                "{}:{}: there is no submission `{submission}` ({})",
                path.display(),
                row.line,
                row.student
            )
        }));
    }
    Ok(Batch { handed: by_id.into_values().collect(), notes })
}

fn hand_in(origin: PathBuf, form: Form, roster: Option<&mut Roster>) -> Handed {
    let entry = origin.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = match form {
        Form::Folder => entry.as_str(),
        _ => archive::split(&entry).map_or(entry.as_str(), |(stem, _)| stem),
    };
    let own = stem.split(MOODLE).next().filter(|name| !name.is_empty()).unwrap_or(stem).trim();
    let mut notes = Vec::new();
    let row = roster.and_then(|roster| {
        let row = roster.take(&[&entry, stem, own]);
        if row.is_none() {
            notes.push(format!("{entry:?} is not in the roster"));
        }
        row
    });
    let (student, name) = match row {
        Some(row) => (row.student, row.name),
        None => (safe_id(own), None),
    };
    Handed { student, name, origin, form, notes }
}

/// An id for a submission whose name may hold anything.
fn safe_id(name: &str) -> String {
    if check_id(name).is_ok() && !name.is_empty() {
        return name.to_string();
    }
    let safe = |c: char| if check_id(&format!("_{c}")).is_ok() { c } else { '_' };
    let mut id: String = name.chars().map(safe).collect();
    while id.len() > 100 {
        id.pop();
    }
    if id.is_empty() || id.starts_with('.') {
        id.insert(0, '_');
    }
    id
}

/// How an entry is to be read; `None` for what nobody hands in.
fn form_of(path: &Path) -> Result<Option<Form>> {
    let file_type =
        fs::symlink_metadata(path).with_context(|| format!("cannot examine {}", path.display()))?.file_type();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unreadable = |why| Some(Form::Unreadable(why));
    Ok(match archive::split(&name) {
        _ if name.starts_with('.') || name == "__MACOSX" => None,
        _ if file_type.is_dir() => Some(Form::Folder),
        _ if file_type.is_symlink() => {
            unreadable("This is a link. A submission must be a folder or an archive itself.")
        }
        Some(_) if !file_type.is_file() => unreadable("This is no ordinary file."),
        Some((_, Some(format))) => Some(Form::Archive(format)),
        Some((_, None)) => unreadable("Archives of this kind are not read. Hand in a .zip, .tar.gz or .tgz."),
        None => None,
    })
}

/// The entries of a folder in the order of their names.
fn list(dir: &Path) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot list {}", dir.display());
    let entries =
        fs::read_dir(dir).with_context(cannot)?.collect::<Result<Vec<_>, _>>().with_context(cannot)?;
    let mut paths: Vec<PathBuf> = entries.iter().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// Whether a folder is one submission; see the module's rule.
fn is_submission(dir: &Path, labs: &[&Lab]) -> bool {
    let is_real = |path: &Path| fs::symlink_metadata(path).is_ok();
    let holds = |dir: &Path, lab: &Lab| {
        is_real(&dir.join("lab.toml")) || lab.submit.iter().any(|file| is_real(&dir.join(file)))
    };
    let named = labs
        .iter()
        .any(|lab| holds(&dir.join("labs").join(lab.id()), lab) || holds(&dir.join(lab.id()), lab));
    named || matches!(labs, [lab] if holds(dir, lab))
}

impl Handed {
    /// Opens and reads it. What is wrong with it is the submission's `problem`, never an error of the batch.
    pub(crate) fn read(&self, labs: &[&Lab]) -> Submission {
        let mut submission = Submission {
            student: self.student.clone(),
            name: self.name.clone(),
            files: BTreeMap::new(),
            notes: self.notes.clone(),
            problem: None,
        };
        match self.files(labs) {
            Ok(found) => {
                submission.files = found.files;
                submission.notes.extend(found.notes);
            }
            Err(problem) => submission.problem = Some(problem),
        }
        submission
    }

    fn files(&self, labs: &[&Lab]) -> Result<Found, Refusal> {
        let shown = self.origin.file_name().unwrap_or_default();
        let found = match self.form {
            Form::Unreadable(why) => return Err(Refusal::of(shown, why)),
            Form::Archive(format) => read_archive(&self.origin, format, labs)?,
            Form::Folder => {
                let mut intake = Intake::new(labs);
                folder::read(&self.origin, &mut intake)?;
                let found = intake.finish()?;
                if found.files.is_empty() { self.inner_archive(labs)?.unwrap_or(found) } else { found }
            }
        };
        if found.files.is_empty() {
            let ids: Vec<String> = labs.iter().map(|lab| lab.id()).collect();
            let rule = format!(
                "No file of {} was found. Hand in the folder `labs` of your checkout, or a lab's folder \
                 under its own name.",
                ids.join(", ")
            );
            return Err(Refusal::of(shown, rule));
        }
        Ok(found)
    }

    /// What is in the one archive of a folder without labs, as Moodle lays it out.
    fn inner_archive(&self, labs: &[&Lab]) -> Result<Option<Found>, Refusal> {
        let shown = self.origin.file_name().unwrap_or_default();
        let failed =
            |error: anyhow::Error| Refusal::of(shown, format!("The folder cannot be read: {error:#}."));
        let mut archives = Vec::new();
        for path in list(&self.origin).map_err(failed)? {
            match form_of(&path).map_err(failed)? {
                Some(Form::Archive(format)) => archives.push((path, format)),
                Some(Form::Unreadable(why)) => {
                    return Err(Refusal::of(path.file_name().unwrap_or_default(), why));
                }
                Some(Form::Folder) | None => {}
            }
        }
        match archives.as_slice() {
            [] => Ok(None),
            [(path, format)] => read_archive(path, *format, labs).map(Some),
            [(one, _), (other, _), ..] => {
                let name = |path: &Path| path.file_name().unwrap_or_default().display().to_string();
                let rule =
                    format!("There are several archives, {} and {}. Leave only one.", name(one), name(other));
                Err(Refusal::of(shown, rule))
            }
        }
    }
}

fn read_archive(path: &Path, format: Format, labs: &[&Lab]) -> Result<Found, Refusal> {
    let mut intake = Intake::new(labs);
    archive::read(path, format, &mut intake)?;
    intake.finish()
}

/// Lab 05 of this repository.
#[cfg(test)]
pub(crate) fn test_lab() -> Lab {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    Lab::read(root, &root.join("solutions/lab-05-cnn")).unwrap()
}

#[cfg(test)]
mod tests;
