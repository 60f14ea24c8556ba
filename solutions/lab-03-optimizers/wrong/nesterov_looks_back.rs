//! Takes the old velocity for the look ahead.
//! caught by: nesterov_looks_ahead, nesterov_has_the_gradient_of_the_place_ahead
// REPLACE 3.3
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            let old = *v;
            *v = beta * *v + g;
            *theta -= rate * (g + beta * old);
        }
