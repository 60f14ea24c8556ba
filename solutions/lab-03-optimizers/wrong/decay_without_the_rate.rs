//! Shrinks by λ in each step, whatever the learning rate is.
//! caught by: decay_of_adamw_is_decoupled, the_two_decays_differ
// REPLACE 5.2
        let keep = T::from_f64(1.0 - self.weight_decay);
        for theta in theta.iter_mut() {
            *theta *= keep;
        }
        self.adam.step(theta, gradient, rate);
