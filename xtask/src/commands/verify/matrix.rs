//! The stages about wrong and alternative solutions: which check catches which.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use grading::render;
use serde::{Deserialize, Serialize};

use super::Findings;
use crate::grade::assess::{Bench, Entry, Terms};
use crate::grade::results::{Outcome, Status};
use crate::lab::{Edition, Lab};
use crate::pool;
use crate::run::Until;
use crate::stubs::Source;
use crate::terminal::{DIM, RED, YELLOW, count, pad, say, spinner};
use crate::variants::{self, Kind, Variant};
use crate::workspace::{Workspace, write_atomically};

/// Variants that are compiled and run at the same time.
const JOBS: usize = 2;

/// Seconds for one call: a wrong solution that never ends is caught as well, and need not take long.
const LIMIT: u64 = 5;
/// Seconds for all calls.
const BUDGET: u64 = 120;
/// Seconds of processor time for a call of rustc.
const COMPILE_LIMIT: u64 = 60;

/// How a check came out on a variant, as kept between two runs of `verify`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cell {
    check: String,
    /// What sort of failure, with its sentence; `None` where the check passed.
    failure: Option<(String, String)>,
}

/// What became of a variant.
enum Row {
    Cells(Vec<Cell>),
    Rejected(String),
}

/// Compiles and runs all variants of a kind and judges them.
pub(super) fn variants(workspace: &Workspace, lab: &Lab, kind: Kind, findings: &mut Findings) -> Result<()> {
    let variants = variants::read(lab, kind)?;
    if variants.is_empty() {
        let what = format!("{} has no {} solutions", lab.id(), kind.folder());
        findings.fail(
            &what,
            &format!("add one to {}", lab.relative_dir(Edition::Solution).join(kind.folder()).display()),
        );
        return Ok(());
    }
    let source = Source::read(lab)?;
    let bench = Bench::set_up(workspace, lab, &own_terms())?;
    let names: Vec<String> = bench.plan().iter().map(|info| info.name.clone()).collect();
    let rows = examine_all(workspace, lab, &source, &bench, &variants)?;
    for (variant, row) in variants.iter().zip(&rows) {
        judge(lab, variant, row, &names, findings);
    }
    if kind == Kind::Wrong {
        print_matrix(&variants, &rows, &names, findings);
    }
    Ok(())
}

/// The authors' own code is judged as submissions are, but also where there is no cage.
pub(super) fn own_terms() -> Terms {
    Terms {
        limit: LIMIT,
        budget: BUDGET,
        compile_limit: COMPILE_LIMIT,
        salt: String::new(),
        any_level: true,
        until: Until::End,
    }
}

/// Examines the variants, a few at a time, in their order.
fn examine_all(
    workspace: &Workspace,
    lab: &Lab,
    source: &Source,
    bench: &Bench<'_>,
    variants: &[Variant],
) -> Result<Vec<Row>> {
    let bar = spinner(format!("{}: {}", lab.id(), count(variants.len(), "variant")));
    let rows = pool::map(JOBS, variants, |variant| {
        bar.set_message(format!("{}: {}", lab.id(), variant.name));
        examine(workspace, lab, source, bench, variant)
    });
    bar.finish_and_clear();
    rows
}

/// Compiles a variant and runs all checks on it, unless the very same was done before.
fn examine(
    workspace: &Workspace,
    lab: &Lab,
    source: &Source,
    bench: &Bench<'_>,
    variant: &Variant,
) -> Result<Row> {
    let files = variants::apply(source, variant)?;
    let dir: PathBuf =
        workspace.target_dir().join("verify").join(lab.id()).join(variant.kind.folder()).join(&variant.name);
    let entry = Entry { student: &variant.name, name: None, files: &files, notes: Vec::new() };
    let memory = dir.with_extension("json");
    let digest = bench.digest(&entry)?;
    let remembered: Option<(String, Vec<Cell>)> =
        fs::read(&memory).ok().and_then(|text| serde_json::from_slice(&text).ok());
    if let Some((of, cells)) = remembered
        && of == digest
    {
        return Ok(Row::Cells(cells));
    }
    let result = bench.judge(&entry, &dir)?;
    if result.status == Status::CompileError {
        return Ok(Row::Rejected(result.message.unwrap_or_default()));
    }
    let cells: Vec<Cell> = result
        .checks
        .iter()
        .map(|check| Cell {
            check: check.info.name.clone(),
            failure: match &check.outcome {
                Outcome::Failed { failure } => {
                    Some((render::kind(&failure.kind).to_string(), failure.to_string()))
                }
                Outcome::Passed { .. } => None,
                Outcome::NotRun => Some(("crashed".to_string(), "it did not run".to_string())),
            },
        })
        .collect();
    write_atomically(&memory, &serde_json::to_vec(&(digest, &cells))?)?;
    Ok(Row::Cells(cells))
}

