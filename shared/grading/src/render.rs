//! How results look to a person: the one place that both `cargo test` in a lab and the runner print with.
//!
//! Text comes out with escapes for colour; print it through `anstream`, which removes them where they do not belong
//! (a pipe, `NO_COLOR`). [`Failure`]'s `Display` is the same text without them.

use std::fmt;

use anstyle::{AnsiColor, Style};

use crate::event::{CheckInfo, Failure, FailureKind};

/// Where values are cut off: more lines than this help nobody.
const MOST_LINES: usize = 40;

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
    let mut text = format!("{bad}✗{bad:#} {} {strong}{}{strong:#}", check.step, check.name);
    if !check.law.is_empty() {
        text += &format!("\n  {label}{:<11}{label:#}", "law");
        text += &hanging(&check.law, 13);
    }
    for line in story(failure, &COLOUR).lines() {
        text += "\n  ";
        text += line;
    }
    text
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

/// What a kind of failure is called.
pub fn kind(kind: &FailureKind) -> &'static str {
    match kind {
        FailureKind::Wrong => "wrong",
        FailureKind::NotWritten => "not written",
        FailureKind::Panicked => "panicked",
        FailureKind::TimedOut => "timed out",
        FailureKind::Crashed => "crashed",
        FailureKind::InvalidAnswer => "invalid",
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&story(self, &PLAIN))
    }
}

/// One labelled line for everything that is known, values that span lines aligned under their first.
fn story(failure: &Failure, palette: &Palette) -> String {
    let mistake = failure.mistake.as_deref();
    let rows = [
        ("input", failure.input.as_deref()),
        ("got", failure.got.as_deref()),
        ("expected", failure.expected.as_deref()),
        ("difference", failure.difference.as_deref()),
        ("at", failure.location.as_deref()),
        ("likely", mistake),
    ];
    let (bad, label) = (palette.bad, palette.label);
    let mut text = format!("{bad}{:<11}{bad:#}", kind(&failure.kind));
    if kind(&failure.kind).len() >= 11 {
        text.push(' ');
    }
    text += &hanging(&failure.message, 11);
    for (name, value) in rows {
        if let Some(value) = value {
            text += &format!("\n{label}{name:<11}{label:#}");
            text += &hanging(value, 11);
        }
    }
    for note in &failure.notes {
        text += &format!("\n{label}{:<11}{label:#}", "note");
        text += &hanging(note, 11);
    }
    if let Some(token) = &failure.token {
        let faint = palette.faint;
        text += &format!("\n{label}{:<11}{label:#}{faint}{token}{faint:#}", "replay");
    }
    text
}

/// Indents all lines but the first, and leaves out the middle of what is very long.
fn hanging(value: &str, indent: usize) -> String {
    let lines: Vec<&str> = value.trim_end().lines().collect();
    let pad = format!("\n{:indent$}", "");
    if lines.len() <= MOST_LINES {
        return lines.join(&pad);
    }
    let half = MOST_LINES / 2;
    let left_out = format!("… {} lines more …", lines.len() - 2 * half);
    let mut kept = lines[..half].to_vec();
    kept.push(&left_out);
    kept.extend(&lines[lines.len() - half..]);
    kept.join(&pad)
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
            notes: vec!["shrinking stopped early".into()],
            ..Failure::new(FailureKind::Wrong, "y is not what it should be")
        }
    }

    #[test]
    fn display_is_plain_and_aligned() {
        let expected = "\
wrong      y is not what it should be
input      Case {
               x: 1,
           }
got        2
expected   3
difference off by 1
likely     the kernel is flipped
note       shrinking stopped early
replay     lab-05:conv:0:17";
        assert_eq!(sample().to_string(), expected);
    }

    #[test]
    fn colours_change_nothing_but_colour() {
        let stripped: String = anstyle_free(&failure(&sample()));
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
        let text = anstyle_free(&failed(&check, &sample()));
        assert!(text.starts_with("✗ 3 conv\n  law        conv is linear\n  wrong      y is"));
    }

    #[test]
    fn long_values_lose_their_middle() {
        let lines: Vec<String> = (0..100).map(|i| i.to_string()).collect();
        let text = hanging(&lines.join("\n"), 2);
        assert_eq!(text.lines().count(), MOST_LINES + 1);
        assert!(text.contains("… 60 lines more …"));
        assert!(text.ends_with("\n  99"));
    }

    /// Drops everything from an escape to its `m`.
    fn anstyle_free(text: &str) -> String {
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
