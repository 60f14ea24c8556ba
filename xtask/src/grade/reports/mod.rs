//! Reports: what instructors upload and read, and what students are given, written from the results.
//!
//! All are projections of the same results, so they can be written again at any time. The same results give the same
//! bytes, in whatever order they come. In the folder of the reports:
//!
//! | file                     | for          | what                                                      |
//! |--------------------------|--------------|-----------------------------------------------------------|
//! | `index.html`             | instructors  | the gradebook as a page ([`pages`])                       |
//! | `gradebook.csv`          | instructors  | points by student and lab ([`gradebook`])                 |
//! | `checks.csv`             | instructors  | outcomes by student and check ([`gradebook`])             |
//! | `junit.xml`              | instructors  | the same for continuous integration ([`junit`])           |
//! | `results.jsonl`          | programs     | the results, whole, one a line ([`lines`])                |
//! | `students/NAME.html`     | the student  | what a student may see of the own submission ([`pages`])  |
//! | `gradescope/NAME.json`   | Gradescope   | `results.json` of each submission ([`gradescope`])        |

// Until `cargo xtask grade` calls it.
#[cfg(test)]
mod browser;
mod class;
mod gradebook;
mod gradescope;
mod junit;
pub(crate) mod lines;
mod pages;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod schema;
mod story;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

pub(crate) use crate::cli::Visibility;
use crate::grade::results::LabResult;
use crate::workspace::{UNFINISHED, write_atomically};
use class::Class;

/// What an instructor decides about the reports.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The course, as the heading of the pages.
    pub(crate) title: String,
    /// When students see hidden checks.
    pub(crate) hidden: Visibility,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { title: "Deep learning labs".into(), hidden: Visibility::AfterPublished }
    }
}

#[cfg(test)]
impl Visibility {
    const ALL: [Visibility; 4] =
        [Visibility::Hidden, Visibility::AfterDueDate, Visibility::AfterPublished, Visibility::Visible];
}

/// Writes all reports into `dir`, each file whole or not at all, and removes those of students who are no more.
///
/// `dir/students` and `dir/gradescope` belong to the reports.
///
/// # Errors
///
/// Two different results of a student for one lab, or a file that cannot be written.
pub(crate) fn write_all(dir: &Path, results: &[LabResult], settings: &Settings) -> Result<()> {
    let class = Class::new(results)?;
    let files = file_names(class.submissions.iter().map(|submission| submission.student))?;
    write_atomically(&dir.join("results.jsonl"), lines::write(&class)?.as_bytes())?;
    write_atomically(&dir.join("gradebook.csv"), &gradebook::grades(&class)?)?;
    write_atomically(&dir.join("checks.csv"), &gradebook::checks(&class)?)?;
    write_atomically(&dir.join("junit.xml"), &junit::write(&class)?)?;
    for submission in &class.submissions {
        let file = &files[submission.student];
        let page = pages::student(submission, settings);
        write_atomically(&dir.join(format!("students/{file}.html")), page.as_bytes())?;
        let upload = gradescope::write(submission, settings)?;
        write_atomically(&dir.join(format!("gradescope/{file}.json")), upload.as_bytes())?;
    }
    remove_stale(&dir.join("students"), "html", &files)?;
    remove_stale(&dir.join("gradescope"), "json", &files)?;
    write_atomically(&dir.join("index.html"), pages::index(&class, &files, settings).as_bytes())
}

/// Removes the files with this extension that nobody in `files` has, and what an interrupted write left.
fn remove_stale(dir: &Path, extension: &str, files: &FileNames<'_>) -> Result<()> {
    if !dir.is_dir() {
        return Ok(());
    }
    let current: BTreeSet<String> = files.values().map(|file| format!("{file}.{extension}")).collect();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.ends_with(&format!(".{extension}")) || name.starts_with(UNFINISHED);
        if ours && !current.contains(&name) && !entry.file_type()?.is_dir() {
            let path = entry.path();
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// The name of each student's files, without an extension.
type FileNames<'a> = BTreeMap<&'a str, String>;

/// Names for the files of these students, no two of which any file system takes for the same.
fn file_names<'a>(students: impl Iterator<Item = &'a str>) -> Result<FileNames<'a>> {
    let names: FileNames<'_> = students.map(|student| (student, file_name(student))).collect();
    let mut taken = BTreeMap::new();
    for (student, name) in &names {
        if let Some(other) = taken.insert(name, student) {
            bail!("{other:?} and {student:?} would have the same file {name}");
        }
    }
    Ok(names)
}

