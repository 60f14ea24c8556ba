//! Writing `labs/lab-NN-name` from `solutions/lab-NN-name`, and copying the [`pages()`] that belong to all labs.
//!
//! [`generate`] is a pure function from the solution's folder to the stub's files, so that writing, comparing and
//! restoring (`stubs`, `stubs --check`, `reset`) cannot disagree. What it makes is scanned by [`leftovers()`] before
//! anybody gets to see it: a stub that shows part of its solution is an error, not a warning.

mod leftovers;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::lab::{Edition, Lab, anchor};
use crate::markers::{self, Comment, Piece, Region};
use leftovers::leftovers;

/// The files of a stub: path relative to the crate, bytes.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Where the stub keeps untouched copies of the files that students write in, for `reset`.
///
/// A copy needs no version control and survives the student's own commits.
pub(crate) const PRISTINE: &str = ".stubs";

const ALLOW: [&str; 3] = [
    "// Until everything in this file is written, some of its names are unused: rustc stays silent about that.",
    "// Delete these lines when you are done.",
    "#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]",
];

/// The text files of a solution, cut into pieces, and the others as they are.
#[derive(Debug)]
pub(crate) struct Source {
    /// Files with comments that may hold markers.
    pub(crate) marked: BTreeMap<PathBuf, Vec<Piece>>,
    /// Everything else: figures, vectors.
    pub(crate) verbatim: Files,
    /// Files that stay in `solutions/`.
    pub(crate) private: Vec<PathBuf>,
}

impl Source {
    /// Reads and cuts all files of the lab's solution. Malformed markers and regions that do not fit `lab.toml` are
    /// errors.
    pub(crate) fn read(lab: &Lab) -> Result<Source> {
        lab.require(Edition::Solution)?;
        let dir = lab.dir(Edition::Solution);
        let shown = lab.relative_dir(Edition::Solution);
        let mut source = Source { marked: BTreeMap::new(), verbatim: Files::new(), private: Vec::new() };
        for path in files_below(&dir)? {
            if is_private(lab, &path) {
                source.private.push(path);
                continue;
            }
            let bytes = fs::read(dir.join(&path))
                .with_context(|| format!("cannot read {}", shown.join(&path).display()))?;
            match (Comment::of(&path), String::from_utf8(bytes)) {
                (Some(comment), Ok(text)) => {
                    let name = shown.join(&path).display().to_string();
                    let pieces = markers::parse(&name, &text, comment)?;
                    source.marked.insert(path, pieces);
                }
                (Some(_), Err(_)) => {
                    bail!("{} is not UTF-8 text", shown.join(&path).display())
                }
                (None, Ok(text)) => {
                    source.verbatim.insert(path, text.into_bytes());
                }
                (None, Err(error)) => {
                    source.verbatim.insert(path, error.into_bytes());
                }
            }
        }
        source.validate(lab)?;
        Ok(source)
    }

    /// All regions of solution with their files.
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&Path, &Region)> {
        self.marked
            .iter()
            .flat_map(|(path, pieces)| markers::regions(pieces).map(move |region| (path.as_path(), region)))
    }

    fn validate(&self, lab: &Lab) -> Result<()> {
        let shown = lab.relative_dir(Edition::Solution);
        let at = |path: &Path, region: &Region| format!("{}:{}", shown.join(path).display(), region.line);
        let mut seen: BTreeMap<&str, String> = BTreeMap::new();
        let mut written = BTreeSet::new();
        for (path, region) in self.regions() {
            if let Some(first) = seen.insert(&region.id, at(path, region)) {
                bail!("{}: region {} is already at {first}", at(path, region), region.id);
            }
            let step = region.id.split('.').next().unwrap_or_default();
            ensure!(
                lab.step(step).is_some(),
                "{}: region {} belongs to step {step}, which lab.toml does not list",
                at(path, region),
                region.id
            );
            ensure!(
                lab.submit.iter().any(|file| file == path),
                "{}: students write here, but lab.toml's `submit` does not list {}",
                at(path, region),
                path.display()
            );
            written.insert(path);
        }
        for file in &lab.submit {
            ensure!(
                written.contains(file.as_path()),
                "{}: `submit` lists {}, which has no region of solution",
                shown.join("lab.toml").display(),
                file.display()
            );
        }
        if let Some(pieces) = self.marked.get(Path::new("README.md")) {
            let headings: Vec<String> = pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Shared(lines) => Some(lines),
                    Piece::Solution(_) | Piece::Hidden(_) => None,
                })
                .flatten()
                .filter(|line| line.starts_with('#'))
                .map(|line| anchor(line.trim_start_matches('#')))
                .collect();
            for step in &lab.steps {
                ensure!(
                    headings.contains(&anchor(&step.section)),
                    "{}: step {} points to the section `{}`, but README.md has no such heading",
                    shown.join("lab.toml").display(),
                    step.id,
                    step.section
                );
            }
        }
        Ok(())
    }
}

