//! The marker comments that let one file be both the solution and the stub.
//!
//! ```text
//! // BEGIN SOLUTION 5.2: subtract the row maximum first
//! //> let mut out = Vec::new();          stays in the stub, without the prefix
//! let shifted = …;
//! // END SOLUTION
//!
//! // BEGIN HIDDEN                        (`# BEGIN HIDDEN` in TOML, `<!-- BEGIN HIDDEN -->` in Markdown)
//! // END HIDDEN
//! ```
//!
//! [`parse`] cuts a file into pieces and is strict: a marker that is nested, unclosed, repeated or misspelt is an
//! error that names file and line, because a marker that is silently ignored publishes a solution.

use std::fmt;
use std::path::Path;

/// A piece of a marked file. Its lines have no line ends.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece {
    /// Text that solution and stub share.
    Shared(Vec<String>),
    /// What the student writes.
    Solution(Region),
    /// What students never see.
    Hidden(Vec<String>),
}

/// A marked region of solution.
#[derive(Debug, PartialEq)]
pub(crate) struct Region {
    /// `5.2`: step and item.
    pub(crate) id: String,
    /// What is to be done, in words.
    pub(crate) role: String,
    /// The white space before the marker.
    pub(crate) indent: String,
    /// The lines between the markers.
    pub(crate) body: Vec<String>,
    /// The line of the opening marker, from 1.
    pub(crate) line: usize,
}

/// A malformed marker.
#[derive(Debug, PartialEq)]
pub(crate) struct MarkerError {
    file: String,
    line: usize,
    message: String,
}

impl fmt::Display for MarkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for MarkerError {}

/// How comments are written in the kinds of files that may hold markers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Comment {
    /// `// …`
    Rust,
    /// `# …`
    Toml,
    /// `<!-- … -->`
    Markdown,
}

impl Comment {
    /// By the file's extension; `None` for files that are copied as they are.
    pub(crate) fn of(path: &Path) -> Option<Comment> {
        match path.extension()?.to_str()? {
            "rs" => Some(Comment::Rust),
            "toml" => Some(Comment::Toml),
            "md" => Some(Comment::Markdown),
            _ => None,
        }
    }

    /// The text of a line that is a comment and nothing else.
    fn text(self, line: &str) -> Option<&str> {
        let line = line.trim();
        match self {
            // Doc comments (`///`, `//!`) leave a `/` or `!` behind, which no marker begins with.
            Comment::Rust => line.strip_prefix("//"),
            Comment::Toml => line.strip_prefix('#'),
            Comment::Markdown => line.strip_prefix("<!--")?.strip_suffix("-->"),
        }
        .map(str::trim)
    }
}

enum Marker<'a> {
    BeginSolution { id: &'a str, role: &'a str },
    EndSolution,
    BeginHidden,
    EndHidden,
}

/// Reads a comment's text as a marker. `Ok(None)`: an ordinary comment; `Err`: something that was meant as a marker.
fn marker(text: &str) -> Result<Option<Marker<'_>>, String> {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default().trim_end_matches(':');
    let verb = matches!(first.to_uppercase().as_str(), "BEGIN" | "END" | "BEGINN" | "BEGIN:" | "END:");
    let kind = ["SOLUTION", "HIDDEN"]
        .into_iter()
        .find(|kind| strsim::damerau_levenshtein(kind, &second.to_uppercase()) <= 2);
    let shouted = first == first.to_uppercase() && second == second.to_uppercase();
    match (first, second) {
        ("BEGIN", "SOLUTION") => {
            let rest = text["BEGIN".len()..].trim_start()["SOLUTION".len()..].trim();
            let form = "write `BEGIN SOLUTION 5.2: what is to be done`";
            let (id, role) =
                rest.split_once(':').ok_or_else(|| format!("this marker has no id and role; {form}"))?;
            let (id, role) = (id.trim(), role.trim());
            let numbered = !id.is_empty()
                && id.split('.').count() == 2
                && id
                    .split('.')
                    .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric()));
            if !numbered {
                return Err(format!("`{id}` is no id of a region; {form}"));
            }
            if role.is_empty() {
                return Err(format!("region {id} says nothing about what is to be done; {form}"));
            }
            Ok(Some(Marker::BeginSolution { id, role }))
        }
        ("BEGIN", "HIDDEN") => Ok(Some(Marker::BeginHidden)),
        ("END", "SOLUTION") => Ok(Some(Marker::EndSolution)),
        ("END", "HIDDEN") => Ok(Some(Marker::EndHidden)),
        _ if verb && (kind.is_some() || shouted && second.is_empty()) => Err(format!(
            "`{text}` looks like a marker but is none; markers are BEGIN SOLUTION, END SOLUTION, BEGIN HIDDEN and END HIDDEN"
        )),
        // `BEGINSOLUTION`, `BEGIN_SOLUTION`, `END-HIDDEN` …
        _ if {
            let glued: String = first.chars().filter(char::is_ascii_alphabetic).collect();
            ["BEGINSOLUTION", "ENDSOLUTION", "BEGINHIDDEN", "ENDHIDDEN"]
                .iter()
                .any(|name| strsim::damerau_levenshtein(name, &glued.to_uppercase()) <= 1)
        } =>
        {
            Err(format!("`{text}` looks like a marker but is none; separate its words by one space"))
        }
        _ => Ok(None),
    }
}