/// `ada` for `ada`; for a name that is not safe as it is, what is safe of it and a part of its digest.
///
/// The `~` before the digest is in no safe name, so nobody can call themselves by the file of another.
fn file_name(student: &str) -> String {
    const MOST: usize = 40;
    // Devices on Windows, with whatever extension.
    const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
    let is_safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let lower = student.to_lowercase();
    let safe: String = lower.chars().map(|c| if is_safe(c) { c } else { '-' }).take(MOST).collect();
    let safe = safe.trim_matches(['-', '.']);
    let stem = safe.split('.').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    if safe == student && !safe.is_empty() && !RESERVED.contains(&stem) {
        return safe.to_string();
    }
    let digest = Sha256::digest(student.as_bytes());
    let digest: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{}~{digest}", safe.replace('.', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every file under `dir`, with its bytes.
    fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                let name = path.file_name().unwrap().to_str().unwrap().to_string();
                files.extend(tree(&path).into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
            } else {
                files.insert(path.file_name().unwrap().to_str().unwrap().into(), fs::read(&path).unwrap());
            }
        }
        files
    }

    fn written(results: &[LabResult]) -> BTreeMap<String, Vec<u8>> {
        let dir = tempfile::tempdir().unwrap();
        write_all(dir.path(), results, &Settings::default()).unwrap();
        tree(dir.path())
    }

    #[test]
    fn the_same_results_give_the_same_bytes_in_any_order() {
        let mut results = sample::class();
        let files = written(&results);
        for _ in 0..2 {
            results.rotate_left(5);
            assert!(written(&results) == files);
        }
        results.reverse();
        results.push(results[0].clone());
        assert!(written(&results) == files);
        let lines = std::str::from_utf8(&files["results.jsonl"]).unwrap().lines();
        let back: Vec<LabResult> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(written(&back) == files);
    }

    #[test]
    fn reports_of_students_who_are_no_more_go_and_foreign_files_stay() {
        let dir = tempfile::tempdir().unwrap();
        let results = sample::class();
        let settings = Settings::default();
        write_all(dir.path(), &results, &settings).unwrap();
        for file in ["students/.new-x", "students/notes.txt", "notes.html"] {
            fs::write(dir.path().join(file), "x").unwrap();
        }
        let [ada] = [sample::mixed("ada", "lab-05-cnn")];
        write_all(dir.path(), &[ada], &settings).unwrap();
        let files: Vec<String> = tree(dir.path()).into_keys().collect();
        let expected = [
            "checks.csv",
            "gradebook.csv",
            "gradescope/ada.json",
            "index.html",
            "junit.xml",
            "notes.html",
            "results.jsonl",
            "students/ada.html",
            "students/notes.txt",
        ];
        assert_eq!(files, expected);
    }

    #[test]
    fn nobody_submitting_is_no_error() {
        assert_eq!(written(&[]).len(), 5);
    }

    #[test]
    fn names_of_files_are_safe_and_different() {
        assert_eq!(file_name("ada.l-99_x"), "ada.l-99_x");
        let long = "x".repeat(1000);
        let longer = "x".repeat(1001);
        let students = [
            "ada",
            "Ada",
            "ADA",
            "a/b",
            "a\\b",
            "../../etc/passwd",
            "..",
            ".",
            "",
            " ",
            "con",
            "con.x",
            "CON",
            "com1",
            "aux.html",
            "zoë",
            "zoe\u{308}",
            "\u{0}",
            "a:b",
            "-rf",
            ".hidden",
            "ada.",
            "ada ",
            "学生",
            &long,
            &longer,
            "ada~0123456789ab",
            "<script>",
            "a\u{202e}b",
        ];
        let names = file_names(students.into_iter()).unwrap();
        let different: BTreeSet<String> = names.values().map(|name| name.to_lowercase()).collect();
        assert_eq!(different.len(), students.len());
        for name in names.values() {
            let mut chars = name.chars();
            assert!(chars.next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '~'), "{name}");
            assert!(chars.all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c)), "{name}");
            assert!(name.len() <= 60 && !name.contains(".."), "{name}");
            let stem = name.split('.').next().unwrap();
            assert!(!["con", "aux", "com1"].contains(&stem), "{name}");
        }
    }
}
