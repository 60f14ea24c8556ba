//! The runner as its users meet it: the real binary on a small workspace of its own.

mod architecture;
mod authors;
mod students;
mod usage;
#[cfg(feature = "grade")]
mod verify;
mod workspace;
