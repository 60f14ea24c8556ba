//! Divides by the number of rates and not of the steps between them.
//! caught by: rates_grow_by_a_constant_factor, rates_of_a_single_size
// REPLACE 7.3
    let progress = |step: usize| step as f64 / steps as f64;
    (0..steps).map(|step| low * (high / low).powf(progress(step))).collect()
