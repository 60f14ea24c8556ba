//! Multiplies the rate with the gradient itself.
//! caught by: ascent_step_has_its_length, ascent_ignores_the_scale_of_the_objective
// REPLACE 8.1
    (image * (1.0 - decay) + gradient * rate).clamp(0.0, 1.0)
