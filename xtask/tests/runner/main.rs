//! The runner as its users meet it: the real binary on a small workspace of its own.

mod architecture;
mod authors;
#[cfg(all(unix, feature = "grade"))]
mod mutants;
#[cfg(feature = "grade")]
mod release;
mod students;
mod usage;
#[cfg(feature = "grade")]
mod verify;
mod workspace;