/// Whether a file stays in `solutions/`.
fn is_private(lab: &Lab, path: &Path) -> bool {
    path == Path::new("MUTANTS.md")
        || path == Path::new("checks/hidden.rs")
        || path.starts_with("checks/hidden")
        || path.starts_with("wrong")
        || path.starts_with("alternative")
        || lab.author_only.iter().any(|private| path.starts_with(private))
}

/// All files below `dir`, relative to it, sorted; without build output, hidden files and backups.
pub(crate) fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    fn visit(dir: &Path, prefix: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
        for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
            let entry = entry?;
            let name = entry.file_name();
            let text = name.to_string_lossy();
            if text == "target" || text == "Cargo.lock" || text.starts_with('.') || text.ends_with(".bak") {
                continue;
            }
            let relative = prefix.join(&name);
            if entry.file_type()?.is_dir() {
                visit(&entry.path(), &relative, found)?;
            } else {
                found.push(relative);
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    if dir.is_dir() {
        visit(dir, Path::new(""), &mut found)?;
    }
    found.sort();
    Ok(found)
}

/// The stub of `lab`, made from its solution and scanned for leftovers.
pub(crate) fn generate(lab: &Lab) -> Result<Files> {
    let source = Source::read(lab)?;
    let mut files = source.verbatim.clone();
    for (path, pieces) in &source.marked {
        let mut text = stub_text(pieces);
        if path == Path::new("Cargo.toml") {
            text = stub_manifest(lab, &text)?;
        }
        if Comment::of(path) == Some(Comment::Rust) {
            text = format(lab.root(), path, &text)?;
        }
        files.insert(path.clone(), text.into_bytes());
    }
    let mut shown = files.clone();
    shown.extend(pages(lab.root())?.into_iter().map(|(name, bytes)| (Path::new("..").join(name), bytes)));
    let found = leftovers(lab, &source, &shown);
    ensure!(
        found.is_empty(),
        "the stub of {} would give something away:\n  {}",
        lab.id(),
        found.join("\n  ")
    );
    for file in &lab.submit {
        let text = files[file].clone();
        files.insert(Path::new(PRISTINE).join(file), text);
    }
    Ok(files)
}

/// The pages for all labs: files beside the labs' folders in `solutions/`, which `labs/` has as they are.
///
/// A handout links to `../RUST.md` in either place. What a page may show is scanned with every lab.
pub(crate) fn pages(root: &Path) -> Result<Files> {
    let dir = root.join("solutions");
    let mut pages = Files::new();
    for path in files_below(&dir)?.into_iter().filter(|path| path.components().count() == 1) {
        let bytes = fs::read(dir.join(&path))
            .with_context(|| format!("cannot read {}", dir.join(&path).display()))?;
        pages.insert(path, bytes);
    }
    Ok(pages)
}

/// The stub's text of one file.
fn stub_text(pieces: &[Piece]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Shared(shared) => lines.extend(shared.iter().cloned()),
            Piece::Hidden(_) => {}
            Piece::Solution(region) => {
                lines.extend(kept_lines(region));
                let end = if ends_its_block(&pieces[index + 1..]) { "" } else { ";" };
                lines.push(format!(
                    "{}todo!(\"{}: {}\"){end}",
                    region.indent,
                    region.id,
                    escape(&region.role)
                ));
            }
        }
    }
    if markers::regions(pieces).next().is_some() {
        let docs = lines.iter().take_while(|line| line.starts_with("//!")).count();
        let mut block: Vec<String> = ALLOW.iter().map(|line| line.to_string()).collect();
        if docs > 0 {
            block.insert(0, String::new());
        }
        if lines.get(docs).is_some_and(|line| !line.is_empty()) {
            block.push(String::new());
        }
        lines.splice(docs..docs, block);
    }
    let text = lines.join("\n");
    format!("{}\n", text.trim_end())
}

