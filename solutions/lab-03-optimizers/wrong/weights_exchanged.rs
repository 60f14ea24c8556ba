//! Gives the old average the weight of the new gradient.
//! caught by: lecture_momentum_is_a_moving_average, momenta_without_memory_are_gradient_descent
// REPLACE 3.2
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            *v = (T::one() - beta) * *v + beta * g;
            *theta -= rate * *v;
        }
