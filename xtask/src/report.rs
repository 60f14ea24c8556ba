//! How a run of checks looks: lines for people, JSON for editors.

use std::collections::BTreeSet;

use grading::event::{CheckInfo, Event};
use grading::render;
use indicatif::ProgressBar;
use serde_json::json;

use crate::lab::{Lab, Step};
use crate::run::{CheckRun, News, Outcome, Printed};
use crate::terminal::{BOLD, CYAN, DIM, GREEN, RED, YELLOW, count, say, spinner};

/// Who reads the report.
pub(crate) enum Reader {
    Person,
    Program,
}

/// Writes a report while the checks run.
pub(crate) struct Report<'a> {
    lab: &'a Lab,
    reader: Reader,
    /// Explain every failure, not only the first, and show what was printed under checks that pass.
    explain_all: bool,
    /// What to add to a command that is to be typed (` --solution`).
    flags: &'static str,
    heading: Option<String>,
    explained: BTreeSet<String>,
    /// Names the check that runs.
    bar: ProgressBar,
}

impl<'a> Report<'a> {
    pub(crate) fn new(lab: &'a Lab, reader: Reader, explain_all: bool, flags: &'static str) -> Report<'a> {
        let bar = match &reader {
            Reader::Person => spinner("checking"),
            Reader::Program => ProgressBar::hidden(),
        };
        Report { lab, reader, explain_all, flags, heading: None, explained: BTreeSet::new(), bar }
    }

    /// The checks whose failures were explained, with their first hints.
    pub(crate) fn explained(&self) -> &BTreeSet<String> {
        &self.explained
    }

    /// Takes in what the run has to say.
    pub(crate) fn take(&mut self, news: News<'_>) {
        match (&self.reader, news) {
            (Reader::Program, News::Event(event)) => print_json(event),
            (Reader::Program, News::Line { check, line }) => {
                print_json(&json!({ "event": "printed", "check": check, "line": line }));
            }
            (Reader::Person, News::Settled(run)) => self.bar.clone().suspend(|| self.settled(run)),
            (Reader::Person, News::Line { check: None, line }) => {
                self.bar.suspend(|| say!("{DIM}  │ {line}{DIM:#}"));
            }
            (Reader::Person, News::Event(Event::Started { check })) => self.bar.set_message(check.clone()),
            (Reader::Program, News::Settled(_)) | (Reader::Person, News::Event(_) | News::Line { .. }) => {}
        }
    }

    fn settled(&mut self, run: &CheckRun) {
        self.head(&run.info.step);
        match &run.outcome {
            Outcome::Passed { cases, millis } => {
                say!("{}", render::passed(&run.info, *cases, *millis));
                if self.explain_all {
                    show_printed(&run.printed);
                } else if !run.printed.is_empty() {
                    say!("    {DIM}(your code printed something; name the check to see it){DIM:#}");
                }
            }
            Outcome::Failed { failure } if self.explain_all || self.explained.is_empty() => {
                let mut failure = failure.clone();
                if let Some(token) = &mut failure.token {
                    *token = format!("cargo xtask replay {token}{}", self.flags);
                }
                say!("{}", render::failed(&run.info, &failure));
                self.guidance(&run.info);
                show_printed(&run.printed);
                self.explained.insert(run.info.name.clone());
            }
            Outcome::Failed { failure } => {
                let (step, name) = (&run.info.step, &run.info.name);
                let kind = render::kind(&failure.kind);
                let message = failure.message.lines().next().unwrap_or_default();
                say!("{RED}✗{RED:#} {step} {name} {DIM}{kind}: {message}{DIM:#}");
                show_printed(&run.printed);
            }
            Outcome::Waiting => {}
        }
    }

    /// The heading of a step, once.
    fn head(&mut self, step: &str) {
        if self.heading.as_deref() == Some(step) {
            return;
        }
        self.heading = Some(step.to_string());
        match self.lab.step(step) {
            Some(step) => say!("\n{BOLD}Step {} · {}{BOLD:#}", step.id, step.title),
            None => say!("\n{BOLD}Step {step}{BOLD:#}"),
        }
    }

    /// Where to read on, and the first hint.
    fn guidance(&self, info: &CheckInfo) {
        if let Some(step) = self.lab.step(&info.step) {
            label("handout", &handout(self.lab, step));
        }
        if let Some(hint) = info.hints.first() {
            label("hint", hint);
            if info.hints.len() > 1 {
                let command = format!("cargo xtask hint {}", self.lab.short());
                say!("  {DIM}{:<12}the next of {}: {command}{DIM:#}", "", info.hints.len());
            }
        }
    }

    /// What is left, in a line or two, when the run is over. `selected`: only some checks were asked for.
    pub(crate) fn finish(&self, runs: &[CheckRun], selected: bool) {
        self.bar.finish_and_clear();
        let passed = runs.iter().filter(|run| run.passed()).count();
        let failed = runs.iter().filter(|run| run.failure().is_some()).count();
        let waiting = runs.len() - passed - failed;
        match self.reader {
            Reader::Program => {
                let next = runs.iter().find(|run| run.failure().is_some()).map(|run| {
                    let step = self.lab.step(&run.info.step);
                    json!({
                        "check": run.info.name,
                        "step": run.info.step,
                        "title": step.map(|step| &step.title),
                        "handout": step.map(|step| self.lab.section_link(step)),
                        "hint": run.info.hints.first(),
                    })
                });
                print_json(&json!({
                    "event": "summary",
                    "lab": self.lab.id(),
                    "passed": passed,
                    "failed": failed,
                    "waiting": waiting,
                    "next": next,
                }));
            }
            Reader::Person => {
                self.waiting(runs);
                say!();
                if failed == 0 && waiting == 0 {
                    say!("{GREEN}{BOLD}{} passed.{BOLD:#}{GREEN:#}", count(passed, "check"));
                    if !selected && self.flags.is_empty() {
                        say!(
                            "{} is done. See it work: {CYAN}cargo xtask demo {}{CYAN:#}",
                            self.lab.title,
                            self.lab.short()
                        );
                    }
                } else {
                    let rest = if waiting > 0 { format!(", {waiting} waiting") } else { String::new() };
                    say!("{BOLD}{passed} passed, {failed} failed{rest}{BOLD:#}");
                }
            }
        }
    }

    /// The steps whose turn has not come.
    fn waiting(&self, runs: &[CheckRun]) {
        let mut steps: Vec<(&str, usize)> = Vec::new();
        for run in runs.iter().filter(|run| matches!(run.outcome, Outcome::Waiting)) {
            match steps.last_mut() {
                Some((step, number)) if *step == run.info.step => *number += 1,
                _ => steps.push((&run.info.step, 1)),
            }
        }
        if steps.is_empty() {
            return;
        }
        say!();
        for (step, number) in steps {
            let title = self.lab.step(step).map_or("", |step| step.title.as_str());
            let checks = count(number, "check");
            say!("{DIM}· Step {step} · {title}: {checks} waiting{DIM:#}");
        }
    }
}

