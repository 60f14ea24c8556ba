//! Foreign text, made fit to be shown.
//!
//! Names, printed text, panic messages and the compiler's words come from people who may wish to mislead whoever reads
//! a report: by escapes that move a terminal's cursor, by marks that turn the reading direction, by megabytes. Here
//! such text becomes short and visible; *escaping* is the business of each format. Absolute paths lose all but
//! their ends, since a report tells nothing of the machine that graded.

use std::fmt::Write;

/// More than this of one text helps nobody.
const MOST_CHARS: usize = 6000;
const MOST_LINES: usize = 120;
const MOST_CHARS_OF_A_LINE: usize = 120;

/// More than this is not even looked at: what is shown is less, and megabytes cost time.
const MOST_BYTES: usize = 64 << 10;

/// Where the middle was.
const LEFT_OUT: &str = "\n… the middle of this long text is left out …\n";

/// A text of several lines, without escapes for colour.
pub(super) fn block(text: &str) -> String {
    let text = match text.len() {
        0..=MOST_BYTES => text.to_string(),
        length => {
            let head = &text[..text.floor_char_boundary(MOST_BYTES * 3 / 4)];
            let tail = &text[text.ceil_char_boundary(length - MOST_BYTES / 4)..];
            // Half a path would not be known for one.
            let tail = tail.trim_start_matches(|c: char| is_of_path(c) || c == '/' || c == '\\');
            [head, LEFT_OUT, tail].concat()
        }
    };
    let text = if text.contains('\u{1b}') { anstream::adapter::strip_str(&text).to_string() } else { text };
    let text = text.replace("\r\n", "\n");
    let text = visible(&without_paths(text.trim_end()));
    without_middle(&text)
}

/// A text of one line: a name, a heading, a cell.
pub(super) fn line(text: &str) -> String {
    let text = visible(&text[..text.floor_char_boundary(MOST_BYTES)]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MOST_CHARS_OF_A_LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The first line of a text of several.
pub(super) fn first_line(text: &str) -> String {
    line(block(text).lines().find(|line| !line.trim().is_empty()).unwrap_or_default())
}

/// Shows what has no picture of its own, or has power over that of its neighbours.
///
/// What is left may stand in XML, which forbids most control characters even as references.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            // Unicode has pictures of the control characters, in the same order.
            '\0'..='\x1f' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
            '\x7f' => shown.push('\u{2421}'),
            '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => shown.push(char::REPLACEMENT_CHARACTER),
            // Directions, joiners, separators of lines, tags: unseen, and at work.
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}' => {
                let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(c));
            }
            _ => shown.push(c),
        }
    }
    shown
}

/// Leaves the middle out of what is too long, rather than the end: that is where a compiler sums up.
fn without_middle(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let text = if lines.len() > MOST_LINES {
        let (head, tail) = (&lines[..MOST_LINES * 3 / 4], &lines[lines.len() - MOST_LINES / 4..]);
        [&head.join("\n"), LEFT_OUT, &tail.join("\n")].concat()
    } else {
        text.to_string()
    };
    let chars = text.chars().count();
    if chars <= MOST_CHARS {
        return text;
    }
    let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at);
    [&text[..at(MOST_CHARS * 3 / 4)], LEFT_OUT, &text[at(chars - MOST_CHARS / 4)..]].concat()
}

/// Replaces `/home/ada/labs/src/conv.rs` by `…/conv.rs`, and the like with a drive letter.
///
/// `src/conv.rs`, `1/2`, `// comment` and `https://…` stay.
fn without_paths(text: &str) -> String {
    if !text.contains(['/', '\\']) {
        return text.to_string();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let before = kept.chars().next_back();
        let (length, end) = match before {
            Some(c) if is_of_path(c) || c == '~' => (0, ""),
            _ => absolute_path(rest),
        };
        if length > 0 {
            kept.push_str("…/");
            kept.push_str(end);
            rest = &rest[length..];
        } else {
            // A run of slashes is taken whole, so that the second of `//` begins nothing.
            let step = match rest.len() - rest.trim_start_matches('/').len() {
                0 => rest.chars().next().map_or(0, char::len_utf8),
                slashes => slashes,
            };
            kept.push_str(&rest[..step]);
            rest = &rest[step..];
        }
    }
    kept
}

