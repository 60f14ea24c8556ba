//! `--roster FILE`: which submission is whose.
//!
//! ```csv
//! submission,student,name
//! anna-berg_1234_lab05.zip,ab123,Anna Berg
//! ```
//!
//! `submission` is the name of a folder or archive, with or without its ending; `student` is the id that reports use;
//! `name` may be missing. Semicolons do for commas, which is how Excel writes CSV in half of Europe.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// The roster by submission.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Roster {
    rows: BTreeMap<String, Row>,
}

/// One line of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// The id for reports.
    pub(crate) student: String,
    /// The name for people.
    pub(crate) name: Option<String>,
    /// Where it stands, counted from 1.
    pub(crate) line: usize,
}

impl Roster {
    /// Reads the file; an error names the line and the remedy.
    pub(crate) fn read(path: &Path) -> Result<Roster> {
        let bytes = fs::read(path).with_context(|| format!("cannot read the roster {}", path.display()))?;
        Roster::parse(&path.display().to_string(), &bytes)
    }

    fn parse(shown: &str, bytes: &[u8]) -> Result<Roster> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        ensure!(str::from_utf8(bytes).is_ok(), "{shown} is not UTF-8; save it as \"CSV UTF-8\"");
        let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let delimiter = if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' };
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(bytes);
        // A record's own position lies before the blank lines and line ends that come before it.
        let line_at = |position: Option<&csv::Position>| {
            let start = position.map_or(0, |position| position.byte() as usize).min(bytes.len());
            let blank = bytes[start..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
            1 + bytes[..start + blank].iter().filter(|&&byte| byte == b'\n').count()
        };
        let headers = reader.headers().with_context(|| format!("in {shown}"))?.clone();
        let column = |wanted: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(wanted));
        let required = |wanted: &str| {
            column(wanted).with_context(|| {
                format!(
                    "{shown}:1: there is no column `{wanted}`; the first line must be \
                 `submission,student` or `submission,student,name`, with commas"
                )
            })
        };
        let (submission, student, name) = (required("submission")?, required("student")?, column("name"));
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| match error.kind() {
                csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
                    let line = line_at(pos.as_ref());
                    anyhow::anyhow!(
                        "{shown}:{line}: this line has {len} columns, the header \
                     {expected_len}; put a value with a comma in double quotes"
                    )
                }
                _ => anyhow::anyhow!("{shown}: {error}"),
            })?;
            let line = line_at(record.position());
            let field = |column: usize| record.get(column).unwrap_or_default();
            let (submission, student) = (field(submission), field(student));
            ensure!(
                !submission.is_empty(),
                "{shown}:{line}: `submission` is empty; write the folder's or archive's name"
            );
            ensure!(!student.is_empty(), "{shown}:{line}: `student` is empty; write the student's id");
            if let Err(reason) = check_id(student) {
                bail!("{shown}:{line}: the student id `{}` {reason}", student.escape_debug());
            }
            let name = name.map(field).filter(|name| !name.is_empty()).map(String::from);
            let row = Row { student: student.to_string(), name, line };
            if let Some(first) = rows.insert(submission.to_string(), row) {
                bail!(
                    "{shown}:{line}: `{submission}` is already on line {}; remove one of the two",
                    first.line
                );
            }
        }
        Ok(Roster { rows })
    }

    /// Takes the line for a submission that may go by these names.
    pub(crate) fn take(&mut self, names: &[&str]) -> Option<Row> {
        names.iter().find_map(|name| self.rows.remove(*name))
    }

    /// The lines nobody took.
    pub(crate) fn rest(&self) -> impl Iterator<Item = (&str, &Row)> {
        self.rows.iter().map(|(submission, row)| (submission.as_str(), row))
    }
}

/// Ids become names of files and of pages.
pub(crate) fn check_id(id: &str) -> Result<(), &'static str> {
    if id.starts_with('.') {
        return Err("must not begin with a dot, because it becomes the name of a file");
    }
    if id.chars().any(|c| c.is_control() || "/\\:*?\"<>|".contains(c)) {
        return Err("has characters that a file's name cannot have");
    }
    if id.len() > 120 {
        return Err("is longer than 120 bytes");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Roster> {
        Roster::parse("r.csv", text.as_bytes())
    }

    #[test]
    fn byte_order_mark_line_ends_quotes_and_column_order_do_not_matter() {
        let plain = parse("submission,student,name\na.zip,s1,\"Berg, Anna\"\nb,s2,\n").unwrap();
        let other =
            parse("\u{feff}Name,Submission,Student\r\n\"Berg, Anna\", a.zip ,s1\r\n,b,s2\r\n").unwrap();
        let excel = parse("submission;student;name\na.zip;s1;Berg, Anna\nb;s2;").unwrap();
        assert_eq!(plain, other);
        assert_eq!(plain, excel);
        assert_eq!(plain.rows["a.zip"].name.as_deref(), Some("Berg, Anna"));
        assert_eq!(plain.rows["b"].name, None);
    }

    #[test]
    fn errors_name_the_line_and_the_remedy() {
        let message = |text| format!("{:#}", parse(text).unwrap_err());
        assert!(
            message("a.zip,s1\n").contains("r.csv:1: there is no column `submission`; the first line must")
        );
        assert!(message("submission\tstudent\na\tb\n").contains("with commas"));
        assert!(message("submission,student\na,\n").contains("r.csv:2: `student` is empty"));
        assert!(
            message("submission,student\r\n\r\na,s\r\n,t\r\n").contains("r.csv:4: `submission` is empty")
        );
        assert!(message("submission,student\na,s\na,t\n").contains("r.csv:3: `a` is already on line 2"));
        assert!(message("submission,student\na,s,t\n").contains("r.csv:2: this line has 3 columns"));
        assert!(message("submission,student\na,../../etc\n").contains("r.csv:2: the student id"));
        assert!(
            Roster::parse("r.csv", b"submission,student\n\xff,s\n")
                .unwrap_err()
                .to_string()
                .contains("UTF-8")
        );
    }
}
