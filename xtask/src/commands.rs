//! One module per command.

#[cfg(feature = "bench")]
pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod doctor;
#[cfg(feature = "grade")]
pub(crate) mod grade;
pub(crate) mod hint;
pub(crate) mod list;
#[cfg(feature = "grade")]
pub(crate) mod mutants;
pub(crate) mod new;
#[cfg(feature = "grade")]
pub(crate) mod release;
pub(crate) mod replay;
pub(crate) mod reset;
pub(crate) mod stubs;
pub(crate) mod test;
#[cfg(feature = "grade")]
pub(crate) mod verify;
#[cfg(feature = "watch")]
pub(crate) mod watch;
