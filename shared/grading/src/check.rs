//! A check: a law about a lab's functions, with what a student should know about it.

use std::fmt::Debug;

use proptest::strategy::Strategy;

use crate::event::{CheckInfo, Failure};
use crate::property::{Example, Property, Session};
use crate::verdict::Verdict;

/// How many cases a property is tried on unless it says otherwise.
const CASES: u32 = 32;

/// A law about whatever fulfils the contract `C`, usually `dyn` its trait, to be tried on generated or on
/// fixed input.
///
/// ```
/// use grading::prelude::*;
/// use grading::proptest::collection::vec;
///
/// grading::contract! {
///     /// What is graded.
///     pub trait Toy {
///         /// The largest of some numbers.
///         fn largest(x: Vec<i32>) -> i32 { *x.iter().max().unwrap() }
///     }
/// }
///
/// fn checks() -> Vec<Check<dyn Toy>> {
///     vec![
///         Check::new("largest_is_an_upper_bound", "1")
///             .law("No number is larger than the largest.")
///             .points(2)
///             .hints(["Start from the first number.", "Keep the larger of two."])
///             .property(vec(-9..9, 1..8), |lab: &dyn Toy, x: &Vec<i32>| {
///                 let largest = lab.largest(x.clone())?;
///                 expect::that(x.iter().all(|&v| v <= largest), || format!("{largest} is not the largest"))
///             }),
///     ]
/// }
/// # assert_eq!(checks()[0].info().points, 2);
/// ```
pub struct Check<C: ?Sized + 'static> {
    info: CheckInfo,
    body: Box<dyn Body<C>>,
}

/// What a check does with a lab.
pub(crate) trait Body<C: ?Sized> {
    /// Tries the law; the number of cases for which it held, or the failure.
    fn run(&self, lab: &'static C, session: &Session<'_>) -> Result<u32, Box<Failure>>;
}

impl Check<()> {
    /// Begins a check: its name, unique in the lab, and the step of the handout that it belongs to.
    #[expect(
        clippy::new_ret_no_self,
        reason = "a check without a law is no check: the draft's last call makes it one"
    )]
    pub fn new(name: &str, step: &str) -> Draft {
        Draft {
            info: CheckInfo {
                name: name.to_string(),
                step: step.to_string(),
                points: 1,
                ..CheckInfo::default()
            },
            cases: CASES,
        }
    }
}

impl<C: ?Sized + 'static> Check<C> {
    /// What the check is, apart from its code.
    pub fn info(&self) -> &CheckInfo {
        &self.info
    }

    /// The same check, not shown to students before the deadline.
    #[must_use]
    pub fn hidden(mut self) -> Check<C> {
        self.info.hidden = true;
        self
    }

    pub(crate) fn run(&self, lab: &'static C, session: &Session<'_>) -> Result<u32, Box<Failure>> {
        self.body.run(lab, session)
    }
}

/// A check that still lacks its law: end with [`property`](Draft::property) or [`example`](Draft::example).
#[must_use]
pub struct Draft {
    info: CheckInfo,
    cases: u32,
}

impl Draft {
    /// What the check says, in words and formula.
    pub fn law(mut self, law: &str) -> Draft {
        self.info.law = law.to_string();
        self
    }

    /// What the check is worth; 1 unless said.
    pub fn points(mut self, points: u32) -> Draft {
        self.info.points = points;
        self
    }

    /// Hints in stages, from a nudge to nearly the solution.
    pub fn hints<T: Into<String>>(mut self, hints: impl IntoIterator<Item = T>) -> Draft {
        self.info.hints = hints.into_iter().map(Into::into).collect();
        self
    }

    /// How many cases the property is tried on.
    pub fn cases(mut self, cases: u32) -> Draft {
        self.cases = cases.max(1);
        self
    }

    /// A law about every input that `strategy` draws.
    ///
    /// The lab is borrowed for ever (`&'static C`) only so that closures may be written with a plain `&dyn
    /// Contract`.
    pub fn property<C, S, F>(self, strategy: S, law: F) -> Check<C>
    where
        C: ?Sized + 'static,
        S: Strategy + 'static,
        S::Value: Debug,
        F: Fn(&'static C, &S::Value) -> Verdict + 'static,
    {
        Check { info: self.info, body: Box::new(Property { strategy, law, cases: self.cases }) }
    }

    /// A law about inputs that the closure itself writes down.
    pub fn example<C, F>(self, law: F) -> Check<C>
    where
        C: ?Sized + 'static,
        F: Fn(&'static C) -> Verdict + 'static,
    {
        Check { info: self.info, body: Box::new(Example { law }) }
    }
}
