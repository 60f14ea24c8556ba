//! Whether computations are recorded: a switch per thread.

use std::cell::Cell;

thread_local! {
    static RECORDING: Cell<bool> = const { Cell::new(true) };
}

/// Whether tensor operations on this thread are recorded for a backward pass.
pub fn is_grad_enabled() -> bool {
    RECORDING.get()
}

/// Runs `f` without recording: for evaluation, and for updating parameters.
///
/// ```
/// use tensor::{Tensor, no_grad};
/// let x = Tensor::from([1.0f32]).requires_grad_();
/// assert!((&x * 2.0).requires_grad());
/// assert!(!no_grad(|| &x * 2.0).requires_grad());
/// ```
pub fn no_grad<R>(f: impl FnOnce() -> R) -> R {
    with_recording(false, f)
}

/// Runs `f` with recording, inside of [`no_grad`] too.
pub fn enable_grad<R>(f: impl FnOnce() -> R) -> R {
    with_recording(true, f)
}

pub(super) fn with_recording<R>(recording: bool, f: impl FnOnce() -> R) -> R {
    /// Restores the switch when dropped, so that a panic in `f` does not leave it turned.
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            RECORDING.set(self.0);
        }
    }
    let _restore = Restore(RECORDING.replace(recording));
    f()
}
