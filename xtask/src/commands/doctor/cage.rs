//! `doctor --cage`: whether this machine keeps hostile code in its place.
//!
//! What the system claims to enforce is one thing, so each misdeed of [`cage::controls()`] is tried as well: in the
//! cage, which has to stop it, and outside, where it has to succeed. One that fails in either place proves nothing.

use anyhow::{Result, bail};
use cage::controls::{Control, Finding};

use crate::Verdict;
use crate::interrupt;
use crate::terminal::{BOLD, DIM, GREEN, RED, YELLOW, count, pad, progress_bar, say};

/// `cargo xtask doctor --cage`.
pub(crate) fn doctor() -> Result<Verdict> {
    let level = cage::level();
    say!("{BOLD}What this system enforces{BOLD:#}");
    for (name, guard) in level.guards() {
        let (style, mark) = match (guard.holds(), name) {
            (true, _) => (GREEN, "ok     "),
            (false, "namespaces") => (YELLOW, "without"),
            (false, _) => (RED, "missing"),
        };
        say!("{style}{mark}{style:#} {} {guard}", pad(name, 13));
    }
    let whole = level.require().is_ok();

    let controls = cage::controls();
    say!("\n{BOLD}What a caged program tried{BOLD:#}, and what stopped it");
    let wide = |text: fn(&Control) -> &str| controls.iter().map(|control| text(control).len()).max();
    let (name_width, attack_width) = (wide(|c| c.name).unwrap_or(0), wide(|c| c.attack).unwrap_or(0));
    let bar = progress_bar(controls.len());
    let mut broken = 0;
    let mut unproved = 0;
    for control in &controls {
        interrupt::check()?;
        bar.set_message(control.name);
        let (style, mark, what) = match control.run() {
            Ok(finding) if finding.holds() => (GREEN, "ok     ", how(&finding)),
            Ok(Finding { stopped: true, free, .. }) => {
                unproved += 1;
                (YELLOW, "unknown", format!("proves nothing, for it fails outside the cage as well: {free}"))
            }
            Ok(finding) => {
                broken += 1;
                (RED, "FAILED ", format!("was not stopped: {}", finding.caged))
            }
            Err(error) => {
                broken += 1;
                (RED, "FAILED ", format!("could not be tried: {error}"))
            }
        };
        bar.suspend(|| {
            say!(
                "{style}{mark}{style:#} {} {} {} {DIM}{what}{DIM:#}",
                pad(control.name, name_width),
                pad(control.guard, 12),
                pad(control.attack, attack_width)
            );
        });
        bar.inc(1);
    }
    bar.finish_and_clear();

    say!();
    if controls.is_empty() {
        bail!("there is nothing to be tried; that is no proof of a cage");
    }
    match (broken, unproved) {
        (0, 0) => say!("{GREEN}{} tried, all stopped.{GREEN:#}", count(controls.len(), "misdeed")),
        (0, _) => say!(
            "{} tried, none succeeded; {YELLOW}{unproved} cannot be done here even without a cage{YELLOW:#}, as in many \
             containers.",
            count(controls.len(), "misdeed")
        ),
        _ => say!("{RED}{broken} of {} got through.{RED:#}", count(controls.len(), "misdeed")),
    }
    if broken > 0 {
        say!("Do not grade other people's code here, and report this.");
    } else if whole {
        say!("Other people's code may be graded here.");
    } else {
        say!(
            "This system has no cage: `cargo xtask grade` refuses other people's code here, which could read the hidden \
             checks and\neverything that is yours. Your own labs/ and the references are graded all the same. Linux from 5.13 \
             on has what is needed,\nalso in a virtual machine or a container."
        );
    }
    Ok(Verdict::passed_if(broken == 0 && whole))
}

/// What stopped it. Of an act that may end as it likes, nothing was left.
fn how(finding: &Finding) -> String {
    if finding.caged == "exited with 0" {
        "nothing of it was left".to_string()
    } else {
        finding.caged.clone()
    }
}
