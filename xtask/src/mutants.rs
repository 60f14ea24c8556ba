//! Mutants of a reference: what cargo-mutants would change in the code that students write.
//!
//! cargo-mutants (<https://mutants.rs>) is asked for its list only: `<` for `<=`, `+` for `-`, a body for a constant. To
//! try them itself it would have cargo build each one, and could not cage them; here they are source texts, which
//! the grader compiles and judges like submissions. Code that students are given is not under test: of its mutants,
//! those that touch a marked region are kept.

pub(crate) mod survivors;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::cargo;
use crate::lab::{Edition, Lab};
use crate::stubs::{Files, Source};
use crate::variants;
use crate::workspace::Workspace;

const INSTALL: &str =
    "`cargo mutants` does not run here; install it with `cargo install cargo-mutants --locked`";

/// One change to a reference.
#[derive(Debug)]
pub(crate) struct Mutant {
    /// `src/window.rs: replace < with <= in Window::source`: cargo-mutants' own words, without the line.
    ///
    /// Where a function has several mutants of the same words, they are numbered: ` (2 of 3)`.
    pub(crate) name: String,
    /// The file, relative to the crate.
    pub(crate) file: PathBuf,
    /// Where the change begins, from 1.
    pub(crate) line: usize,
    /// The file's text after the change.
    text: String,
}

impl Mutant {
    /// The solution with this change.
    pub(crate) fn files(&self, reference: &Files) -> Files {
        let mut files = reference.clone();
        files.insert(self.file.clone(), self.text.clone().into_bytes());
        files
    }
}

/// A line of `cargo mutants --list --json`, as far as it matters.
#[derive(Debug, Deserialize)]
struct Listed {
    /// `solutions/lab-05-cnn/src/window.rs:98:9: replace …`
    name: String,
    /// Relative to the workspace.
    file: PathBuf,
    replacement: String,
    span: Span,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Span {
    start: Position,
    /// The first character that is not meant.
    end: Position,
}

/// Line and column, from 1, in characters.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

/// The solution without its markers, which mutants are laid over, and all mutants of its marked regions.
pub(crate) fn list(workspace: &Workspace, lab: &Lab) -> Result<(Files, Vec<Mutant>)> {
    let source = Source::read(lab)?;
    let mut command = cargo::cargo(workspace);
    command.args([
        "mutants",
        "--list",
        "--json",
        "--no-config",
        "--package",
        &lab.package(Edition::Solution),
    ]);
    let output = cargo::output(&mut command)?;
    if !output.status.success() {
        let missing = output.stderr.contains("no such command");
        bail!("{}", if missing { INSTALL.to_string() } else { format!("{INSTALL}\n{}", output.stderr) });
    }
    let listed: Vec<Listed> =
        serde_json::from_str(&output.stdout).context("cannot read cargo-mutants' list")?;
    let mutants = in_regions(lab, &source, listed)?;
    ensure!(
        !mutants.is_empty(),
        "cargo-mutants finds nothing to change in what students write in {}",
        lab.id()
    );
    Ok((variants::reference(&source), mutants))
}

/// Those that touch what students write, ready to be compiled.
fn in_regions(lab: &Lab, source: &Source, listed: Vec<Listed>) -> Result<Vec<Mutant>> {
    let dir = lab.relative_dir(Edition::Solution);
    let mut texts: BTreeMap<PathBuf, String> = BTreeMap::new();
    let mut mutants = Vec::new();
    for Listed { name, file, replacement, span } in listed {
        let Ok(path) = file.strip_prefix(&dir) else { continue };
        let touches = source.regions().any(|(of, region)| {
            of == path && span.start.line <= region.line + region.body.len() && region.line < span.end.line
        });
        if !touches {
            continue;
        }
        if !texts.contains_key(path) {
            let whole = lab.root().join(&file);
            let text =
                fs::read_to_string(&whole).with_context(|| format!("cannot read {}", file.display()))?;
            texts.insert(path.to_path_buf(), text);
        }
        let text = replace(&texts[path], span, &replacement)
            .with_context(|| format!("{name} is not within its file"))?;
        mutants.push(Mutant {
            name: without_position(&name, path),
            file: path.to_path_buf(),
            line: span.start.line,
            text,
        });
    }
    number(&mut mutants);
    Ok(mutants)
}

/// `solutions/lab/src/a.rs:1:2: words` as `src/a.rs: words`, on one line.
fn without_position(name: &str, path: &Path) -> String {
    let words = name.splitn(3, ": ").collect::<Vec<_>>();
    let words = match words.as_slice() {
        [_, words] => (*words).to_string(),
        [_, words, rest] => format!("{words}: {rest}"),
        _ => name.to_string(),
    };
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}: {words}", path.display().to_string().replace('\\', "/"))
}

/// Tells mutants of the same words apart, in the order of their places.
fn number(mutants: &mut [Mutant]) {
    let mut total: BTreeMap<String, usize> = BTreeMap::new();
    for mutant in mutants.iter() {
        *total.entry(mutant.name.clone()).or_default() += 1;
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for mutant in mutants {
        let of = total[&mutant.name];
        if of > 1 {
            let nth = seen.entry(mutant.name.clone()).or_default();
            *nth += 1;
            mutant.name = format!("{} ({nth} of {of})", mutant.name);
        }
    }
}

/// The text with another piece in the place of a span. `None` if it has no such place.
fn replace(text: &str, span: Span, replacement: &str) -> Option<String> {
    let (start, end) = (offset(text, span.start)?, offset(text, span.end)?);
    (start <= end).then(|| format!("{}{replacement}{}", &text[..start], &text[end..]))
}

/// Where a position is, in bytes.
fn offset(text: &str, position: Position) -> Option<usize> {
    let mut before = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if index + 1 == position.line {
            let column = position.column.checked_sub(1)?;
            let places = line.char_indices().map(|(place, _)| place).chain([line.len()]);
            return places.into_iter().nth(column).map(|place| before + place);
        }
        before += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: (usize, usize), to: (usize, usize)) -> Span {
        let position = |(line, column)| Position { line, column };
        Span { start: position(from), end: position(to) }
    }

    #[test]
    fn a_span_counts_lines_and_characters_from_one_and_excludes_its_end() {
        let text = "// α·β\nlet ω = α < β;\n}\n";
        assert_eq!(
            replace(text, span((2, 11), (2, 12)), "<=").as_deref(),
            Some("// α·β\nlet ω = α <= β;\n}\n")
        );
        assert_eq!(replace(text, span((1, 1), (3, 2)), "").as_deref(), Some("\n"));
        assert_eq!(replace(text, span((9, 1), (9, 2)), ""), None);
        assert_eq!(replace(text, span((2, 90), (2, 91)), ""), None);
    }

    #[test]
    fn names_have_no_lines_and_are_told_apart() {
        let path = Path::new("src/a.rs");
        let names = ["s/l/src/a.rs:1:2: replace + with * in f", "s/l/src/a.rs:7:9: replace + with * in f"];
        let mut mutants: Vec<Mutant> = names
            .iter()
            .map(|name| Mutant {
                name: without_position(name, path),
                file: path.into(),
                line: 1,
                text: String::new(),
            })
            .collect();
        number(&mut mutants);
        let names: Vec<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
        assert_eq!(
            names,
            ["src/a.rs: replace + with * in f (1 of 2)", "src/a.rs: replace + with * in f (2 of 2)"]
        );
        let with_colons = "s/l/src/a.rs:1:2: replace f -> T with a: b: c";
        assert_eq!(without_position(with_colons, path), "src/a.rs: replace f -> T with a: b: c");
    }
}
