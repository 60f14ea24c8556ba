//! Runs the batches and judges the grader.

use std::process::ExitCode;
use std::time::Instant;

use crate::attack::{Attack, Fate, SUCCESS};
use crate::grader::{Graded, Ground};
use crate::{compiling, handing_in, interrupted, running};

/// What was found wrong, as lines for people.
#[derive(Default)]
pub(crate) struct Findings {
    tried: usize,
    wrong: Vec<String>,
}

impl Findings {
    /// Notes how something came out.
    pub(crate) fn note(&mut self, name: &str, outcome: Result<String, String>) {
        self.tried += 1;
        match outcome {
            Ok(story) => println!("attack {name} ... ok: {story}"),
            Err(problem) => {
                println!("attack {name} ... FAILED: {problem}");
                self.wrong.push(format!("{name}: {problem}"));
            }
        }
    }

    /// Notes a list of things that should not be.
    pub(crate) fn none(&mut self, name: &str, found: &[String]) {
        let outcome = if found.is_empty() { Ok("nothing".into()) } else { Err(found.join("\n    ")) };
        self.note(name, outcome);
    }
}

pub(crate) fn run() -> ExitCode {
    let started = Instant::now();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    let chosen = |attacks: Vec<Attack>| -> Vec<Attack> {
        attacks.into_iter().filter(|attack| is_wanted(&attack.name)).collect()
    };
    let mut findings = Findings::default();
    let quick = [running::quick(), compiling::quick(), handing_in::quick()];
    batch(&chosen(quick.into_iter().flatten().collect()), &["--compile-limit", "30"], &mut findings);
    let endless = [running::endless(), compiling::endless()].into_iter().flatten().collect();
    let short = ["--limit", "2", "--budget", "8", "--compile-limit", "6"];
    batch(&chosen(endless), &short, &mut findings);
    if is_wanted("interrupted") {
        interrupted::run(&mut findings);
    }
    println!("\n{} tried in {} s", findings.tried, started.elapsed().as_secs());
    if !findings.wrong.is_empty() {
        println!("failures:\n{}", findings.wrong.join("\n"));
    }
    // As every test program ends, so that `verify` counts it.
    let failed = findings.wrong.len();
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {word}. {} passed; {failed} failed", findings.tried - failed);
    ExitCode::from(u8::from(!findings.wrong.is_empty() || findings.tried == 0))
}

/// Grades attacks in one command.
fn batch(attacks: &[Attack], words: &[&str], findings: &mut Findings) {
    if attacks.is_empty() {
        return;
    }
    let ground = Ground::new();
    ground.with_scene(|scene| attacks.iter().for_each(|attack| (attack.lay)(scene)));
    let mut words = words.to_vec();
    words.extend(["--jobs", "2"]);
    let child = ground.command("out", &words).spawn().unwrap();
    let grader = child.id();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    // All were graded: none could make its grading fail.
    let ended = match output.status.code() {
        Some(0) => Ok(format!("{} submissions", attacks.len())),
        code => Err(format!("exit {code:?}\n{said}\n{}", String::from_utf8_lossy(&output.stderr))),
    };
    findings.note("the batch ends well", ended);
    for attack in attacks {
        let outcome = ground.result("out", &attack.name).and_then(|graded| judge(&attack.fate, &graded));
        let outcome = outcome.map(|story| match attack.holds.as_str() {
            "" => story,
            holds => format!("{story} (none of: {holds})"),
        });
        findings.note(&attack.name, outcome);
    }
    findings.none("left behind", &ground.leftovers(grader));
    findings.none("told in reports", &ground.leaks("out"));
    findings.none("too large", &bloated(&ground));
}

/// Whether an attack ended as it had to.
fn judge(fate: &Fate, graded: &Graded) -> Result<String, String> {
    let wrong = |what: &str| Err(format!("{what}; it should have been {fate:?}, and is {graded:#?}"));
    match fate {
        Fate::Full if graded.status == "graded" && graded.lost.is_empty() => {
            Ok(format!("{} points, all its own", graded.score))
        }
        Fate::Full => wrong("an honest solution lost points"),
        Fate::Ends(statuses, words) => {
            if !statuses.contains(&graded.status.as_str()) || graded.score > 0 {
                return wrong("another end");
            }
            if !graded.message.contains(words) {
                return wrong("another message");
            }
            let line = graded.message.lines().next().unwrap_or_default();
            Ok(format!("{}: {}", graded.status, line.chars().take(100).collect::<String>()))
        }
        Fate::Loses(checks) | Fate::LosesAtLeast(checks) => {
            if let Some(check) = checks.iter().find(|check| graded.earned.contains(check)) {
                return wrong(&format!("it earned {check}"));
            }
            if checks.iter().any(|check| !graded.lost.contains_key(check))
                || graded.earned.len() + graded.lost.len() < 40
            {
                return wrong("checks are missing");
            }
            if let Fate::Loses(_) = fate {
                if graded.status != "graded" {
                    return wrong("another status");
                }
                if let Some(told) = graded.lost.values().find(|why| why.contains(SUCCESS)) {
                    return Err(told.clone());
                }
                if graded.lost.len() != checks.len() {
                    return wrong("honest functions lost points");
                }
            }
            let why = checks.first().map_or("", |check| graded.lost[check].as_str());
            Ok(format!("{}, {} points; {why}", graded.status, graded.score))
        }
    }
}

/// Files that a submission has blown up.
fn bloated(ground: &Ground) -> Vec<String> {
    let files = crate::grader::listing(&ground.path("out/results")).into_iter();
    let sizes = files.map(|file| (std::fs::metadata(&file).map_or(0, |file| file.len()), file));
    sizes
        .filter(|(size, _)| *size > 256 << 10)
        .map(|(size, file)| format!("{} has {size} bytes", file.display()))
        .collect()
}
