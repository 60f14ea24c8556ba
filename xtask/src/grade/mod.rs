//! `grade`: judging submissions that nobody trusts.
//!
//! What was handed in is found and read without trusting it ([`submission`], [`intake`], [`archive`], [`folder`]).
//! A submission is a set of files. Those that `lab.toml` lets students write are laid over the instructor's crate
//! ([`overlay`]) and compiled in a cage; the result is a worker that answers calls to the graded functions. The check
//! binary, with the hidden checks, the reference and the comparison, stays outside and asks ([`assess`]). What
//! came of it is kept in one file for each submission and lab ([`results`]), of which every report is a projection
//! ([`reports`]).

mod archive;
pub(crate) mod assess;
pub(crate) mod caged;
mod compile;
mod folder;
mod intake;
pub(crate) mod overlay;
pub(crate) mod own;
mod refusal;
pub(crate) mod reports;
pub(crate) mod results;
mod roster;
pub(crate) mod store;
pub(crate) mod submission;
mod tokens;
