//! What a student's code printed while a check ran.

use std::collections::VecDeque;

/// The first lines are kept, to see how it begins,
const FIRST: usize = 5;
/// and the last, which belong to the smallest input.
const LAST: usize = 8;

/// The longest part of a line that is kept, in characters.
const WIDTH: usize = 300;

/// The beginning and the end of somebody's output.
#[derive(Clone, Debug, Default)]
pub(crate) struct Printed {
    first: Vec<String>,
    last: VecDeque<String>,
    left_out: usize,
}

impl Printed {
    /// Takes in a line.
    pub(super) fn push(&mut self, line: &str) {
        let mut kept: String = line.chars().take(WIDTH).collect();
        if kept.len() < line.len() {
            kept.push('…');
        }
        if self.first.len() < FIRST {
            self.first.push(kept);
            return;
        }
        self.last.push_back(kept);
        if self.last.len() > LAST {
            self.last.pop_front();
            self.left_out += 1;
        }
    }

    /// Takes out the last line that is `wanted`, with the empty ones around it.
    pub(super) fn take_line(&mut self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let lines = self.first.iter().chain(&self.last);
        let found = lines.rev().find(|line| wanted(line)).cloned()?;
        let other = |line: &String| *line != found && !line.trim().is_empty();
        self.first.retain(other);
        self.last.retain(other);
        Some(found)
    }

    /// The lines to show, and how many are missing between the two parts.
    pub(crate) fn parts(&self) -> (&[String], usize, impl Iterator<Item = &String>) {
        (&self.first, self.left_out, self.last.iter())
    }

    /// Whether nothing was printed.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_empty() && self.last.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginning_and_end_are_kept() {
        let mut printed = Printed::default();
        for number in 0..100 {
            printed.push(&number.to_string());
        }
        let (first, left_out, last) = printed.parts();
        assert_eq!(first, ["0", "1", "2", "3", "4"]);
        assert_eq!(left_out, 100 - FIRST - LAST);
        assert_eq!(last.last().map(String::as_str), Some("99"));
    }

    #[test]
    fn a_line_is_taken_out_with_its_gap() {
        let mut printed = Printed::default();
        for line in ["a", "", "thread has overflowed its stack", "b"] {
            printed.push(line);
        }
        let found = printed.take_line(|line| line.contains("overflowed"));
        assert_eq!(found.as_deref(), Some("thread has overflowed its stack"));
        assert_eq!(printed.parts().0, ["a", "b"]);
        assert!(printed.take_line(|line| line == "c").is_none());
    }
}
