//! Shrinks what Adam's step has just changed.
//! caught by: decay_of_adamw_is_decoupled, adam_for_many_steps
// REPLACE 5.2
        self.adam.step(theta, gradient, rate);
        let keep = T::from_f64(1.0 - rate * self.weight_decay);
        for theta in theta.iter_mut() {
            *theta *= keep;
        }
