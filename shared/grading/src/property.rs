//! The property engine: draws cases with proptest's strategies, tries the law on each, and shrinks the first
//! that fails.
//!
//! proptest's own runner is not used: here every case has its own seed, so that a token can name it; each try
//! is watched and announced; and shrinking is bounded by a number of tries, so that the smallest input found is the
//! same on a slow machine and on a busy one.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::check::Body;
use crate::event::{Event, Failure, FailureKind};
use crate::fault::guard;
use crate::token::Token;
use crate::verdict::{Stop, Verdict};
use crate::watchdog::{Overdue, Watchdog};

/// What shrinking may cost, where a try that is answered costs 1.
const SHRINK_EFFORT: u32 = 1024;
/// After a crash a worker is started anew, some ten milliseconds: 64 of them.
const CRASH_EFFORT: u32 = 16;
/// A loop costs its limit, some seconds: 4 of them.
const TIMEOUT_EFFORT: u32 = 256;
/// The longest that one try takes in this process. A loop ends the run; by then the failure to be reported is known.
const SHRINK_LIMIT: Duration = Duration::from_secs(5);
/// How many inner values a flat-mapped strategy tries for each simpler outer one: a smaller shape may fail on
/// some tensors only.
const REDRAWS: u32 = 4;
/// How many draws may be spent on each valid case.
const DRAWS_PER_CASE: u32 = 16;
/// How often a filter inside a strategy may say no before the draw counts as rejected.
const REJECTS_PER_DRAW: u32 = 1024;
/// So many rejected draws and no valid one: the strategy yields nothing.
const HOPELESS: u32 = 64;

/// The run of one check: its settings, and whom to tell.
pub(crate) struct Session<'a> {
    pub(crate) lab: &'a str,
    pub(crate) check: &'a str,
    pub(crate) base_seed: u64,
    /// Overrides the number of cases.
    pub(crate) cases: Option<u32>,
    /// Tries this draw only.
    pub(crate) replay: Option<u32>,
    /// The longest that one case may take.
    pub(crate) limit: Duration,
    /// The longest that shrinking may take. A last resort, far above what its tries take: the clock must not decide
    /// which input is shown.
    pub(crate) patience: Duration,
    pub(crate) announce: Option<&'a dyn Fn(&Event)>,
    pub(crate) watchdog: Option<&'a Watchdog>,
    pub(crate) started: Instant,
}

/// A law about every input of a strategy.
pub(crate) struct Property<S, F> {
    pub(crate) strategy: S,
    pub(crate) law: F,
    pub(crate) cases: u32,
}

/// A law about fixed input.
pub(crate) struct Example<F> {
    pub(crate) law: F,
}

/// What came of trying a law once.
enum Tried {
    Holds,
    Discarded,
    Fails(Box<Failure>),
}

impl Tried {
    /// What the try has cost.
    fn effort(&self) -> u32 {
        match self {
            Tried::Fails(failure) => match failure.kind {
                FailureKind::TimedOut => TIMEOUT_EFFORT,
                FailureKind::Crashed => CRASH_EFFORT,
                _ => 1,
            },
            Tried::Holds | Tried::Discarded => 1,
        }
    }
}

impl Session<'_> {
    fn token(&self, case: u32) -> Token {
        Token { lab: self.lab.to_string(), check: self.check.to_string(), base_seed: self.base_seed, case }
    }

    /// Tries the law once. `known` is what to report if a simpler input than its own never returns.
    fn attempt(
        &self,
        case: u32,
        input: Option<&str>,
        limit: Duration,
        known: Option<&Failure>,
        law: impl FnOnce() -> Verdict,
    ) -> Tried {
        if let Some(announce) = self.announce {
            announce(&Event::Input {
                check: self.check.to_string(),
                case,
                input: input.unwrap_or("written in the check").to_string(),
            });
        }
        let token = Some(self.token(case).to_string());
        let input = input.map(str::to_string);
        let guarded = match self.watchdog {
            None => guard(law),
            Some(watchdog) => {
                let overdue = Overdue {
                    check: self.check.to_string(),
                    check_started: self.started,
                    failure: Box::new(timed_out(limit, input.clone(), token.clone(), known)),
                };
                watchdog.watch(limit, overdue, || guard(law))
            }
        };
        let failure = match guarded {
            Ok(Ok(())) => return Tried::Holds,
            Ok(Err(Stop::Discard)) => return Tried::Discarded,
            Ok(Err(Stop::Fail(failure))) => *failure,
            Err(fault) if fault.kind == FailureKind::NotWritten => fault.into(),
            // No panic of a graded function comes here, those are faults: the law itself stumbled over the
            // answer.
            Err(fault) => Failure {
                location: fault.location,
                ..Failure::new(
                    FailureKind::InvalidAnswer,
                    format!("the check could not work with the answer: {}", fault.message),
                )
            },
        };
        if matches!(failure.kind, FailureKind::NotWritten | FailureKind::NotAsked) {
            return Tried::Fails(Box::new(failure));
        }
        Tried::Fails(Box::new(Failure { input: failure.input.or(input), token, ..failure }))
    }
}

