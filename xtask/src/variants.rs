//! Wrong and alternative solutions: other bodies for the marked regions of a solution.
//!
//! ```text
//! //! Forgets the padding when it computes the output size.
//! //! caught by: conv2d_equals_seven_loops
//! // REPLACE 3.1
//! let height = (input - kernel) / stride + 1;
//! ```
//!
//! The first line says what is wrong (or other) about it. A wrong solution names the checks that catch it, an
//! alternative one has none. Everything that is not replaced is the reference, so such a file stays short and keeps
//! compiling when the reference changes elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::lab::{Edition, Lab};
use crate::markers::{Piece, Region};
use crate::stubs::{Files, Source, files_below};

/// What a variant is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Must be caught, by the checks it names.
    Wrong,
    /// Must pass every check.
    Alternative,
}

impl Kind {
    /// The folder that holds them.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Kind::Wrong => "wrong",
            Kind::Alternative => "alternative",
        }
    }
}

/// One wrong or alternative solution.
#[derive(Debug)]
pub(crate) struct Variant {
    /// The file's name without `.rs`.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// What it does, in a sentence.
    pub(crate) description: String,
    /// The checks that must fail.
    pub(crate) caught_by: Vec<String>,
    /// New bodies by region id.
    bodies: BTreeMap<String, String>,
}

/// All variants of a kind, in the order of their names.
pub(crate) fn read(lab: &Lab, kind: Kind) -> Result<Vec<Variant>> {
    let dir = lab.dir(Edition::Solution).join(kind.folder());
    let mut variants = Vec::new();
    for path in files_below(&dir)? {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let name = path.with_extension("").display().to_string().replace('\\', "/");
        let shown = lab.relative_dir(Edition::Solution).join(kind.folder()).join(&path);
        let text = fs::read_to_string(dir.join(&path))
            .with_context(|| format!("cannot read {}", shown.display()))?;
        variants.push(parse(name, kind, &shown, &text)?);
    }
    Ok(variants)
}

fn parse(name: String, kind: Kind, shown: &Path, text: &str) -> Result<Variant> {
    let file = shown.display();
    let mut description = String::new();
    let mut caught_by = Vec::new();
    let mut bodies: BTreeMap<String, String> = BTreeMap::new();
    let mut current: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if let Some(rest) = line.trim_start().strip_prefix("// REPLACE") {
            let id = rest.trim().trim_end_matches(':').to_string();
            ensure!(!id.is_empty(), "{file}:{number}: write `// REPLACE 3.1`, with the id of a region");
            ensure!(
                bodies.insert(id.clone(), String::new()).is_none(),
                "{file}:{number}: region {id} is replaced twice"
            );
            current = Some(id);
        } else if let Some(body) = current.as_ref().and_then(|id| bodies.get_mut(id)) {
            body.push_str(line);
            body.push('\n');
        } else if let Some(doc) = line.trim_start().strip_prefix("//!") {
            match doc.trim().strip_prefix("caught by:") {
                Some(names) => caught_by.extend(
                    names
                        .split([',', ' '])
                        .map(|name| name.trim().to_string())
                        .filter(|name| !name.is_empty()),
                ),
                None if description.is_empty() => description = doc.trim().to_string(),
                None if caught_by.is_empty() => description = format!("{description} {}", doc.trim()),
                None => {}
            }
        } else {
            ensure!(
                line.trim().is_empty() || line.trim_start().starts_with("//"),
                "{file}:{number}: code before the first `// REPLACE`"
            );
        }
    }
    ensure!(!description.is_empty(), "{file}: the first line must say what it does, as `//! …`");
    ensure!(!bodies.is_empty(), "{file}: it replaces nothing; add `// REPLACE 3.1` and a body");
    match kind {
        Kind::Wrong => ensure!(
            !caught_by.is_empty(),
            "{file}: name the check that catches it, as `//! caught by: name_of_the_check`"
        ),
        Kind::Alternative => {
            ensure!(caught_by.is_empty(), "{file}: an alternative is right; it is not `caught by` anything")
        }
    }
    Ok(Variant { name, kind, description: description.trim().to_string(), caught_by, bodies })
}

/// The solution's files with this variant's bodies in their places.
pub(crate) fn apply(source: &Source, variant: &Variant) -> Result<Files> {
    for id in variant.bodies.keys() {
        if !source.regions().any(|(_, region)| region.id == *id) {
            let known: Vec<&str> = source.regions().map(|(_, region)| region.id.as_str()).collect();
            bail!(
                "{}/{}.rs replaces region {id}, which the solution does not have; it has {}",
                variant.kind.folder(),
                variant.name,
                known.join(", ")
            );
        }
    }
    Ok(fill(source, |region| match variant.bodies.get(&region.id) {
        Some(body) => body.clone(),
        None => joined(&region.body),
    }))
}

/// The solution with a `todo!` before each body that this variant replaces: the checks that fail on it are those that
/// reach what is replaced.
pub(crate) fn trapped(source: &Source, variant: &Variant) -> Files {
    fill(source, |region| {
        let trap = if variant.bodies.contains_key(&region.id) {
            "if std::hint::black_box(true) { todo!() }\n"
        } else {
            ""
        };
        format!("{trap}{}", joined(&region.body))
    })
}

/// The solution's files with these bodies.
fn fill(source: &Source, body_of: impl Fn(&Region) -> String) -> Files {
    let mut files = source.verbatim.clone();
    for (path, pieces) in &source.marked {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Shared(lines) | Piece::Hidden(lines) => text.push_str(&joined(lines)),
                Piece::Solution(region) => text.push_str(&body_of(region)),
            }
        }
        files.insert(path.clone(), text.into_bytes());
    }
    files
}

/// The solution itself.
pub(crate) fn reference(source: &Source) -> Files {
    fill(source, |region| joined(&region.body))
}

fn joined(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, text: &str) -> Result<Variant> {
        parse("v".into(), kind, Path::new("wrong/v.rs"), text)
    }

    #[test]
    fn a_wrong_solution_names_its_check_and_its_bodies() {
        let text = "//! Forgets the padding.\n//! caught by: a, b\n// REPLACE 3.1\nlet x = 1;\nx\n// REPLACE 3.2\n2\n";
        let variant = read(Kind::Wrong, text).unwrap();
        assert_eq!(variant.description, "Forgets the padding.");
        assert_eq!(variant.caught_by, ["a", "b"]);
        assert_eq!(variant.bodies["3.1"], "let x = 1;\nx\n");
        assert_eq!(variant.bodies["3.2"], "2\n");
    }

    #[test]
    fn incomplete_files_are_errors() {
        let message = |kind, text| read(kind, text).unwrap_err().to_string();
        assert!(message(Kind::Wrong, "//! Bad.\n// REPLACE 1.1\n1\n").contains("name the check"));
        assert!(message(Kind::Wrong, "// REPLACE 1.1\n1\n").contains("must say what it does"));
        assert!(message(Kind::Wrong, "//! Bad.\n//! caught by: a\n").contains("replaces nothing"));
        assert!(
            message(Kind::Alternative, "//! Ok.\n//! caught by: a\n// REPLACE 1.1\n1\n").contains("is right")
        );
        assert!(message(Kind::Wrong, "//! Bad.\nlet x = 1;\n").contains("wrong/v.rs:2: code before"));
    }
}
