//! Lets pixels leave the range of images.
//! caught by: ascent_stays_in_the_box_and_climbs, ascent_step_clamps_to_the_box
// REPLACE 8.1
    let norm = gradient.norm().item().as_f64();
    let step = if norm > 0.0 { rate / norm } else { 0.0 };
    image * (1.0 - decay) + gradient * step
