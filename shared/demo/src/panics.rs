//! Panics of what a student wrote, or has not written yet, as one line instead of a backtrace.

use std::panic::{self, PanicHookInfo, UnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};

/// A panic: what it said and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Panic {
    text: String,
    place: String,
}

/// Runs `f`, silently if it panics.
pub(crate) fn caught<R>(f: impl FnOnce() -> R + UnwindSafe) -> Result<R, Panic> {
    let first = Arc::new(Mutex::new(None));
    let hook = panic::take_hook();
    let slot = Arc::clone(&first);
    panic::set_hook(Box::new(move |info| {
        // A panic may lead to others, in other threads or on the way out; the first is the one to tell.
        slot.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| Panic::new(info));
    }));
    let result = panic::catch_unwind(f);
    panic::set_hook(hook);
    let panic = first.lock().unwrap_or_else(PoisonError::into_inner).take();
    result.map_err(|_| panic.unwrap_or_else(|| Panic { text: "panic".into(), place: "unknown".into() }))
}

impl Panic {
    fn new(info: &PanicHookInfo<'_>) -> Self {
        let text = info.payload_as_str().unwrap_or("panic").to_owned();
        let place =
            info.location().map_or_else(|| "unknown".into(), |at| format!("{}:{}", at.file(), at.line()));
        Self { text, place }
    }

    /// What to tell a student of `lab`.
    pub(crate) fn message(&self, lab: &str) -> String {
        let Self { text, place } = self;
        let unwritten = text.strip_prefix("not yet implemented: ").and_then(|rest| rest.split_once(": "));
        match unwritten {
            // Without the place, which is often that of a caller: `#[track_caller]` goes for `todo!` too.
            Some((item, role)) => format!(
                "Item {item} is not written yet ({role}); `cargo xtask test {lab}` tells what comes next."
            ),
            None => format!("The demo ended at {place}: {text}\n`cargo xtask test {lab}` may tell why."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_become_messages() {
        // One test: the hook belongs to the whole process.
        assert_eq!(caught(|| 3), Ok(3));

        let unwritten = caught(|| todo!("4.1: the matrix product")).map(|(): ()| ()).unwrap_err();
        let message = unwritten.message("lab-05");
        assert!(message.starts_with("Item 4.1 is not written yet (the matrix product); "), "{message}");
        assert!(message.contains("cargo xtask test lab-05"), "{message}");
        assert_eq!(message.lines().count(), 1);

        let wrong = caught(|| panic!("shapes differ")).map(|(): ()| ()).unwrap_err();
        let message = wrong.message("lab-05");
        assert!(message.contains("shapes differ") && message.contains("panics.rs:"), "{message}");
    }
}
