//! Whether computations are recorded: a switch.
//!
//! A graph keeps alive all that it was computed from. Where no backward pass will follow, in evaluation and in updating
//! parameters, that is wasted memory, and recording it wasted time.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use std::cell::Cell;

// Each thread has its own switch, so that an evaluation in one does not disturb the training in another.
thread_local! {
    static RECORDING: Cell<bool> = const { Cell::new(true) };
}

/// Whether operations on this thread are recorded.
pub fn is_grad_enabled() -> bool {
    RECORDING.get()
}

/// Puts the switch back when it is dropped: at the end of the block that owns it, however the block is left.
struct Restore {
    before: bool,
}

impl Drop for Restore {
    fn drop(&mut self) {
        RECORDING.set(self.before);
    }
}

/// Runs `f` without recording, and returns what it returns. Afterwards the switch is as it was before, also if `f`
/// panics.
///
/// ```
/// use lab_02_backprop::{Value, no_grad};
///
/// let x = Value::new(3.0);
/// assert_eq!((&x * &x).parents().len(), 2);
/// assert_eq!(no_grad(|| &x * &x).parents().len(), 0);
/// ```
pub fn no_grad<R>(f: impl FnOnce() -> R) -> R {
    todo!("4.1: turn the switch off while f runs; Restore puts it back")
}