/// Cuts `text` into pieces. `file` is how errors call it.
pub(crate) fn parse(file: &str, text: &str, comment: Comment) -> Result<Vec<Piece>, MarkerError> {
    enum Open {
        Nothing,
        Solution(Region),
        Hidden(usize, Vec<String>),
    }
    let error = |line: usize, message: String| MarkerError { file: file.to_string(), line, message };
    let mut pieces = Vec::new();
    let mut shared = Vec::new();
    let mut open = Open::Nothing;
    // Markdown shows markers as an example between fences, like this module's own documentation.
    let mut fenced = false;
    for (index, content) in text.lines().enumerate() {
        let number = index + 1;
        if comment == Comment::Markdown && content.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let found = match comment.text(content) {
            Some(text) if !fenced => marker(text).map_err(|message| error(number, message))?,
            _ => None,
        };
        open = match (found, open) {
            (None, Open::Nothing) => {
                shared.push(content.to_string());
                Open::Nothing
            }
            (None, Open::Solution(mut region)) => {
                region.body.push(content.to_string());
                Open::Solution(region)
            }
            (None, Open::Hidden(from, mut lines)) => {
                lines.push(content.to_string());
                Open::Hidden(from, lines)
            }
            (Some(Marker::BeginSolution { .. }), Open::Nothing) if comment != Comment::Rust => {
                let message = "only Rust files hold solutions; use BEGIN HIDDEN here".to_string();
                return Err(error(number, message));
            }
            (Some(Marker::BeginSolution { id, role }), Open::Nothing) => {
                pieces.push(Piece::Shared(std::mem::take(&mut shared)));
                let indent = content.len() - content.trim_start().len();
                Open::Solution(Region {
                    id: id.to_string(),
                    role: role.to_string(),
                    indent: content[..indent].to_string(),
                    body: Vec::new(),
                    line: number,
                })
            }
            (Some(Marker::BeginHidden), Open::Nothing) => {
                pieces.push(Piece::Shared(std::mem::take(&mut shared)));
                Open::Hidden(number, Vec::new())
            }
            (Some(Marker::EndSolution), Open::Solution(region)) => {
                pieces.push(Piece::Solution(region));
                Open::Nothing
            }
            (Some(Marker::EndHidden), Open::Hidden(_, lines)) => {
                pieces.push(Piece::Hidden(lines));
                Open::Nothing
            }
            (Some(Marker::BeginSolution { .. } | Marker::BeginHidden), Open::Solution(region)) => {
                let message = format!(
                    "a marker begins inside region {}, which began in line {} and has no END SOLUTION yet",
                    region.id, region.line
                );
                return Err(error(number, message));
            }
            (Some(Marker::BeginSolution { .. } | Marker::BeginHidden), Open::Hidden(from, _)) => {
                let message = format!(
                    "a marker begins inside the hidden part that began in line {from} and has no END HIDDEN yet"
                );
                return Err(error(number, message));
            }
            (Some(Marker::EndSolution), _) => {
                let message = "END SOLUTION closes nothing: there is no BEGIN SOLUTION before it".to_string();
                return Err(error(number, message));
            }
            (Some(Marker::EndHidden), _) => {
                let message = "END HIDDEN closes nothing: there is no BEGIN HIDDEN before it".to_string();
                return Err(error(number, message));
            }
        };
    }
    match open {
        Open::Nothing => {}
        Open::Solution(region) => {
            let message = format!("region {} is never closed; add END SOLUTION", region.id);
            return Err(error(region.line, message));
        }
        Open::Hidden(from, _) => {
            let message = "this hidden part is never closed; add END HIDDEN".to_string();
            return Err(error(from, message));
        }
    }
    pieces.push(Piece::Shared(shared));
    Ok(pieces)
}

