//! Ctrl-C: children are ended, the terminal is left as it was, the status is 130.
//!
//! The handler only raises a flag. Whoever waits for a child looks at it ten times a second, kills the child and
//! returns [`Interrupted`], so that guards (raw mode, temporary folders) are dropped in the ordinary way.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// The user pressed Ctrl-C.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Begins to listen. A second Ctrl-C ends the runner at once.
pub(crate) fn listen() {
    let handler = || {
        if REQUESTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    };
    // Without a handler Ctrl-C still ends the runner; only the children are ended less gently.
    let _ = ctrlc::set_handler(handler);
}

/// `Err(Interrupted)` once Ctrl-C was pressed.
pub(crate) fn check() -> Result<(), Interrupted> {
    if REQUESTED.load(Ordering::SeqCst) { Err(Interrupted) } else { Ok(()) }
}
