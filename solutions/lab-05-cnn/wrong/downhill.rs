//! Walks against the gradient, as one does to a loss.
//! caught by: ascent_step_has_its_length, ascent_stays_in_the_box_and_climbs
// REPLACE 8.1
    let norm = gradient.norm().item().as_f64();
    let step = if norm > 0.0 { rate / norm } else { 0.0 };
    (image * (1.0 - decay) - gradient * step).clamp(0.0, 1.0)
