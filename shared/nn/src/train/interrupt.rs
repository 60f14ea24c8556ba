//! Ctrl-C as a wish to stop.
//!
//! A process has one handler, which stays once it is installed. While somebody listens, the first Ctrl-C is a
//! request and the second ends the process; while nobody does, Ctrl-C ends the process as it always did.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

static LISTENERS: AtomicUsize = AtomicUsize::new(0);
static REQUESTED: AtomicBool = AtomicBool::new(false);

/// What shells report for a process that Ctrl-C ended: 128 + SIGINT.
const EXIT_CODE: i32 = 130;

/// Somebody who listens for Ctrl-C, until dropped.
pub(super) struct Listener(());

impl Listener {
    pub(super) fn new() -> Result<Self, ctrlc::Error> {
        static INSTALLED: Mutex<bool> = Mutex::new(false);
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if !*installed {
            ctrlc::set_handler(handle)?;
            *installed = true;
        }
        LISTENERS.fetch_add(1, Ordering::SeqCst);
        Ok(Self(()))
    }

    pub(super) fn stop_requested(&self) -> bool {
        REQUESTED.load(Ordering::SeqCst)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if LISTENERS.fetch_sub(1, Ordering::SeqCst) == 1 {
            REQUESTED.store(false, Ordering::SeqCst);
        }
    }
}

fn handle() {
    if LISTENERS.load(Ordering::SeqCst) == 0 || REQUESTED.swap(true, Ordering::SeqCst) {
        std::process::exit(EXIT_CODE);
    }
    eprintln!("\nstopping after this step; Ctrl-C once more stops at once");
}
