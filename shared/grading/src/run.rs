//! The check binary's main: selects checks, runs them one after the other and tells what came of it.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::check::Check;
use crate::contract::Graded;
use crate::event::{CheckInfo, Event};
use crate::fault::{message_of, silence_all_threads};
use crate::options::{Options, Visibility};
use crate::property::Session;
use crate::remote::{Remote, Terms};
use crate::render;
use crate::watchdog::Watchdog;

/// The stack of the thread that runs the checks: what Linux gives a main thread, so that a recursion
/// overflows at the same depth on every platform.
const STACK: usize = 8 << 20;

/// How long somebody waits at the keyboard for a failure to shrink,
const STUDENTS_PATIENCE: Duration = Duration::from_secs(10);
/// and how long where the report has to be the same to the byte, whatever else the machine does.
const GRADERS_PATIENCE: Duration = Duration::from_secs(30);

const FAILED: u8 = 1;
const USAGE: u8 = 2;

/// Runs a lab's checks as the command line says: the whole `main` of a check binary.
///
/// `lab` is the name in tokens and seeds, such as `lab-05`; `contract` answers the calls; `checks` lists the
/// checks, in the order of the steps. Machine mode is `--events`, for the runner; everything else is a report
/// for people. The exit code is 0 if all selected checks hold, 1 if some do not, 2 if there was nothing to
/// run, 3 if a function did not return, and 4 if `--worker` names a program that cannot be asked.
///
/// ```no_run
/// # use grading::prelude::*;
/// # grading::contract! { /// Graded.
/// #     pub trait Lab05 { /// Doubles.
/// #         fn double(x: f64) -> f64 { 2.0 * x } } }
/// # fn checks() -> Vec<Check<dyn Lab05>> { Vec::new() }
/// fn main() -> std::process::ExitCode {
///     grading::run::<dyn Lab05>("lab-05", &InProcess, checks)
/// }
/// ```
pub fn run<C>(lab: &str, contract: &'static C, checks: impl FnOnce() -> Vec<Check<C>> + Send) -> ExitCode
where
    C: ?Sized + Graded + Sync + 'static,
{
    let result = Options::parse(std::env::args().skip(1)).and_then(|options| {
        silence_all_threads();
        let contract = match &options.worker {
            None => contract,
            Some(command) => {
                end_with_the_runner();
                C::remote(Box::leak(Box::new(Remote::new(Terms {
                    command: command.clone(),
                    limit: options.limit,
                    budget: options.budget,
                    seed: options.seed,
                }))))
            }
        };
        thread::scope(|scope| {
            let thread = thread::Builder::new()
                .name("checks".into())
                .stack_size(STACK)
                .spawn_scoped(scope, || run_checks(lab, contract, checks(), &options))
                .map_err(|e| format!("no thread for the checks could be started: {e}"))?;
            thread.join().unwrap_or_else(|payload| {
                let message = message_of(payload.as_ref());
                Err(format!("the checks themselves panicked: {message}"))
            })
        })
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(message) => {
            // With stderr gone there is nobody left to tell; the exit code still says it.
            let _ = writeln!(anstream::stderr(), "{lab}: {message}");
            ExitCode::from(USAGE)
        }
    }
}

/// Ends this process, and with it the workers, when the one that started it is gone: nobody would hear the verdict.
fn end_with_the_runner() {
    #[cfg(unix)]
    {
        use std::os::unix::process::parent_id;

        let runner = parent_id();
        thread::spawn(move || {
            while parent_id() == runner {
                thread::sleep(Duration::from_millis(200));
            }
            std::process::exit(USAGE.into());
        });
    }
}

/// Whether all selected checks hold; an error where there is nothing to judge.
fn run_checks<C>(
    lab: &str,
    contract: &'static C,
    checks: Vec<Check<C>>,
    options: &Options,
) -> Result<bool, String>
where
    C: ?Sized + 'static,
{
    refuse_ambiguous_names(&checks)?;
    let selected = select(lab, checks, options)?;
    let infos: Vec<CheckInfo> = selected.iter().map(|check| check.info().clone()).collect();
    let reporter = Arc::new(Reporter::new(options, &infos));
    reporter.tell(&Event::Plan { lab: lab.to_string(), checks: infos });
    if options.list {
        reporter.tell(&Event::Done {});
        return Ok(true);
    }
    // A worker is ended by whoever asks it, call by call.
    let watchdog = options.worker.is_none().then(|| {
        let reporter = Arc::clone(&reporter);
        Watchdog::start(move |overdue| {
            reporter.tell(&Event::Failed {
                check: overdue.check.clone(),
                millis: overdue.check_started.elapsed().as_millis() as u64,
                failure: (*overdue.failure).clone(),
            });
            reporter.tell_cut_short();
        })
    });
    let (mut passed, mut points, mut of_points) = (0, 0, 0);
    for check in &selected {
        of_points += check.info().points;
        if run_check(lab, contract, check, options, &reporter, watchdog.as_ref()) {
            passed += 1;
            points += check.info().points;
        }
    }
    reporter.tell(&Event::Done {});
    reporter.tell_summary(passed, selected.len(), points, of_points);
    Ok(passed == selected.len())
}

/// Whether the check holds.
fn run_check<C>(
    lab: &str,
    contract: &'static C,
    check: &Check<C>,
    options: &Options,
    reporter: &Reporter,
    watchdog: Option<&Watchdog>,
) -> bool
where
    C: ?Sized + 'static,
{
    let name = &check.info().name;
    let replay = options.replay.as_ref();
    let announce = |event: &Event| reporter.tell(event);
    let started = Instant::now();
    let session = Session {
        lab,
        check: name,
        base_seed: replay.map_or(options.seed, |token| token.base_seed),
        cases: options.cases,
        replay: replay.map(|token| token.case),
        limit: options.limit,
        patience: if options.worker.is_none() { STUDENTS_PATIENCE } else { GRADERS_PATIENCE },
        announce: options.announce.then_some(&announce as &dyn Fn(&Event)),
        watchdog,
        started,
    };
    reporter.tell(&Event::Started { check: name.clone() });
    let result = check.run(contract, &session);
    let millis = started.elapsed().as_millis() as u64;
    let holds = result.is_ok();
    let check = name.clone();
    reporter.tell(&match result {
        Ok(cases) => Event::Passed { check, cases, millis },
        Err(failure) => Event::Failed { check, millis, failure: *failure },
    });
    holds
}

/// Names stand in tokens and on command lines, and must name one check.
fn refuse_ambiguous_names<C: ?Sized + 'static>(checks: &[Check<C>]) -> Result<(), String> {
    let mut seen = HashSet::new();
    for check in checks {
        let name = check.info().name.as_str();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(format!("the check `{name}` needs a name of letters, digits and underscores"));
        }
        if !seen.insert(name) {
            return Err(format!("two checks have the name {name}"));
        }
    }
    Ok(())
}

