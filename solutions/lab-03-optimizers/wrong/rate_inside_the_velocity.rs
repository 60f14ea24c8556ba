//! Multiplies the gradient by the rate when it enters the velocity, as Sutskever does: another rule once the rate changes.
//! caught by: momentum_adds_up_the_past, momenta_for_many_steps
// REPLACE 3.1
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            *v = beta * *v + rate * g;
            *theta -= *v;
        }
