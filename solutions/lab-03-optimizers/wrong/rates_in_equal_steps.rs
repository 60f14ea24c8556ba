//! Grows by a constant difference.
//! caught by: rates_grow_by_a_constant_factor
// REPLACE 7.3
    let progress = |step: usize| step as f64 / (steps - 1) as f64;
    (0..steps).map(|step| low + (high - low) * progress(step)).collect()
