//! The runner as its users meet it: the real binary on a small workspace of its own.

mod architecture;
mod authors;
mod students;
mod usage;
mod verify;
mod workspace;