/// Holds a variant to what it claims.
fn judge(lab: &Lab, variant: &Variant, row: &Row, names: &[String], findings: &mut Findings) {
    let title = format!("{}/{}/{}", lab.id(), variant.kind.folder(), variant.name);
    let cells = match row {
        Row::Rejected(complaint) => {
            findings.fail(&format!("{title} does not compile"), complaint);
            return;
        }
        Row::Cells(cells) => cells,
    };
    let failing: Vec<&Cell> = cells.iter().filter(|cell| cell.failure.is_some()).collect();
    match variant.kind {
        Kind::Alternative if failing.is_empty() && cells.len() == names.len() => {
            findings.pass(&format!("{title} passes: {}", variant.description));
        }
        Kind::Alternative => {
            let stories: Vec<String> = failing
                .iter()
                .filter_map(|cell| cell.failure.as_ref().map(|(_, story)| format!("{}\n{story}", cell.check)))
                .collect();
            findings.fail(&format!("{title} is right, but {}", said(&failing)), &stories.join("\n"));
        }
        Kind::Wrong => {
            let unknown: Vec<&str> =
                variant.caught_by.iter().filter(|name| !names.contains(name)).map(String::as_str).collect();
            let missed: Vec<&str> = variant
                .caught_by
                .iter()
                .filter(|name| !failing.iter().any(|cell| cell.check == **name))
                .map(String::as_str)
                .collect();
            if !unknown.is_empty() {
                findings.fail(
                    &title,
                    &format!("it names checks that the lab does not have: {}", unknown.join(", ")),
                );
            } else if missed.is_empty() {
                findings.pass(&format!("{title} is caught by {}", variant.caught_by.join(", ")));
            } else {
                let why = format!(
                    "{}\nnot caught by {}; {}",
                    variant.description,
                    missed.join(", "),
                    said(&failing)
                );
                findings.fail(&title, &why);
            }
        }
    }
}

/// `2 checks fail: a, b`.
fn said(failing: &[&Cell]) -> String {
    if failing.is_empty() {
        return "every check passes".to_string();
    }
    let names: Vec<&str> = failing.iter().map(|cell| cell.check.as_str()).collect();
    format!("these fail: {}", names.join(", "))
}

/// Shows wrong solutions against checks, and which checks catch nothing.
fn print_matrix(variants: &[Variant], rows: &[Row], names: &[String], findings: &Findings) {
    let width = variants.iter().map(|variant| variant.name.chars().count()).max().unwrap_or(0);
    let mut useful = BTreeSet::new();
    let columns: Vec<String> = (1..=names.len()).map(|number| format!("{number:>3}")).collect();
    say!("\n  {} {DIM}{}{DIM:#}", pad("", width), columns.join(""));
    for (variant, row) in variants.iter().zip(rows) {
        let Row::Cells(cells) = row else { continue };
        let mut line = String::new();
        for name in names {
            let failure =
                cells.iter().find(|cell| cell.check == *name).and_then(|cell| cell.failure.as_ref());
            if failure.is_some() {
                useful.insert(name.as_str());
            }
            line += &match failure {
                Some(_) if variant.caught_by.contains(name) => format!("{RED}  ✗{RED:#}"),
                Some(_) => format!("{YELLOW}  x{YELLOW:#}"),
                None => format!("{DIM}  ·{DIM:#}"),
            };
        }
        say!("  {} {line}", pad(&variant.name, width));
    }
    for (index, name) in names.iter().enumerate() {
        say!("  {DIM}{:>width$} {:>3} {name}{DIM:#}", "", index + 1);
    }
    findings.remark("✗ caught by a check it names, x by another");
    let idle: Vec<&str> = names.iter().map(String::as_str).filter(|name| !useful.contains(name)).collect();
    if !idle.is_empty() {
        findings.remark(&format!("no wrong solution trips: {}", idle.join(", ")));
    }
}
