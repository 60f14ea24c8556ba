//! Puts ε below the root.
//! caught by: rms_prop_divides_by_a_moving_average
// REPLACE 4.2
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.average) {
            *v = alpha * *v + (T::one() - alpha) * g * g;
            *theta -= rate * g / (*v + eps).sqrt();
        }