/// What the watchdog says: the case that did not return or, while shrinking, the failure already found.
fn timed_out(
    limit: Duration,
    input: Option<String>,
    token: Option<String>,
    known: Option<&Failure>,
) -> Failure {
    if let Some(known) = known {
        let mut failure = known.clone();
        failure.notes.push(format!(
            "on a simpler input the function did not return at all: {}",
            input.unwrap_or_default()
        ));
        return failure;
    }
    Failure {
        input,
        token,
        ..Failure::new(
            FailureKind::TimedOut,
            format!("no answer within {} s: an endless loop?", limit.as_secs_f64()),
        )
    }
}

impl<C, S, F> Body<C> for Property<S, F>
where
    C: ?Sized + 'static,
    S: Strategy,
    S::Value: Debug,
    F: Fn(&'static C, &S::Value) -> Verdict,
{
    fn run(&self, lab: &'static C, session: &Session<'_>) -> Result<u32, Box<Failure>> {
        let cases = session.cases.unwrap_or(self.cases).max(1);
        let (draws, cases) = match session.replay {
            Some(case) => (case..case.saturating_add(1), 1),
            None => (0..cases.saturating_mul(DRAWS_PER_CASE), cases),
        };
        let mut valid = 0;
        let mut rejected = 0;
        for case in draws {
            if valid == cases || (valid == 0 && rejected == HOPELESS) {
                break;
            }
            let mut runner = runner_of(&session.token(case));
            let Ok(mut tree) = self.strategy.new_tree(&mut runner) else {
                rejected += 1;
                continue;
            };
            match self.attempt(lab, session, case, &tree.current(), session.limit, None) {
                Tried::Holds => valid += 1,
                Tried::Discarded => rejected += 1,
                Tried::Fails(failure) => {
                    return Err(self.shrink(lab, session, case, &mut tree, failure));
                }
            }
        }
        if valid < cases {
            return Err(Box::new(vacuous(valid, cases, rejected)));
        }
        Ok(valid)
    }
}

impl<S: Strategy, F> Property<S, F> {
    fn attempt<C>(
        &self,
        lab: &'static C,
        session: &Session<'_>,
        case: u32,
        value: &S::Value,
        limit: Duration,
        known: Option<&Failure>,
    ) -> Tried
    where
        C: ?Sized + 'static,
        F: Fn(&'static C, &S::Value) -> Verdict,
    {
        let input = format!("{value:?}");
        session.attempt(case, Some(&input), limit, known, || (self.law)(lab, value))
    }

    /// The simplest input found that fails in the same way, within the bound on the effort.
    fn shrink<C>(
        &self,
        lab: &'static C,
        session: &Session<'_>,
        case: u32,
        tree: &mut S::Tree,
        mut simplest: Box<Failure>,
    ) -> Box<Failure>
    where
        C: ?Sized + 'static,
        F: Fn(&'static C, &S::Value) -> Verdict,
    {
        if matches!(simplest.kind, FailureKind::NotWritten | FailureKind::NotAsked) || !tree.simplify() {
            return simplest;
        }
        let end = Instant::now() + session.patience;
        let mut effort = 0;
        loop {
            if effort >= SHRINK_EFFORT || Instant::now() >= end {
                let note = "the search for a simpler input was cut short, so there may be one";
                simplest.notes.push(note.to_string());
                return simplest;
            }
            let limit = session.limit.min(SHRINK_LIMIT);
            let tried = self.attempt(lab, session, case, &tree.current(), limit, Some(&simplest));
            effort += tried.effort();
            let goes_on = match tried {
                Tried::Fails(failure) if failure.kind == simplest.kind => {
                    simplest = failure;
                    tree.simplify()
                }
                _ => tree.complicate(),
            };
            if !goes_on {
                return simplest;
            }
        }
    }
}

impl<C, F> Body<C> for Example<F>
where
    C: ?Sized + 'static,
    F: Fn(&'static C) -> Verdict,
{
    fn run(&self, lab: &'static C, session: &Session<'_>) -> Result<u32, Box<Failure>> {
        match session.attempt(0, None, session.limit, None, || (self.law)(lab)) {
            Tried::Holds => Ok(1),
            Tried::Discarded => Err(Box::new(vacuous(0, 1, 1))),
            Tried::Fails(failure) => Err(failure),
        }
    }
}

/// A generator for one case, which depends on its token and on nothing else: the environment variables that
/// proptest reads must not change what is drawn.
pub(crate) fn runner_of(token: &Token) -> TestRunner {
    let config = Config {
        // What a flat map takes for the number of its redraws.
        cases: REDRAWS,
        max_local_rejects: REJECTS_PER_DRAW,
        max_global_rejects: REJECTS_PER_DRAW,
        max_flat_map_regens: 1_000_000,
        failure_persistence: None,
        max_default_size_range: 100,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &token.seed());
    TestRunner::new_with_rng(config, rng)
}

fn vacuous(valid: u32, cases: u32, rejected: u32) -> Failure {
    Failure::new(
        FailureKind::InvalidAnswer,
        format!(
            "the check is vacuous: {valid} of {cases} cases were valid and {rejected} draws rejected; \
             this is a mistake in the check, not in your code"
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::check::Check;
    use crate::expect;
    use crate::fault::Fault;

    /// The contract is of no importance here: laws answer themselves.
    struct Nobody;

    fn session(check: &str) -> Session<'_> {
        Session {
            lab: "lab-00",
            check,
            base_seed: 0,
            cases: None,
            replay: None,
            limit: Duration::from_secs(10),
            patience: Duration::from_secs(60),
            announce: None,
            watchdog: None,
            started: Instant::now(),
        }
    }

    fn check_of<F>(law: F) -> Check<Nobody>
    where
        F: Fn(&'static Nobody, &u32) -> Verdict + 'static,
    {
        Check::new("toy", "1").cases(40).property(0_u32..100_000, law)
    }

    fn below_ten(_: &Nobody, &x: &u32) -> Verdict {
        expect::that(x < 10, || format!("{x} is not below 10"))
    }

    #[test]
    fn a_failure_shrinks_to_the_smallest_input() {
        let failure = check_of(below_ten).run(&Nobody, &session("toy")).unwrap_err();
        assert_eq!(failure.input.as_deref(), Some("10"));
        assert_eq!(failure.message, "10 is not below 10");
        assert_eq!(failure.token.as_deref(), Some("lab-00:toy:0:0"));
    }

    #[test]
    fn a_law_that_holds_is_tried_on_all_its_cases() {
        let check = check_of(|_, _| Ok(()));
        assert_eq!(check.run(&Nobody, &session("toy")), Ok(40));
        let three = Session { cases: Some(3), ..session("toy") };
        assert_eq!(check.run(&Nobody, &three), Ok(3));
    }

    /// The inputs that a run draws.
    fn drawn(session: &Session<'_>) -> Vec<String> {
        let inputs = RefCell::new(Vec::new());
        let remember = |event: &Event| {
            if let Event::Input { input, .. } = event {
                inputs.borrow_mut().push(input.clone());
            }
        };
        let session =
            Session { announce: Some(&remember), lab: session.lab, check: session.check, ..*session };
        check_of(|_, _| Ok(())).run(&Nobody, &session).unwrap();
        inputs.into_inner()
    }

    #[test]
    fn what_is_drawn_depends_on_lab_check_and_seed_only() {
        let first = drawn(&session("toy"));
        assert_eq!(first.len(), 40);
        assert_eq!(first, drawn(&session("toy")));
        assert_ne!(first, drawn(&session("other")));
        let another_lab = Session { lab: "lab-01", ..session("toy") };
        assert_ne!(first, drawn(&another_lab));
        let another_seed = Session { base_seed: 1, ..session("toy") };
        assert_ne!(first, drawn(&another_seed));
        let fewer = Session { cases: Some(5), ..session("toy") };
        assert_eq!(first[..5], drawn(&fewer));
    }

    #[test]
    fn a_replay_shows_the_same_failure() {
        let rare = || check_of(|_, &x| expect::that(x < 95_000, || "large".into()));
        let failure = rare().run(&Nobody, &session("toy")).unwrap_err();
        let token: Token = failure.token.as_ref().unwrap().parse().unwrap();
        assert!(token.case > 0, "the first draw happens to fail");
        let replay = Session { replay: Some(token.case), ..session("toy") };
        assert_eq!(rare().run(&Nobody, &replay).unwrap_err(), failure);
        let before = Session { replay: Some(token.case - 1), ..session("toy") };
        assert_eq!(rare().run(&Nobody, &before), Ok(1));
    }

    #[test]
    fn a_check_without_valid_cases_is_no_pass() {
        let nothing: Check<Nobody> = Check::new("toy", "1")
            .property((0_u32..10).prop_filter("none", |_| false), |_: &Nobody, _: &u32| Ok(()));
        let too_few = check_of(|_, &x| expect::assume(x < 1000));
        let never = check_of(|_, _| expect::assume(false));
        let example: Check<Nobody> = Check::new("toy", "1").example(|_| expect::assume(false));
        for check in [nothing, too_few, never, example] {
            let failure = check.run(&Nobody, &session("toy")).unwrap_err();
            assert_eq!(failure.kind, FailureKind::InvalidAnswer);
            assert!(failure.message.contains("vacuous"), "{failure}");
        }
    }

    #[test]
    fn discarded_cases_are_replaced() {
        let half = check_of(|_, &x| expect::assume(x % 2 == 0));
        assert_eq!(half.run(&Nobody, &session("toy")), Ok(40));
    }

    #[test]
    fn what_is_not_written_is_asked_once() {
        use std::sync::atomic::{AtomicU32, Ordering};
        static CALLS: AtomicU32 = AtomicU32::new(0);
        let unwritten = check_of(|_, _| {
            CALLS.fetch_add(1, Ordering::Relaxed);
            let answer: Result<(), Fault> = guard(|| todo!("3.1: the sum"));
            Ok(answer?)
        });
        let failure = unwritten.run(&Nobody, &session("toy")).unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotWritten);
        assert_eq!(failure.message, "3.1: the sum");
        assert_eq!(failure.input, None);
        assert_eq!(CALLS.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn shrinking_does_not_change_the_subject() {
        // Above 10 wrong, below 5 a panic: the panic is simpler, but it is another failure.
        let check = check_of(|_, &x| {
            guard(|| assert!(x >= 5, "too small"))?;
            below_ten(&Nobody, &x)
        });
        let failure = check.run(&Nobody, &session("toy")).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Wrong);
        assert_eq!(failure.input.as_deref(), Some("10"));
    }

    #[test]
    fn a_panic_of_the_law_itself_is_an_invalid_answer() {
        let check = check_of(|_, &x| {
            let answer = [1, 2];
            expect::that(answer[x as usize % 2 + 2] > 0, String::new)
        });
        let failure = check.run(&Nobody, &session("toy")).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidAnswer);
        assert!(failure.message.contains("index out of bounds"), "{failure}");
        assert!(failure.location.unwrap().contains("property.rs:"));
    }

    #[test]
    fn the_clock_does_not_decide_which_input_is_shown() {
        // Each of the numbers shrinks on its own: some hundred tries, and more than the effort allows in the second check.
        for size in [30, 100] {
            let failure_after = |pause: Duration| {
                let strategy = crate::proptest::collection::vec(1000_u32..100_000, size);
                let check = Check::new("toy", "1").property(strategy, move |_: &Nobody, x: &Vec<u32>| {
                    std::thread::sleep(pause);
                    expect::that(x.iter().any(|&x| x < 1007), || format!("{x:?}"))
                });
                check.run(&Nobody, &session("toy")).unwrap_err()
            };
            let quick = failure_after(Duration::ZERO);
            assert_eq!(failure_after(Duration::from_millis(5)), quick);
            assert_eq!(quick.notes.is_empty(), size == 30, "{quick}");
        }
    }

    #[test]
    fn what_crashes_or_loops_is_tried_a_few_times() {
        use std::sync::atomic::{AtomicU32, Ordering};
        static TRIES: AtomicU32 = AtomicU32::new(0);
        for (kind, most) in [(FailureKind::TimedOut, 1 + 4), (FailureKind::Crashed, 1 + 64)] {
            TRIES.store(0, Ordering::Relaxed);
            let strategy = crate::proptest::collection::vec(0_u32..1_000_000, 100);
            let kind_of_fault = kind.clone();
            let check = Check::new("toy", "1").property(strategy, move |_: &Nobody, _: &Vec<u32>| {
                TRIES.fetch_add(1, Ordering::Relaxed);
                let message = "as planned".to_string();
                Err(Fault { kind: kind_of_fault.clone(), message, location: None })?
            });
            let failure = check.run(&Nobody, &session("toy")).unwrap_err();
            assert_eq!(failure.kind, kind);
            assert_eq!(TRIES.load(Ordering::Relaxed), most);
            assert!(failure.notes[0].contains("cut short"), "{failure}");
        }
    }

    #[test]
    fn the_last_resort_stops_with_the_same_words() {
        let slow = check_of(|_, &x| {
            std::thread::sleep(Duration::from_millis(30));
            expect::that(x == 0, || "not zero".into())
        });
        let hurried = Session { patience: Duration::from_millis(50), ..session("toy") };
        let failure = slow.run(&Nobody, &hurried).unwrap_err();
        assert!(failure.notes[0].contains("cut short"), "{failure}");
    }
}
