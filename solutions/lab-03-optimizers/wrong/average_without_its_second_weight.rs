//! Writes the classical momentum for the lecture's.
//! caught by: lecture_momentum_is_a_moving_average, lecture_momentum_is_the_classical_one_with_a_smaller_rate, constant_gradient_gives_a_terminal_velocity
// REPLACE 3.2
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            *v = beta * *v + g;
            *theta -= rate * *v;
        }
