//! Adds the squares up.
//! caught by: rms_prop_divides_by_a_moving_average, rms_prop_forgets_and_adagrad_does_not
// REPLACE 4.2
        let _ = alpha;
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.average) {
            *v += g * g;
            *theta -= rate * g / (v.sqrt() + eps);
        }