/// The checks that the options ask for, which must be at least one: what was not run has not passed.
fn select<C: ?Sized + 'static>(
    lab: &str,
    checks: Vec<Check<C>>,
    options: &Options,
) -> Result<Vec<Check<C>>, String> {
    if let Some(token) = options.replay.as_ref().filter(|token| token.lab != lab) {
        return Err(format!("the token {token} belongs to {}", token.lab));
    }
    let names: HashSet<&str> = checks.iter().map(|c| c.info().name.as_str()).collect();
    let replayed = options.replay.iter().map(|token| &token.check);
    let unknown = options.only.iter().chain(replayed);
    if let Some(name) = unknown.into_iter().find(|name| !names.contains(name.as_str())) {
        return Err(format!("no check has the name {name}"));
    }
    let selected: Vec<_> = checks.into_iter().filter(|check| asks_for(options, check.info())).collect();
    if selected.is_empty() {
        return Err("no check fits these options, so nothing was run".to_string());
    }
    Ok(selected)
}

fn asks_for(options: &Options, check: &CheckInfo) -> bool {
    let name = &check.name;
    let of_step = |step: &String| {
        let rest = check.step.strip_prefix(step.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    (options.only.is_empty() || options.only.contains(name))
        && options.filter.as_ref().is_none_or(|part| name.contains(part))
        && options.step.as_ref().is_none_or(of_step)
        && options.replay.as_ref().is_none_or(|token| token.check == *name)
        && match options.visibility {
            Visibility::All => true,
            Visibility::Visible => !check.hidden,
            Visibility::Hidden => check.hidden,
        }
}

/// Prints events: as they are, for the runner, or as a report.
struct Reporter {
    events: bool,
    list: bool,
    checks: HashMap<String, CheckInfo>,
}

impl Reporter {
    fn new(options: &Options, checks: &[CheckInfo]) -> Reporter {
        let by_name = |check: &CheckInfo| (check.name.clone(), check.clone());
        Reporter { events: options.events, list: options.list, checks: checks.iter().map(by_name).collect() }
    }

    fn tell(&self, event: &Event) {
        if self.events {
            print_line(std::io::stdout().lock(), &event.to_line());
            return;
        }
        let text = match event {
            Event::Plan { checks, .. } if self.list => {
                let line = |check: &CheckInfo| format!("{} {}: {}", check.step, check.name, check.law);
                checks.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            Event::Plan { .. } | Event::Started { .. } | Event::Done {} => return,
            Event::Input { case, input, .. } => format!("case {case}: {input}"),
            Event::Passed { check, cases, millis } => render::passed(&self.checks[check], *cases, *millis),
            Event::Failed { check, failure, .. } => render::failed(&self.checks[check], failure),
        };
        print_line(anstream::stdout().lock(), &text);
    }

    fn tell_summary(&self, passed: usize, checks: usize, points: u32, of_points: u32) {
        if !self.events {
            let summary = render::summary(passed, checks, points, of_points);
            print_line(anstream::stdout().lock(), &summary);
        }
    }

    fn tell_cut_short(&self) {
        if !self.events {
            let text = "an endless loop cannot be stopped from outside: the checks after it were not run";
            print_line(anstream::stdout().lock(), text);
        }
    }
}

/// A reader that has gone away is no failure of the checks: the exit code still tells.
fn print_line(mut out: impl Write, line: &str) {
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
