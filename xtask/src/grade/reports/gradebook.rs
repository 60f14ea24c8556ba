//! Tables for a spreadsheet: points by student and lab, and outcomes by student and check.
//!
//! A spreadsheet computes what begins like a formula, so such a cell gets an apostrophe in front
//! (<https://owasp.org/www-community/attacks/CSV_Injection>).

use anyhow::Result;
use csv::Writer;

use super::class::Class;
use super::text;
use crate::grade::results::{LabResult, Outcome};
use grading::render;

/// `gradebook.csv`: a row for each student; for each lab its score, its most and how it ended; the sums.
///
/// What was not graded is empty, not 0, and so is the sum it belongs to.
pub(super) fn grades(class: &Class<'_>) -> Result<Vec<u8>> {
    let mut table = Writer::from_writer(Vec::new());
    let mut header = vec!["student".to_string(), "name".to_string()];
    for lab in &class.labs {
        header.extend(["score", "max", "status"].map(|column| cell(&format!("{lab} {column}"))));
    }
    header.extend(["total", "total max"].map(String::from));
    table.write_record(&header)?;
    for submission in &class.submissions {
        let mut row = vec![cell(submission.student), cell(submission.name().unwrap_or_default())];
        for lab in &class.labs {
            let result = submission.lab(lab);
            let max = result.map_or_else(|| class.max_of_lab(lab), LabResult::max_score);
            row.push(number(result.and_then(LabResult::score)));
            row.push(max.to_string());
            row.push(result.map_or_else(|| "not handed in".into(), |result| result.status.to_string()));
        }
        row.push(number(submission.score()));
        row.push(class.max().to_string());
        table.write_record(&row)?;
    }
    Ok(table.into_inner()?)
}

/// `checks.csv`: a row for each student and check.
pub(super) fn checks(class: &Class<'_>) -> Result<Vec<u8>> {
    let mut table = Writer::from_writer(Vec::new());
    table.write_record([
        "student", "lab", "step", "check", "hidden", "points", "max", "outcome", "message", "mistake",
    ])?;
    for result in class.results() {
        for check in &result.checks {
            let points = result.score().map(|_| check.points());
            let (outcome, message, mistake) = match &check.outcome {
                Outcome::Passed { .. } => ("passed", "", ""),
                Outcome::NotRun => ("not run", "", ""),
                Outcome::Failed { failure } => (
                    render::kind(&failure.kind),
                    failure.message.as_str(),
                    failure.mistake.as_deref().unwrap_or_default(),
                ),
            };
            table.write_record([
                cell(&result.student),
                cell(&result.lab),
                cell(&check.info.step),
                cell(&check.info.name),
                if check.info.hidden { "yes" } else { "no" }.into(),
                number(points),
                check.info.points.to_string(),
                outcome.into(),
                cell(&text::first_line(message)),
                cell(&text::first_line(mistake)),
            ])?;
        }
    }
    Ok(table.into_inner()?)
}

fn number(number: Option<u32>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// Foreign text as a cell that is never a formula.
fn cell(foreign: &str) -> String {
    let text = text::line(foreign);
    match text.chars().next() {
        // The wide forms are taken for the narrow ones where the keyboard writes both.
        Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}') => format!("'{text}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use csv::Reader;

    use super::*;
    use crate::grade::reports::sample;

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut reader = Reader::from_reader(bytes);
        let header = reader.headers().unwrap().clone();
        // The reader demands equally long rows.
        let rows = reader.records().map(Result::unwrap);
        std::iter::once(header).chain(rows).map(|row| row.iter().map(String::from).collect()).collect()
    }

    #[test]
    fn what_was_not_graded_is_empty_and_so_is_its_sum() {
        let results = [
            sample::mixed("ada", "lab-05-cnn"),
            sample::not_graded("bob", "lab-05-cnn"),
            sample::mixed("bob", "lab-06-resnet"),
            sample::broken("cleo", "lab-05-cnn"),
        ];
        let (score, max) = (results[0].score().unwrap(), results[0].max_score());
        let table = read(&grades(&Class::new(&results).unwrap()).unwrap());
        let expected = [
            "student|name|lab-05-cnn score|lab-05-cnn max|lab-05-cnn status\
             |lab-06-resnet score|lab-06-resnet max|lab-06-resnet status|total|total max"
                .to_string(),
            format!("ada||{score}|{max}|graded||{max}|not handed in|{score}|{}", 2 * max),
            format!("bob|||{max}|not graded|{score}|{max}|graded||{}", 2 * max),
            format!("cleo||0|{max}|compile error||{max}|not handed in|0|{}", 2 * max),
        ];
        assert_eq!(table.iter().map(|row| row.join("|")).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn no_cell_is_a_formula() {
        let names =
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "\u{ff1d}1", "a\",=1\n=2", "\u{0}=1"];
        let results: Vec<LabResult> = names.iter().map(|name| sample::hostile(name, "lab-05-cnn")).collect();
        let class = Class::new(&results).unwrap();
        for table in [grades(&class).unwrap(), checks(&class).unwrap()] {
            for cell in read(&table).concat() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', ' ', '＝']), "{cell:?}");
                assert!(!cell.contains(['\n', '\r', '\0']), "{cell:?}");
            }
        }
    }

    #[test]
    fn a_check_that_nobody_could_ask_has_no_points_and_one_that_failed_has_0() {
        let results = [sample::not_graded("ada", "lab-05-cnn"), sample::mixed("bob", "lab-05-cnn")];
        let table = read(&checks(&Class::new(&results).unwrap()).unwrap());
        for row in &table[1..] {
            let expected = match (row[0].as_str(), row[7].as_str()) {
                ("ada", _) => "",
                (_, "passed") => &row[6],
                _ => "0",
            };
            assert_eq!(row[5], expected, "{row:?}");
        }
        assert_eq!(table.len(), 1 + results.iter().map(|result| result.checks.len()).sum::<usize>());
    }
}
