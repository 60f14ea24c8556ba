//! Without a command: where you stand. `list`: all labs and their steps.

use anyhow::Result;
use serde_json::json;

use crate::Verdict;
use crate::cli::ListArgs;
use crate::lab::{Lab, Step};
use crate::progress::Progress;
use crate::report::{handout, print_json};
use crate::terminal::{BOLD, CYAN, DIM, GREEN, YELLOW, count, pad, say};
use crate::workspace::Workspace;

/// How far a lab is.
struct Standing<'a> {
    lab: &'a Lab,
    done: usize,
    next: Option<&'a Step>,
    touched: bool,
}

fn standings<'a>(workspace: &'a Workspace, progress: &Progress) -> Vec<Standing<'a>> {
    let of = |lab: &'a Lab| {
        let known = progress.lab(&lab.id());
        Standing {
            lab,
            done: lab.steps.iter().filter(|step| known.done.contains(&step.id)).count(),
            next: lab.steps.iter().find(|step| !known.done.contains(&step.id)),
            touched: known.failing.is_some() || !known.done.is_empty(),
        }
    };
    workspace.labs.iter().map(of).collect()
}

/// `cargo xtask`.
pub(crate) fn overview(workspace: &Workspace) -> Result<Verdict> {
    let progress = Progress::load(&workspace.root);
    let standings = standings(workspace, &progress);
    if standings.is_empty() {
        say!("There are no labs yet. Lay out the first: {CYAN}cargo xtask new lab-01-perceptron{CYAN:#}");
        return Ok(Verdict::Passed);
    }
    let width = standings.iter().map(|s| s.lab.title.chars().count()).max().unwrap_or(0);
    say!("{BOLD}Where you stand{BOLD:#}\n");
    for standing in &standings {
        let lab = standing.lab;
        let all = lab.steps.len();
        let state = format!("{} of {}", standing.done, count(all, "step"));
        let (style, word) = match standing.next {
            None => (GREEN, "done".to_string()),
            Some(step) if standing.touched => (YELLOW, format!("next: step {}, {}", step.id, step.title)),
            Some(_) => (DIM, "not begun".to_string()),
        };
        let title = pad(&lab.title, width);
        say!("  {BOLD}{}{BOLD:#}  {title}  {}  {style}{word}{style:#}", lab.short(), pad(&state, 14));
    }
    let current = standings
        .iter()
        .find(|s| s.touched && s.next.is_some())
        .or_else(|| standings.iter().find(|s| s.next.is_some()));
    say!();
    match current {
        Some(Standing { lab, next: Some(step), .. }) => {
            say!("Next: step {} of {}, {BOLD}{}{BOLD:#}", step.id, lab.short(), step.title);
            if !step.items.is_empty() {
                say!("  write    {}", step.items.join(", "));
            }
            say!("  read     {}", handout(lab, step));
            say!("  check    {CYAN}cargo xtask test {}{CYAN:#}", lab.short());
        }
        _ => say!("{GREEN}Everything is done.{GREEN:#} See it work: {CYAN}cargo xtask demo LAB{CYAN:#}"),
    }
    Ok(Verdict::Passed)
}

/// `cargo xtask list`.
pub(crate) fn list(workspace: &Workspace, args: &ListArgs) -> Result<Verdict> {
    let progress = Progress::load(&workspace.root);
    for standing in standings(workspace, &progress) {
        let lab = standing.lab;
        let known = progress.lab(&lab.id());
        if args.json {
            let steps: Vec<_> = lab
                .steps
                .iter()
                .map(|step| {
                    json!({
                        "id": step.id,
                        "title": step.title,
                        "items": step.items,
                        "handout": lab.section_link(step),
                        "done": known.done.contains(&step.id),
                    })
                })
                .collect();
            print_json(&json!({
                "lab": lab.id(),
                "number": lab.number,
                "name": lab.name,
                "title": lab.title,
                "summary": lab.summary,
                "submit": lab.submit,
                "steps": steps,
            }));
            continue;
        }
        say!("{BOLD}{}  {}{BOLD:#}", lab.id(), lab.title);
        if !lab.summary.is_empty() {
            say!("  {DIM}{}{DIM:#}", lab.summary);
        }
        for step in &lab.steps {
            let mark = if known.done.contains(&step.id) { "✓" } else { "·" };
            let items = step.items.join(", ");
            say!("  {GREEN}{mark}{GREEN:#} {} {}  {DIM}{items}{DIM:#}", step.id, step.title);
        }
        say!();
    }
    Ok(Verdict::Passed)
}
