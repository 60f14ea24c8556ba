//! Computes the velocity, but does not keep it.
//! caught by: momentum_adds_up_the_past, momentum_comes_down_a_ravine_in_half_the_steps
// REPLACE 3.1
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            let velocity = beta * *v + g;
            *theta -= rate * velocity;
        }
