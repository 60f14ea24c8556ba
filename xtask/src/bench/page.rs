//! The page: bars for every library, the table, and what it was measured on.

use std::path::Path;

use anyhow::Result;
use plots::{Bars, Page};

use super::library::Library;
use super::tables::{Question, Row};

/// Categories that fit side by side.
const IN_A_FIGURE: usize = 5;

/// What was measured, and on what.
pub(crate) struct Run<'a> {
    pub(crate) question: Question,
    pub(crate) header: &'a [String],
    pub(crate) rows: &'a [Row],
    pub(crate) libraries: &'a [Library],
    /// Names and values: the machine, the threads, the versions.
    pub(crate) settings: &'a [(String, String)],
}

/// Writes the page.
pub(crate) fn write(run: &Run<'_>, path: &Path) -> Result<()> {
    let (title, about) = match run.question {
        Question::Time => ("How long a training step takes", "Longer bars are faster."),
        Question::Threads => ("What threads gain", "The ideal is the number of threads."),
        Question::Batch => ("What a sample costs in small and large batches", "The ideal is 1."),
        Question::Memory => ("The memory of a training step", "Shorter bars need less."),
        Question::Operations => ("Single operations", "The ceiling, measured in the same run, is 1."),
    };
    let relative = run.question == Question::Time && run.libraries.contains(&Library::Pytorch);
    let about = if run.question == Question::Time && !relative { "Shorter bars are faster." } else { about };
    let mut page = Page::new(title).section("Bars", about);
    for rows in run.rows.chunks(IN_A_FIGURE) {
        let names: Vec<&str> = rows.iter().map(|row| row.workload.name).collect();
        let mut bars = Bars::new("", &names).y_label(run.question.axis(run.libraries)).size(960.0, 360.0);
        for (index, library) in run.libraries.iter().enumerate() {
            let headlines: Vec<_> = rows.iter().map(|row| row.entries[index].headline).collect();
            let values: Vec<f64> = headlines
                .iter()
                .map(|headline| headline.map_or(f64::NAN, |headline| headline.value))
                .collect();
            bars = bars.series(library.title(), &values);
        }
        page = page.figure(bars.numbers().figure()?);
    }
    let rows: Vec<Vec<String>> = run.rows.iter().map(Row::cells).collect();
    page = page.section("Numbers", legend(run.question)).table(run.header, &rows);
    let described: Vec<[&str; 2]> =
        run.rows.iter().map(|row| [row.workload.name, row.workload.about]).collect();
    page = page.section("Workloads", "").table(&["name", "what it is"], &described);
    for (name, value) in run.settings {
        page = page.setting(name, value);
    }
    let missing = missing(run.rows);
    if !missing.is_empty() {
        page = page.section("Missing", "").table(&["library", "workloads", "reason"], &missing);
    }
    page.footer("cargo xtask bench --help").save(path)?;
    Ok(())
}

/// How to read the table.
pub(crate) fn legend(question: Question) -> &'static str {
    match question {
        Question::Time => {
            "The median step, and how far half of the rounds lie from it at most; \
             the ratio of the times, below 1 where ours is faster, and what half of the rounds lie between."
        }
        Question::Threads => {
            "The median step; the ratio of the times, and what half of the rounds lie between."
        }
        Question::Batch => "The median time for a sample, by samples in a step.",
        Question::Memory => "Resident memory at its peak, less that of the idle process.",
        Question::Operations => {
            "The median time; the multiplications and additions, or the bytes that must be read and written at least, \
             in that time; as a share of what ceiling_flops and ceiling_bytes reach with all threads."
        }
    }
}

/// Which library lacks which workloads, and why: a line for each library and reason.
pub(crate) fn missing(rows: &[Row]) -> Vec<[String; 3]> {
    let mut lines: Vec<[String; 3]> = Vec::new();
    for row in rows {
        for (library, reason) in &row.missing {
            match lines.iter_mut().find(|line| line[0] == library.title() && line[2] == *reason) {
                Some(line) => {
                    line[1] += ", ";
                    line[1] += row.workload.name;
                }
                None => {
                    lines.push([library.title().into(), row.workload.name.into(), reason.clone()]);
                }
            }
        }
    }
    for line in &mut lines {
        if rows.len() > 1 && line[1].split(", ").count() == rows.len() {
            line[1] = "everything".into();
        }
    }
    lines
}
