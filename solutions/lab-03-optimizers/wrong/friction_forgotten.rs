//! Never loses velocity.
//! caught by: momentum_adds_up_the_past, momenta_without_memory_are_gradient_descent
// REPLACE 3.1
        let _ = beta;
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            *v += g;
            *theta -= rate * *v;
        }
