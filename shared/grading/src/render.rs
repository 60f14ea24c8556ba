//! How results look to a person: the one place that both `cargo test` in a lab and the runner print with.
//!
//! Text comes out with escapes for colour; print it through `anstream`, which removes them where they do not
//! belong (a pipe, `NO_COLOR`). [`Failure`]'s `Display` is the same text without them.

use std::fmt;

use anstyle::{AnsiColor, Style};

use crate::event::{CheckInfo, Failure, FailureKind};

/// Where values are cut off: more lines than this help nobody.
const MOST_LINES: usize = 40;

/// How wide the column of labels is.
const LABELS: usize = 12;

/// The styles in use.
struct Palette {
    good: Style,
    bad: Style,
    label: Style,
    strong: Style,
    faint: Style,
}

const COLOUR: Palette = Palette {
    good: AnsiColor::Green.on_default().bold(),
    bad: AnsiColor::Red.on_default().bold(),
    label: AnsiColor::Cyan.on_default(),
    strong: Style::new().bold(),
    faint: Style::new().dimmed(),
};

const PLAIN: Palette = Palette {
    good: Style::new(),
    bad: Style::new(),
    label: Style::new(),
    strong: Style::new(),
    faint: Style::new(),
};

/// The line of a check that holds.
pub fn passed(check: &CheckInfo, cases: u32, millis: u64) -> String {
    let Palette { good, faint, .. } = COLOUR;
    let tried = match cases {
        1 => "1 case".to_string(),
        n => format!("{n} cases"),
    };
    format!("{good}✓{good:#} {} {} {faint}({tried}, {millis} ms){faint:#}", check.step, check.name)
}

/// The lines of a check that fails: its name, its law, and the indented failure.
pub fn failed(check: &CheckInfo, failure: &Failure) -> String {
    let Palette { bad, strong, label, .. } = COLOUR;
    let mut text = format!("{bad}✗{bad:#} {} {strong}{}{strong:#}\n", check.step, check.name);
    if !check.law.is_empty() {
        text += &row("law", label, &check.law);
        text.push('\n');
    }
    text += &story(failure, &COLOUR);
    text.replace('\n', "\n  ")
}

/// A failure on its own, with colours.
pub fn failure(failure: &Failure) -> String {
    story(failure, &COLOUR)
}

/// The last line of a run: checks and points.
pub fn summary(passed: usize, checks: usize, points: u32, of_points: u32) -> String {
    let style = if passed == checks { COLOUR.good } else { COLOUR.bad };
    format!("{style}{passed} of {checks} checks pass{style:#}, {points} of {of_points} points")
}

/// A row in the style of a failure's: a label, and text whose further lines are aligned under its first.
pub fn labelled(label: &str, text: &str) -> String {
    row(label, COLOUR.label, text)
}

/// What a kind of failure is called.
pub fn kind(kind: &FailureKind) -> &'static str {
    match kind {
        FailureKind::Wrong => "wrong",
        FailureKind::NotWritten => "not written",
        FailureKind::Panicked => "panicked",
        FailureKind::TimedOut => "timed out",
        FailureKind::NotAsked => "not run",
        FailureKind::Crashed => "crashed",
        FailureKind::InvalidAnswer => "invalid",
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&story(self, &PLAIN))
    }
}

/// One labelled row for everything that is known.
fn story(failure: &Failure, palette: &Palette) -> String {
    let Palette { bad, label, faint, .. } = *palette;
    let known = [
        ("input", &failure.input),
        ("got", &failure.got),
        ("expected", &failure.expected),
        ("difference", &failure.difference),
        ("at", &failure.location),
        ("likely", &failure.mistake),
    ];
    let mut rows = vec![row(kind(&failure.kind), bad, &failure.message)];
    rows.extend(known.into_iter().filter_map(|(name, value)| Some(row(name, label, value.as_ref()?))));
    rows.extend(failure.notes.iter().map(|note| row("note", label, note)));
    if let Some(token) = &failure.token {
        rows.push(row("replay", label, &format!("{faint}{token}{faint:#}")));
    }
    rows.join("\n")
}

/// A label and its value, the value's further lines aligned under its first, the middle of a very long one
/// left out.
fn row(label: &str, style: Style, value: &str) -> String {
    let mut lines: Vec<&str> = value.trim_end().lines().collect();
    let left_out;
    if lines.len() > MOST_LINES {
        let half = MOST_LINES / 2;
        left_out = format!("… {} lines more …", lines.len() - 2 * half);
        lines.splice(half..lines.len() - half, [left_out.as_str()]);
    }
    let value = lines.join(&format!("\n{:LABELS$}", ""));
    format!("{style}{label:<LABELS$}{style:#}{value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Failure {
        Failure {
            input: Some("Case {\n    x: 1,\n}".into()),
            got: Some("2".into()),
            expected: Some("3".into()),
            difference: Some("off by 1".into()),
            mistake: Some("the kernel is flipped".into()),
            token: Some("lab-05:conv:0:17".into()),
            notes: vec!["the search was cut short".into()],
            ..Failure::new(FailureKind::Wrong, "y came out wrong")
        }
    }

    #[test]
    fn display_is_plain_and_aligned() {
        let expected = "\
wrong       y came out wrong
input       Case {
                x: 1,
            }
got         2
expected    3
difference  off by 1
likely      the kernel is flipped
note        the search was cut short
replay      lab-05:conv:0:17";
        assert_eq!(sample().to_string(), expected);
    }

    #[test]
    fn colours_change_nothing_but_colour() {
        let stripped: String = without_escapes(&failure(&sample()));
        assert_eq!(stripped, sample().to_string());
    }

    #[test]
    fn a_failed_check_shows_its_law() {
        let check = CheckInfo {
            name: "conv".into(),
            step: "3".into(),
            law: "conv is linear".into(),
            ..CheckInfo::default()
        };
        let text = without_escapes(&failed(&check, &sample()));
        assert!(text.starts_with("✗ 3 conv\n  law         conv is linear\n  wrong       y came"));
    }

    #[test]
    fn long_values_lose_their_middle() {
        let lines: Vec<String> = (0..100).map(|i| i.to_string()).collect();
        let text = row("got", Style::new(), &lines.join("\n"));
        assert_eq!(text.lines().count(), MOST_LINES + 1);
        assert!(text.contains("… 60 lines more …"));
        assert!(text.starts_with("got         0\n            1\n"));
        assert!(text.ends_with("\n            99"));
    }

    /// Drops everything from an escape to its `m`.
    fn without_escapes(text: &str) -> String {
        let mut plain = String::new();
        let mut escaped = false;
        for c in text.chars() {
            match c {
                '\u{1b}' => escaped = true,
                'm' if escaped => escaped = false,
                c if !escaped => plain.push(c),
                _ => {}
            }
        }
        plain
    }
}
