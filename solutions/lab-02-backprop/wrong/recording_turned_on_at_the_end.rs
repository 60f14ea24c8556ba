//! Turns recording on after f: also inside of another no_grad, and not after a panic.
//! caught by: no_grad_restores_what_was_before, no_grad_survives_a_panic
// REPLACE 4.1
    RECORDING.set(false);
    let answer = f();
    RECORDING.set(true);
    answer
