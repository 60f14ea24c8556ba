//! Divides by the length of a gradient that is 0.
//! caught by: ascent_without_a_gradient_only_decays
// REPLACE 8.1
    let norm = gradient.norm().item().as_f64();
    (image * (1.0 - decay) + gradient * (rate / norm)).clamp(0.0, 1.0)
