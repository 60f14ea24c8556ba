//! Moves before the velocity has been renewed.
//! caught by: momentum_adds_up_the_past, momenta_without_memory_are_gradient_descent, momenta_for_many_steps
// REPLACE 3.1
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            *theta -= rate * *v;
            *v = beta * *v + g;
        }
