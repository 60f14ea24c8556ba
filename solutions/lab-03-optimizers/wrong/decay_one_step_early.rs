//! Falls one step too early.
//! caught by: step_decay_falls_by_a_factor, step_decay_composes
// REPLACE 6.1
        self.start * self.factor.powi(((step + 1) / self.every) as i32)
