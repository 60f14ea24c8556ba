//! Contracts, property checks and their reports.
//!
//! A lab declares its graded functions in a `contract!`, states laws about them as `Check`s, and hands both to
//! `run`, which is the whole main of its check binary. The runner starts that binary, reads the [`event`]s it
//! prints, and survives what a student's function may do to the process.
//!
//! The crate has two layers. Without features it is the protocol and its [`render`]ing, light enough for the
//! runner; the feature `checks` adds what labs use.
//!
//! ```
//! # #[cfg(feature = "checks")]
//! # {
//! use grading::prelude::*;
//! use grading::proptest::collection::vec;
//!
//! // What a student writes.
//! fn dot(a: &[f64], b: &[f64]) -> f64 {
//!     a.iter().zip(b).map(|(a, b)| a * b).sum()
//! }
//!
//! grading::contract! {
//!     /// What is graded.
//!     pub trait Toy {
//!         /// The sum of the products.
//!         fn dot(a: Vec<f64>, b: Vec<f64>) -> f64 { dot(&a, &b) }
//!     }
//! }
//!
//! fn checks() -> Vec<Check<dyn Toy>> {
//!     let pair = (1_usize..20).prop_flat_map(|n| (vec(-1.0..1.0, n), vec(-1.0..1.0, n)));
//!     vec![
//!         Check::new("dot_is_symmetric", "1")
//!             .law("⟨a, b⟩ = ⟨b, a⟩.")
//!             .points(2)
//!             .hints(["Which products does the sum have?"])
//!             .property(pair, |lab: &dyn Toy, (a, b): &(Vec<f64>, Vec<f64>)| {
//!                 let ab = lab.dot(a.clone(), b.clone())?;
//!                 let ba = lab.dot(b.clone(), a.clone())?;
//!                 expect::close("⟨b, a⟩", &ba, &ab, Tolerance::sum_of(a.len()))?;
//!                 Ok(())
//!             }),
//!     ]
//! }
//!
//! // The check binary: `fn main() -> ExitCode { … }` of a `[[test]]` with `harness = false`.
//! let exit_code = grading::run::<dyn Toy>("toy", &InProcess, checks);
//! assert_eq!(exit_code, std::process::ExitCode::SUCCESS);
//! # }
//! ```

pub mod event;
pub mod render;

#[cfg(feature = "checks")]
mod approximate;
#[cfg(feature = "checks")]
mod check;
#[cfg(feature = "checks")]
pub mod contract;
#[cfg(feature = "checks")]
pub mod expect;
#[cfg(feature = "checks")]
mod fault;
#[cfg(feature = "checks")]
mod options;
#[cfg(feature = "checks")]
mod property;
#[cfg(feature = "checks")]
mod remote;
#[cfg(feature = "checks")]
mod run;
#[cfg(feature = "checks")]
mod serve;
#[cfg(feature = "checks")]
mod tensors;
#[cfg(feature = "checks")]
mod token;
#[cfg(feature = "checks")]
mod tolerance;
#[cfg(feature = "checks")]
mod verdict;
#[cfg(feature = "checks")]
mod watchdog;
#[cfg(feature = "checks")]
#[doc(hidden)]
pub mod wire;

#[cfg(feature = "checks")]
pub use crate::{
    approximate::{Approximate, Difference},
    check::{Check, Draft},
    fault::{Fault, guard},
    remote::Remote,
    run::run,
    serve::serve,
    tensors::{TensorTree, Tensors, tensors, tensors_of},
    token::{Token, TokenError},
    tolerance::Tolerance,
    verdict::{Stop, Verdict},
};

/// The generators of checks.
#[cfg(feature = "checks")]
pub use proptest;

/// What a file of checks needs.
#[cfg(feature = "checks")]
pub mod prelude {
    pub use crate::expect::{self, Suspect};
    pub use crate::{Check, Fault, Stop, Tolerance, Verdict, tensors, tensors_of};
    pub use proptest::prelude::{Just, Strategy, any, prop_oneof};
}
