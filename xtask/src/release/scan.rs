//! Whether a release gives a solution away that it is not to show.
//!
//! A stub was scanned line by line when it was made, against its own solution ([`crate::stubs`]). Here all files are
//! held against the labs they are not made from: `shared/`, the runner, the other labs, the solutions that are revealed.
//! Single lines may agree by chance there, so it takes a few in a row. Figures and data are not looked into.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::lab::{Edition, Lab};
use crate::markers::Piece;
use crate::stubs::{Files, Source};

/// Lines at most this long (trimmed) say nothing.
const TELLING: usize = 20;
/// So many telling lines in a row are no chance. Of the first labs and the shared crates, two is the most that agree.
const ROW: usize = 3;

/// What gives the solutions of `secret` away, as sentences.
pub(super) fn scan(secret: &[&Lab], files: &Files) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for lab in secret {
        let solution = lab.relative_dir(Edition::Solution);
        let stub = lab.relative_dir(Edition::Student);
        // What the lab's own stub shows, it may show: it was scanned.
        let own = files.iter().filter(|(path, _)| path.starts_with(&stub));
        let shown: BTreeSet<&str> = own
            .flat_map(|(_, bytes)| std::str::from_utf8(bytes).unwrap_or_default().lines())
            .map(str::trim)
            .collect();
        let mut private = private_lines(lab)?;
        private.retain(|line, _| !shown.contains(line.as_str()));
        for (path, bytes) in files {
            if path.starts_with(&solution) {
                found.push(format!("{} is part of a solution", path.display()));
            }
            let Ok(text) = std::str::from_utf8(bytes) else { continue };
            if !path.starts_with(&stub) {
                found.extend(rows(path, text, &private, &shown));
            }
        }
    }
    Ok(found)
}

/// The telling lines of what students do not have, each with the file it is from.
fn private_lines(lab: &Lab) -> Result<BTreeMap<String, String>> {
    let source = Source::read(lab)?;
    let dir = lab.relative_dir(Edition::Solution);
    let mut lines = BTreeMap::new();
    let mut add = |path: &Path, line: &str| {
        let line = line.trim();
        if line.chars().count() > TELLING && !line.starts_with("use ") {
            lines.insert(line.to_string(), dir.join(path).display().to_string());
        }
    };
    for (path, pieces) in &source.marked {
        for piece in pieces {
            match piece {
                Piece::Shared(_) => {}
                Piece::Hidden(lines) => lines.iter().for_each(|line| add(path, line)),
                Piece::Solution(region) => region.body.iter().for_each(|line| add(path, line)),
            }
        }
    }
    // What else is the author's (how figures are drawn) labs may share.
    let authors = |path: &Path| lab.author_only.iter().any(|own| path.starts_with(own));
    for path in source.private.iter().filter(|path| !authors(path)) {
        let text = fs::read(lab.dir(Edition::Solution).join(path))?;
        String::from_utf8_lossy(&text).lines().for_each(|line| add(path, line));
    }
    Ok(lines)
}

/// Where `text` has private lines in a row; lines between them that say nothing, or are `shown` anyway, do not count.
fn rows(path: &Path, text: &str, private: &BTreeMap<String, String>, shown: &BTreeSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let mut row: Vec<(usize, &String)> = Vec::new();
    for (index, line) in text.lines().map(str::trim).chain(["the end, which is in no file"]).enumerate() {
        match private.get(line) {
            Some(from) => row.push((index + 1, from)),
            None if line.chars().count() <= TELLING || shown.contains(line) => {}
            None => {
                if let [(first, from), .., (last, _)] = row.as_slice()
                    && row.len() >= ROW
                {
                    found.push(format!("{}:{first}: the lines to {last} are also in {from}", path.display()));
                }
                row.clear();
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_private_lines_in_a_row_are_found_and_two_are_chance() {
        let line = |number: usize| format!("let number_{number} = the_secret({number});");
        let private = (0..4).map(|number| (line(number), "hidden.rs".to_string())).collect();
        let path = Path::new("a.rs");
        let text = |numbers: &[usize]| numbers.iter().map(|&n| line(n) + "\n}\n").collect::<String>();
        assert!(rows(path, &text(&[0, 1, 7, 2, 3]), &private, &BTreeSet::new()).is_empty());
        let shown = line(7);
        let found =
            rows(path, &format!("\n{}", text(&[0, 7, 1, 2])), &private, &BTreeSet::from([shown.as_str()]));
        assert_eq!(found, ["a.rs:2: the lines to 8 are also in hidden.rs"]);
    }
}