impl Drop for Report<'_> {
    /// A run that was cut short leaves no half bar behind.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// `"Pooling", labs/lab-05-cnn/README.md#pooling`.
pub(crate) fn handout(lab: &Lab, step: &Step) -> String {
    format!("\"{}\", {}", step.section, lab.section_link(step))
}

/// A line in the style of `grading::render`: a label, then text whose further lines are indented alike.
pub(crate) fn label(name: &str, text: &str) {
    let text = text.trim_end().replace('\n', &format!("\n{:14}", ""));
    say!("  {CYAN}{name:<12}{CYAN:#}{text}");
}

fn show_printed(printed: &Printed) {
    if printed.is_empty() {
        return;
    }
    let (first, left_out, last) = printed.parts();
    let show = |line: &String| say!("    {YELLOW}│{YELLOW:#} {line}");
    say!("  {CYAN}your code printed{CYAN:#}");
    first.iter().for_each(show);
    if left_out > 0 {
        say!("    {YELLOW}│{YELLOW:#} {DIM}… {} …{DIM:#}", count(left_out, "line"));
    }
    last.for_each(show);
}

/// One line of JSON on stdout.
pub(crate) fn print_json(value: &impl serde::Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => say!("{text}"),
        Err(error) => anstream::eprintln!("{RED}error:{RED:#} cannot write JSON: {error}"),
    }
}

/// What happened, for programs.
pub(crate) fn build_failed(message: &str) -> serde_json::Value {
    json!({ "event": "build_failed", "message": anstream::adapter::strip_str(message).to_string() })
}