/// The length of the absolute path that `text` begins with, and its last component; `(0, "")` if there is none.
fn absolute_path(text: &str) -> (usize, &str) {
    let slashes = text.len() - text.trim_start_matches('/').len();
    let drive = text.as_bytes();
    let drive =
        drive.len() > 2 && drive[0].is_ascii_alphabetic() && drive[1] == b':' && b"\\/".contains(&drive[2]);
    // Two slashes are a comment or stand behind a protocol; three are `file:///`.
    if slashes == 0 && !drive || slashes == 2 {
        return (0, "");
    }
    let start = if drive { 2 } else { 0 };
    let is_separator = |c: char| c == '/' || drive && c == '\\';
    let length = start
        + text[start..].find(|c: char| !is_of_path(c) && !is_separator(c)).unwrap_or(text.len() - start);
    let mut components = text[start..length].split(is_separator).filter(|component| !component.is_empty());
    match (components.next(), components.next_back()) {
        (Some(_), Some(last)) => (length, last),
        _ => (0, ""),
    }
}

/// Whether a file's name may hold it, in a path that somebody typed without quotes.
fn is_of_path(c: char) -> bool {
    c.is_alphanumeric() || "._-+@%".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_machine_lose_all_but_their_ends() {
        for (text, shown) in [
            ("at /home/ada/labs/src/conv.rs:3:5", "at …/conv.rs:3:5"),
            ("--> /tmp/x/y/lib.rs", "--> …/lib.rs"),
            ("\"/root/.cargo/registry/src/a-1.0/b.rs\"", "\"…/b.rs\""),
            (r"at C:\Users\Ada\conv.rs:3", "at …/conv.rs:3"),
            ("D:/a/b/c.rs", "…/c.rs"),
            ("file:///etc/secret/key", "file:…/key"),
            ("dir=/home/ada/", "dir=…/ada"),
        ] {
            assert_eq!(block(text), shown);
        }
        for text in [
            "src/conv.rs:3",
            "1/2 and a/b/c",
            "// a comment / about a",
            "/// docs",
            "https://doc.rust-lang.org/std/vec",
            "</div>",
            "x / y / z",
            "a: b",
        ] {
            assert_eq!(block(text), text);
        }
    }

    #[test]
    fn every_character_is_shown_or_named_and_may_stand_in_xml() {
        let all: String = (0..=0x10ffff).filter_map(char::from_u32).collect();
        for c in visible(&all).chars() {
            let allowed = matches!(c, '\t' | '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
            assert!(allowed, "{c:?}");
            assert!(
                !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            );
        }
        assert_eq!(block("a\u{202e}b\0\u{1b}[31mred\u{1b}[0m\r\n"), "a⟨U+202E⟩bred");
        assert_eq!(line("Zoë\n \tÅ\0"), "Zoë Å␀");
    }

    #[test]
    fn long_texts_keep_their_ends() {
        for filling in ["x", "é ", "\u{202e}", "\u{1b}[31m", "/a/b"] {
            let text = format!("begin {} end", filling.repeat(1 << 20));
            let shown = block(&text);
            assert!(shown.chars().count() < MOST_CHARS + 100, "{filling:?}");
            assert!(shown.starts_with("begin") && shown.ends_with("end"), "{filling:?}");
            assert!(shown.contains(LEFT_OUT), "{filling:?}");
            assert!(line(&text).chars().count() <= MOST_CHARS_OF_A_LINE + 1);
        }
        let lines: String = (0..5000).map(|n| format!("{n}\n")).collect();
        let shown = block(&lines);
        assert_eq!(shown.lines().count(), MOST_LINES + 1);
        assert!(shown.starts_with("0\n") && shown.ends_with("\n4999"));
    }
}
