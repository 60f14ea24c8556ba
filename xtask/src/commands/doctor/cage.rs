//! `doctor --cage`: whether this machine keeps hostile code in its place.
//!
//! What the system claims to enforce is one thing, so each misdeed of [`cage::controls()`] is tried as well: in the
//! cage, which has to stop it, and outside, where it has to succeed. One that fails in either place proves nothing, and
//! what is not proved is no success.

use anyhow::{Result, bail};
use cage::controls::{Control, Finding};

use crate::Verdict;
use crate::cli::DoctorArgs;
use crate::interrupt;
use crate::terminal::{BOLD, DIM, GREEN, RED, YELLOW, count, pad, progress_bar, say};

/// `cargo xtask doctor --cage`.
pub(crate) fn doctor(args: &DoctorArgs) -> Result<Verdict> {
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
    let mut tally = Tally::default();
    for control in &controls {
        interrupt::check()?;
        bar.set_message(control.name);
        let (style, mark, what) = match control.run() {
            Ok(finding) => match tally.take(&finding) {
                Proof::Stopped => (GREEN, "ok     ", how(&finding)),
                Proof::Unknown => {
                    let free = &finding.free;
                    (
                        YELLOW,
                        "unknown",
                        format!("proves nothing, for it fails outside the cage as well: {free}"),
                    )
                }
                Proof::Broken => (RED, "FAILED ", format!("was not stopped: {}", finding.caged)),
            },
            Err(error) => {
                tally.broken += 1;
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
    let tried = count(controls.len(), "misdeed");
    let Tally { stopped, unknown, broken } = tally;
    match (broken, unknown) {
        (0, 0) => say!("{GREEN}{tried} tried, all stopped.{GREEN:#}"),
        (0, _) => say!(
            "{tried} tried: {GREEN}{stopped} stopped{GREEN:#}, {YELLOW}{unknown} unknown{YELLOW:#}, since they cannot be \
             done here even without a cage, as in many containers."
        ),
        _ => say!("{RED}{broken} of {tried} got through{RED:#}, {stopped} stopped, {unknown} unknown."),
    }
    if broken > 0 {
        say!("Do not grade other people's code here, and report this.");
    } else if !whole {
        say!(
            "This system has no cage: `cargo xtask grade` refuses other people's code here, which could read the hidden \
             checks and\neverything that is yours. Your own labs/ and the references are graded all the same. Linux from 5.13 \
             on has what is needed,\nalso in a virtual machine or a container."
        );
    } else if unknown > 0 && !args.allow_unknown {
        say!(
            "What is unknown is not proved. If whatever forbids it here will also be there when you grade, say \
             --allow-unknown."
        );
    } else {
        say!("Other people's code may be graded here.");
    }
    Ok(Verdict::passed_if(whole && tally.good(args.allow_unknown)))
}

/// What the controls have proved so far.
#[derive(Debug, Default)]
struct Tally {
    stopped: usize,
    unknown: usize,
    broken: usize,
}

/// What a control has proved.
#[derive(Debug, PartialEq)]
enum Proof {
    /// The cage stops what succeeds outside.
    Stopped,
    /// Nothing: it fails in the cage, and outside as well.
    Unknown,
    /// The cage does not stop it.
    Broken,
}

impl Tally {
    fn take(&mut self, finding: &Finding) -> Proof {
        let (number, proof) = match finding {
            Finding { stopped: true, succeeds_outside: true, .. } => (&mut self.stopped, Proof::Stopped),
            Finding { stopped: true, .. } => (&mut self.unknown, Proof::Unknown),
            Finding { .. } => (&mut self.broken, Proof::Broken),
        };
        *number += 1;
        proof
    }

    /// Whether other people's code may be let in. Nothing tried is nothing proved.
    fn good(&self, allow_unknown: bool) -> bool {
        self.broken == 0 && self.stopped > 0 && (self.unknown == 0 || allow_unknown)
    }
}

/// What stopped it. Of an act that may end as it likes, nothing was left.
fn how(finding: &Finding) -> String {
    if finding.caged == "exited with 0" {
        "nothing of it was left".to_string()
    } else {
        finding.caged.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(findings: &[(bool, bool)]) -> (Tally, Vec<Proof>) {
        let mut tally = Tally::default();
        let finding = |&(stopped, succeeds_outside): &(bool, bool)| Finding {
            caged: String::new(),
            free: String::new(),
            stopped,
            succeeds_outside,
        };
        let proofs = findings.iter().map(|found| tally.take(&finding(found))).collect();
        (tally, proofs)
    }

    #[test]
    fn what_fails_outside_too_is_unknown_and_no_success_unless_allowed() {
        let (good, _) = tally(&[(true, true), (true, true)]);
        assert!(good.good(false));
        let (unknown, proofs) = tally(&[(true, true), (true, false)]);
        assert_eq!(proofs, [Proof::Stopped, Proof::Unknown]);
        assert!(!unknown.good(false) && unknown.good(true));
        let (broken, proofs) = tally(&[(true, true), (false, true), (false, false)]);
        assert_eq!(proofs[1..], [Proof::Broken, Proof::Broken]);
        assert!(!broken.good(true));
        let (nothing, _) = tally(&[(true, false)]);
        assert!(!nothing.good(true) && !Tally::default().good(true));
    }
}