/// Rust source as rustfmt writes it.
///
/// It closes the gaps that parts left out have torn.
pub(crate) fn format(workspace_root: &Path, path: &Path, text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .current_dir(workspace_root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt; `rustup component add rustfmt` installs it")?;
    // rustfmt reads everything before it writes anything.
    child.stdin.take().context("rustfmt has no stdin")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "what was made of {} is no Rust:\n{}",
        path.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// The lines of a region that stay in the stub (`//> …`).
fn kept_lines(region: &Region) -> impl Iterator<Item = String> {
    region.body.iter().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("//>")?;
        let indent = &line[..line.len() - line.trim_start().len()];
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        Some(if rest.is_empty() { String::new() } else { format!("{indent}{rest}") })
    })
}

/// Whether nothing but a closing brace follows, so that `todo!` is the block's value.
fn ends_its_block(rest: &[Piece]) -> bool {
    for piece in rest {
        match piece {
            Piece::Hidden(_) => {}
            Piece::Solution(_) => return false,
            Piece::Shared(lines) => {
                let code = lines
                    .iter()
                    .map(|line| line.trim())
                    .find(|line| !line.is_empty() && !line.starts_with("//"));
                if let Some(line) = code {
                    return line.starts_with('}');
                }
            }
        }
    }
    true
}

/// A role as the text of a format string.
fn escape(role: &str) -> String {
    role.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "{{").replace('}', "}}")
}

/// The stub's manifest: the student's package name, and no documentation (two libraries of one name would clash).
fn stub_manifest(lab: &Lab, text: &str) -> Result<String> {
    let shown = lab.relative_dir(Edition::Solution).join("Cargo.toml");
    let name = format!("name = \"{}\"", lab.package(Edition::Solution));
    ensure!(text.matches(&name).count() == 1, "{} must hold `{name}` once", shown.display());
    ensure!(
        text.lines().filter(|line| line.trim() == "[lib]").count() == 1,
        "{} must have a section [lib] with name = \"{}\"",
        shown.display(),
        lab.crate_name()
    );
    let text = text.replace(&name, &format!("name = \"{}\"", lab.package(Edition::Student)));
    let mut lines = Vec::new();
    for line in text.lines() {
        lines.push(line.to_string());
        if line.trim() == "[lib]" {
            lines.push("doc = false".to_string());
        }
    }
    Ok(lines.join("\n") + "\n")
}

/// How the lab in the working tree differs from what would be generated.
#[derive(Debug, PartialEq)]
pub(crate) enum Change {
    /// The file is not there.
    Missing(PathBuf),
    /// The file has other bytes.
    Different(PathBuf),
    /// The file is there but would not be written.
    Stale(PathBuf),
}

/// Compares `files` with the lab's folder.
pub(crate) fn compare(lab: &Lab, files: &Files) -> Result<Vec<Change>> {
    let dir = lab.dir(Edition::Student);
    let mut changes = Vec::new();
    for (path, bytes) in files {
        match fs::read(dir.join(path)) {
            Ok(present) if present == *bytes => {}
            Ok(_) => changes.push(Change::Different(path.clone())),
            Err(_) => changes.push(Change::Missing(path.clone())),
        }
    }
    let mut present = files_below(&dir)?;
    present.extend(files_below(&dir.join(PRISTINE))?.into_iter().map(|path| Path::new(PRISTINE).join(path)));
    for path in present {
        if !files.contains_key(&path) {
            changes.push(Change::Stale(path));
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stub(text: &str) -> String {
        stub_text(&markers::parse("a.rs", text, Comment::Rust).unwrap())
    }

    #[test]
    fn a_region_becomes_a_todo_in_its_place() {
        let text = "//! Docs.\n\nfn f() -> u32 {\n    // BEGIN SOLUTION 1.1: say \"{}\"\n    //> let one = 1;\n    one + 1\n    // END SOLUTION\n}\n";
        let expected = format!(
            "//! Docs.\n\n{}\n\nfn f() -> u32 {{\n    let one = 1;\n    todo!(\"1.1: say \\\"{{{{}}}}\\\"\")\n}}\n",
            ALLOW.join("\n")
        );
        assert_eq!(stub(text), expected);
    }

    #[test]
    fn a_region_before_other_code_is_a_statement() {
        let text = "fn f() -> u32 {\n    // BEGIN SOLUTION 1.1: x\n    //> let a = 0;\n    // END SOLUTION\n    a\n}\n";
        assert!(stub(text).contains("    let a = 0;\n    todo!(\"1.1: x\");\n    a\n"));
    }
}
