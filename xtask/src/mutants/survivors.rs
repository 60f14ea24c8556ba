//! `MUTANTS.md`: why the mutants that survive a lab's checks may.
//!
//! ```text
//! - `src/window.rs: replace < with <= in Window::source`: the place n is never asked for, since …
//! ```
//!
//! Each item is a mutant's name and the reason, which may go on in indented lines. All other text is for people.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::lab::{Edition, Lab};

/// The file's name.
pub(crate) const FILE: &str = "MUTANTS.md";

/// Reasons by the names of the mutants.
pub(crate) type Explained = BTreeMap<String, String>;

/// What the lab's file says. A lab without the file explains nothing.
pub(crate) fn read(lab: &Lab) -> Result<Explained> {
    let shown = lab.relative_dir(Edition::Solution).join(FILE);
    match fs::read_to_string(lab.root().join(&shown)) {
        Ok(text) => parse(&shown, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Explained::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", shown.display())),
    }
}

fn parse(shown: &Path, text: &str) -> Result<Explained> {
    let file = shown.display();
    let mut explained = Explained::new();
    let mut current: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if let Some(item) = line.strip_prefix("- ") {
            let parts = item.strip_prefix('`').and_then(|item| item.split_once("`:"));
            let Some((name, reason)) = parts else {
                bail!("{file}:{number}: write a survivor as - `src/file.rs: replace … in function`: reason");
            };
            ensure!(
                explained.insert(name.to_string(), reason.trim().to_string()).is_none(),
                "{file}:{number}: `{name}` is explained twice"
            );
            current = Some(name.to_string());
        } else if line.starts_with("  ") {
            if let Some(reason) = current.as_ref().and_then(|name| explained.get_mut(name)) {
                *reason = format!("{reason} {}", line.trim()).trim().to_string();
            }
        } else {
            current = None;
        }
    }
    match explained.iter().find(|(_, reason)| reason.is_empty()) {
        Some((name, _)) => bail!("{file}: `{name}` has no reason"),
        None => Ok(explained),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    fn parsed(text: &str) -> Result<Explained> {
        parse(Path::new("MUTANTS.md"), text)
    }

    #[test]
    fn an_item_is_a_name_and_a_reason() {
        let text = "# Survivors\n\nProse.\n\n- `src/a.rs: replace < with <= in A::f`: is\n  equal.\n- `b: c`: d\n\nEnd.\n";
        let explained = parsed(text).unwrap();
        assert_eq!(explained.len(), 2);
        assert_eq!(explained["src/a.rs: replace < with <= in A::f"], "is equal.");
        assert_eq!(explained["b: c"], "d");
    }

    #[test]
    fn an_item_without_name_or_reason_is_an_error() {
        let message = |text| parsed(text).unwrap_err().to_string();
        assert!(message("\n- src/a.rs: replace\n").starts_with("MUTANTS.md:2: write a survivor as"));
        assert!(message("- `a`:\n").contains("`a` has no reason"));
        assert!(message("- `a`: b\n- `a`: b\n").contains("MUTANTS.md:2: `a` is explained twice"));
    }

    /// The function in which a mutant is: cargo-mutants writes `replace < with <= in Window::source` and
    /// `replace Window::source -> Option<usize> with None`.
    fn function(words: &str) -> Option<&str> {
        let words = words.split(" (").next()?;
        let path = match words.rsplit_once(" in ") {
            Some((_, path)) => path,
            None => words.strip_prefix("replace ")?.split([' ']).next()?,
        };
        path.rsplit("::").next()
    }

    #[test]
    fn all_that_is_explained_exists() {
        let workspace = Workspace::open(None).unwrap();
        for lab in workspace.labs.iter().filter(|lab| lab.has(Edition::Solution)) {
            for name in read(lab).unwrap().keys() {
                let (file, words) = name.split_once(": ").unwrap_or_else(|| panic!("{name}"));
                assert!(lab.submit.iter().any(|submitted| submitted == Path::new(file)), "{name}");
                let text = fs::read_to_string(lab.dir(Edition::Solution).join(file)).unwrap();
                let function = function(words).unwrap_or_else(|| panic!("{name}"));
                let defined = [format!("fn {function}("), format!("fn {function}<")];
                assert!(defined.iter().any(|start| text.contains(start)), "{name}: no function {function}");
            }
        }
    }
}
