//! Is classical momentum.
//! caught by: nesterov_looks_ahead, nesterov_has_the_gradient_of_the_place_ahead
// REPLACE 3.3
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            *v = beta * *v + g;
            *theta -= rate * *v;
        }