/// The regions of solution among `pieces`.
pub(crate) fn regions(pieces: &[Piece]) -> impl Iterator<Item = &Region> {
    pieces.iter().filter_map(|piece| match piece {
        Piece::Solution(region) => Some(region),
        Piece::Shared(_) | Piece::Hidden(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> Result<Vec<Piece>, MarkerError> {
        parse("src/a.rs", text, Comment::Rust)
    }

    fn message(text: &str) -> String {
        rust(text).unwrap_err().to_string()
    }

    #[test]
    fn a_region_has_id_role_indent_and_body() {
        let pieces = rust("fn f() {\n    // BEGIN SOLUTION 5.2: add: one\n    //> let a = 1;\n    a + 1\n    // END SOLUTION\n}\n").unwrap();
        let region = regions(&pieces).next().unwrap();
        assert_eq!((region.id.as_str(), region.role.as_str()), ("5.2", "add: one"));
        assert_eq!((region.indent.as_str(), region.line), ("    ", 2));
        assert_eq!(region.body, ["    //> let a = 1;", "    a + 1"]);
        assert_eq!(pieces.len(), 3);
    }

    #[test]
    fn malformed_markers_are_named_by_file_and_line() {
        assert!(
            message("\n// BEGIN SOLUTION 1.1: x\n").starts_with("src/a.rs:2: region 1.1 is never closed")
        );
        assert!(message("// BEGIN HIDDEN\n").starts_with("src/a.rs:1: this hidden part is never closed"));
        let nested = "// BEGIN SOLUTION 1.1: x\n// BEGIN SOLUTION 1.2: y\n";
        assert!(message(nested).starts_with("src/a.rs:2: a marker begins inside region 1.1"));
        assert!(message("// END SOLUTION\n").contains("closes nothing"));
        assert!(message("// BEGIN HIDDEN\n// END SOLUTION\n").starts_with("src/a.rs:2:"));
        assert!(message("// BEGIN SOLUTION\n").contains("no id and role"));
        assert!(message("// BEGIN SOLUTION 5: x\n").contains("`5` is no id"));
        assert!(message("// BEGIN SOLUTION 5.1:\n").contains("says nothing"));
    }

    #[test]
    fn misspelt_markers_are_errors_and_prose_is_not() {
        for line in [
            "// BEGIN SOLUTOIN 1.1: x",
            "// Begin Solution 1.1: x",
            "// begin solution",
            "// BEGIN_SOLUTION 1.1: x",
            "//BEGINSOLUTION",
            "// END SOULTION",
            "// END-HIDDEN",
            "// END",
        ] {
            assert!(message(line).contains("looks like a marker"), "{line}");
        }
        for line in
            ["// Begin with the last row.", "// end of the loop", "/// BEGIN SOLUTION 1.1: x", "// beginning"]
        {
            assert!(rust(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn toml_and_markdown_have_hidden_parts_only() {
        let toml =
            parse("Cargo.toml", "a = 1\n# BEGIN HIDDEN\nb = 2\n# END HIDDEN\n", Comment::Toml).unwrap();
        assert_eq!(toml[1], Piece::Hidden(vec!["b = 2".into()]));
        let markdown = "<!-- BEGIN HIDDEN -->\nsecret\n<!-- END HIDDEN -->\n";
        assert!(parse("README.md", markdown, Comment::Markdown).is_ok());
        assert!(parse("README.md", "<!-- BEGIN SOLUTION 1.1: x -->\n", Comment::Markdown).is_err());
    }
}
