//! What the runner remembers between two commands: `.progress`, a small text file at the root that git ignores.
//!
//! ```text
//! lab-05-cnn done 1
//! lab-05-cnn failing conv2d_equals_seven_loops
//! lab-05-cnn hints 2 conv2d_equals_seven_loops
//! ```
//!
//! It is a convenience and never an authority: unreadable lines are dropped with a note, deleting it loses nothing
//! but the table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::terminal::{YELLOW, count};
use crate::workspace::write_atomically;

const HEADER: &str =
    "# What `cargo xtask` remembers of your work. Nothing depends on it; delete it to start over.\n";

/// What is known of one lab.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LabProgress {
    /// The steps whose checks all passed when they last ran.
    pub(crate) done: BTreeSet<String>,
    /// The first check that failed in the last run.
    pub(crate) failing: Option<String>,
    /// How many hints were shown, by check.
    pub(crate) hints: BTreeMap<String, usize>,
}

/// The whole file.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Progress {
    labs: BTreeMap<String, LabProgress>,
    path: PathBuf,
}

impl Progress {
    /// Reads the file below `root`. What cannot be read counts as not there, with a note on stderr.
    pub(crate) fn load(root: &Path) -> Progress {
        let path = root.join(".progress");
        let mut progress = Progress { labs: BTreeMap::new(), path };
        let note = |what: String| {
            anstream::eprintln!("{YELLOW}note:{YELLOW:#} {what}; the next `test` writes it anew");
        };
        match fs::read_to_string(&progress.path) {
            Ok(text) => {
                let unreadable = progress.parse(&text);
                if unreadable > 0 {
                    note(format!(
                        "{} of {} cannot be read and {} left out",
                        count(unreadable, "line"),
                        progress.path.display(),
                        if unreadable == 1 { "is" } else { "are" }
                    ));
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => note(format!("{} cannot be read ({error})", progress.path.display())),
        }
        progress
    }

    /// Takes in the readable lines and returns how many are not.
    fn parse(&mut self, text: &str) -> usize {
        let mut unreadable = 0;
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                [lab, "done", step] => {
                    self.lab_mut(lab).done.insert(step.to_string());
                }
                [lab, "failing", check] => self.lab_mut(lab).failing = Some(check.to_string()),
                [lab, "hints", shown, check] => match shown.parse() {
                    Ok(shown) => {
                        self.lab_mut(lab).hints.insert(check.to_string(), shown);
                    }
                    Err(_) => unreadable += 1,
                },
                _ => unreadable += 1,
            }
        }
        unreadable
    }

    /// What is known of the lab with this id.
    pub(crate) fn lab(&self, id: &str) -> LabProgress {
        self.labs.get(id).cloned().unwrap_or_default()
    }

    /// The same, to be changed.
    pub(crate) fn lab_mut(&mut self, id: &str) -> &mut LabProgress {
        self.labs.entry(id.to_string()).or_default()
    }

    /// Writes the file, whole or not at all.
    pub(crate) fn save(&self) -> Result<()> {
        write_atomically(&self.path, self.to_text().as_bytes())
    }

    fn to_text(&self) -> String {
        let mut text = HEADER.to_string();
        for (id, lab) in &self.labs {
            for step in &lab.done {
                text += &format!("{id} done {step}\n");
            }
            if let Some(check) = &lab.failing {
                text += &format!("{id} failing {check}\n");
            }
            for (check, shown) in &lab.hints {
                text += &format!("{id} hints {shown} {check}\n");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_rubbish_is_counted() {
        let mut progress = Progress::default();
        let lab = progress.lab_mut("lab-05-cnn");
        lab.done.extend(["1".to_string(), "2".to_string()]);
        lab.failing = Some("conv".into());
        lab.hints.insert("conv".into(), 2);
        let mut copy = Progress::default();
        assert_eq!(copy.parse(&progress.to_text()), 0);
        assert_eq!(copy, progress);
        assert_eq!(copy.parse("\u{0}\u{7f}rubbish\nlab-05-cnn hints many conv\n# fine\n\n"), 2);
        assert_eq!(copy, progress);
    }
}
