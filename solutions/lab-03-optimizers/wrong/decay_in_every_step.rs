//! Multiplies in every step.
//! caught by: step_decay_falls_by_a_factor, step_decay_composes
// REPLACE 6.1
        self.start * self.factor.powf(step as f64 / self.every as f64)
