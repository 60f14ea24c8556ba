//! Why a graded function gave no answer, and the guard that turns its panics into that.
//!
//! Every call into a student's code goes through [`guard`]. A panic hook remembers where the panic happened,
//! because the payload that `catch_unwind` returns does not say; it also keeps the default message, which is
//! noise while a check shrinks through hundreds of failing inputs, off the screen.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use serde::{Deserialize, Serialize};

use crate::event::{Failure, FailureKind};

/// A call without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What sort: not written, panicked; over a pipe also timed out, crashed or an unreadable answer.
    pub kind: FailureKind,
    /// The panic's message; for a `todo!`, what it says is to be done.
    pub message: String,
    /// Where the panic happened, as `file:line`.
    pub location: Option<String>,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure { location: fault.location, ..Failure::new(fault.kind, fault.message) }
    }
}

impl Fault {
    /// A question that the worker does not know: its contract is another one.
    #[doc(hidden)]
    pub fn of_the_wire(function: &str) -> Fault {
        let message = format!("the worker's contract has no function `{function}`");
        Fault { kind: FailureKind::InvalidAnswer, message, location: None }
    }
}

thread_local! {
    /// How many guards are active on this thread.
    static GUARDS: Cell<u32> = const { Cell::new(0) };
    /// Where the latest guarded panic of this thread happened.
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Where the latest panic on an unguarded thread happened: a student's loop may run on rayon's threads, whose
/// panics reach the guard as a payload only.
static ELSEWHERE: Mutex<Option<String>> = Mutex::new(None);

/// Whether panics of unguarded threads are kept off the screen too.
static SILENT: AtomicBool = AtomicBool::new(false);

/// Calls a student's function and turns a panic into a [`Fault`].
///
/// ```
/// use grading::event::FailureKind;
///
/// let fault = grading::guard(|| -> u32 { todo!("5.2: the output's size") }).unwrap_err();
/// assert_eq!(fault.kind, FailureKind::NotWritten);
/// assert_eq!(fault.message, "5.2: the output's size");
/// ```
pub fn guard<R>(call: impl FnOnce() -> R) -> Result<R, Fault> {
    install_hook();
    LOCATION.take();
    *elsewhere() = None;
    GUARDS.set(GUARDS.get() + 1);
    // The values that the closure holds are dropped or never looked at again after a panic.
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    GUARDS.set(GUARDS.get() - 1);
    result.map_err(|payload| {
        let location = LOCATION.take().or_else(|| elsewhere().take());
        fault_of(&message_of(payload.as_ref()), location)
    })
}

/// Keeps panics of every thread off the screen from now on: in a check binary, they are reported as failures.
pub(crate) fn silence_all_threads() {
    install_hook();
    SILENT.store(true, Ordering::Relaxed);
}

/// The text of a panic's payload.
pub(crate) fn message_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_string()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic whose payload is no text".to_string()
    }
}

/// Tells a `todo!` from other panics by the words that the standard library puts in front.
fn fault_of(message: &str, location: Option<String>) -> Fault {
    let unwritten =
        ["not yet implemented", "not implemented"].iter().find_map(|words| message.strip_prefix(words));
    let (kind, message) = match unwritten {
        Some("") => (FailureKind::NotWritten, "still a todo!()"),
        Some(rest) if rest.starts_with(": ") => (FailureKind::NotWritten, &rest[2..]),
        _ => (FailureKind::Panicked, message),
    };
    Fault { kind, message: message.to_string(), location }
}

fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            let location = info.location().map(|l| format!("{}:{}", l.file(), l.line()));
            if GUARDS.get() > 0 {
                LOCATION.replace(location);
                return;
            }
            *elsewhere() = location;
            if !SILENT.load(Ordering::Relaxed) {
                previous(info);
            }
        }));
    });
}

fn elsewhere() -> std::sync::MutexGuard<'static, Option<String>> {
    ELSEWHERE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_passes_through() {
        assert_eq!(guard(|| 3), Ok(3));
    }

    #[test]
    fn a_panic_keeps_message_and_line() {
        let line = line!() + 1;
        let fault = guard(|| panic!("index {} is too large", 7)).unwrap_err();
        assert_eq!(fault.kind, FailureKind::Panicked);
        assert_eq!(fault.message, "index 7 is too large");
        assert!(fault.location.unwrap().ends_with(&format!("fault.rs:{line}")));
    }

    #[test]
    fn the_line_is_the_callers_for_tracked_functions() {
        #[track_caller]
        fn tracked() {
            panic!("shapes differ");
        }
        let line = line!() + 1;
        let fault = guard(|| tracked()).unwrap_err();
        assert!(fault.location.unwrap().ends_with(&format!(":{line}")));
    }

    #[test]
    fn unwritten_functions_are_told_apart() {
        let kind_and_message = |fault: Fault| (fault.kind, fault.message);
        let cases: [(fn(), FailureKind, &str); 4] = [
            (|| todo!(), FailureKind::NotWritten, "still a todo!()"),
            (|| todo!("5.2: the sum"), FailureKind::NotWritten, "5.2: the sum"),
            (|| unimplemented!("later"), FailureKind::NotWritten, "later"),
            (
                || panic!("not implemented for odd sizes"),
                FailureKind::Panicked,
                "not implemented for odd sizes",
            ),
        ];
        for (call, kind, message) in cases {
            let fault = guard(call).unwrap_err();
            assert_eq!(kind_and_message(fault), (kind, message.to_string()));
        }
    }

    #[test]
    fn guards_nest() {
        let outer: Result<(), Fault> = guard(|| {
            let inner = guard(|| -> () { panic!("inner") }).unwrap_err();
            assert_eq!(inner.message, "inner");
            panic!("outer")
        });
        assert_eq!(outer.unwrap_err().message, "outer");
    }

    #[test]
    fn other_payloads_are_faults_too() {
        let fault = guard(|| panic::panic_any(7_u8)).map(|_: ()| ()).unwrap_err();
        assert_eq!(fault.kind, FailureKind::Panicked);
    }
}
