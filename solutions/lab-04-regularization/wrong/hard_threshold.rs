//! Cuts small numbers off and leaves large ones as they are.
//! caught by: soft_threshold_minimizes
// REPLACE 4.2
    let keep = x.abs().gt(t);
    x * keep
