//! Whether a generated stub gives its solution away.

use std::collections::{BTreeMap, BTreeSet};

use super::{Files, Source, is_private, kept_lines};
use crate::lab::{Edition, Lab};

/// Solution lines at most this long (trimmed) may turn up elsewhere: `}`, `let mut sum = 0.0;`.
const TELLING: usize = 20;

/// What in the generated `files` gives the solution away, as sentences.
pub(super) fn leftovers(lab: &Lab, source: &Source, files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    for path in files.keys().filter(|path| is_private(lab, path)) {
        found.push(format!("{} is the author's", path.display()));
    }
    // What some region keeps on purpose is no leftover, nor what the author says is harmless.
    let kept: BTreeSet<String> = source
        .regions()
        .flat_map(|(_, region)| kept_lines(region))
        .chain(lab.may_repeat.iter().cloned())
        .map(|line| line.trim().to_string())
        .collect();
    let mut telling: BTreeMap<&str, String> = BTreeMap::new();
    for (path, region) in source.regions() {
        for line in region.body.iter().map(|line| line.trim()) {
            if line.chars().count() > TELLING && !line.starts_with("//>") && !kept.contains(line) {
                telling.insert(line, format!("region {} of {}", region.id, path.display()));
            }
        }
    }
    let private_names: Vec<&str> = source.private.iter().filter_map(|path| path.to_str()).collect();
    let solution = lab.package(Edition::Solution);
    let words =
        ["solutions/", solution.as_str(), "BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "END HIDDEN"];
    for (path, bytes) in files {
        let Ok(text) = std::str::from_utf8(bytes) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            let at = format!("{}:{}", path.display(), index + 1);
            if let Some(region) = telling.get(line.trim()) {
                found.push(format!(
                    "{at}: `{}` is a line of {region} (add it to `may_repeat` in lab.toml if that is harmless)",
                    line.trim()
                ));
            }
            for word in words.iter().chain(&private_names) {
                if line.contains(word) {
                    found.push(format!("{at}: mentions `{word}`"));
                }
            }
            if path.extension().is_some_and(|extension| extension == "rs")
                && (line.trim_start().starts_with("//>") || line.trim_start().starts_with("// REPLACE "))
            {
                found.push(format!("{at}: a marker was left: `{}`", line.trim()));
            }
        }
    }
    found
}
