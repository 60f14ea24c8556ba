//! Which lines differ between two texts, for `stubs --check`.

use anyhow::Result;
use std::io::Write;

use crate::terminal::{DIM, GREEN, RED};

/// Lines of agreement shown around a difference.
const CONTEXT: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Edit<'a> {
    Same(&'a str),
    Remove(&'a str),
    Add(&'a str),
}

/// The shortest way from `old` to `new`, by the table of longest common subsequences.
fn edits<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Edit<'a>> {
    let (n, m) = (old.len(), new.len());
    // common[i][j]: the length of the longest common subsequence of old[i..] and new[j..].
    let mut common = vec![vec![0_u32; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut edits = Vec::with_capacity(n.max(m));
    while i < n || j < m {
        if i < n && j < m && old[i] == new[j] {
            edits.push(Edit::Same(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == m || (i < n && common[i + 1][j] >= common[i][j + 1]) {
            edits.push(Edit::Remove(old[i]));
            i += 1;
        } else {
            edits.push(Edit::Add(new[j]));
            j += 1;
        }
    }
    edits
}

/// Prints the differences between `old` and `new`, with a few lines around each.
pub(crate) fn print(out: &mut impl Write, old: &str, new: &str) -> Result<()> {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let edits = edits(&old, &new);
    let near = |index: usize| {
        let from = index.saturating_sub(CONTEXT);
        let to = (index + CONTEXT + 1).min(edits.len());
        edits[from..to].iter().any(|edit| !matches!(edit, Edit::Same(_)))
    };
    let (mut line, mut skipped) = (1, false);
    for (index, edit) in edits.iter().enumerate() {
        if near(index) {
            if skipped || index == 0 {
                writeln!(out, "  {DIM}@ line {line}{DIM:#}")?;
            }
            skipped = false;
            match edit {
                Edit::Same(text) => writeln!(out, "    {text}")?,
                Edit::Remove(text) => writeln!(out, "  {RED}- {text}{RED:#}")?,
                Edit::Add(text) => writeln!(out, "  {GREEN}+ {text}{GREEN:#}")?,
            }
        } else {
            skipped = true;
        }
        if !matches!(edit, Edit::Add(_)) {
            line += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_an_edit() {
        let found = edits(&["a", "b", "c"], &["a", "x", "c", "d"]);
        assert_eq!(
            found,
            [Edit::Same("a"), Edit::Remove("b"), Edit::Add("x"), Edit::Same("c"), Edit::Add("d")]
        );
    }

    #[test]
    fn far_agreement_is_left_out() {
        let old: String = (0..40).map(|i| format!("{i}\n")).collect();
        let new = old.replace("20\n", "twenty\n");
        let mut out = Vec::new();
        print(&mut out, &old, &new).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("@ line 19") && text.contains("+ twenty"));
        assert_eq!(text.lines().count(), 7);
    }
}
