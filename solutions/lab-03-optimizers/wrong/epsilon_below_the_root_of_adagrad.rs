//! Puts ε below the root, as the slide does.
//! caught by: adagrad_divides_by_the_root_of_all_squares
// REPLACE 4.1
        for ((theta, &g), sum) in theta.iter_mut().zip(gradient).zip(&mut self.sum) {
            *sum += g * g;
            *theta -= rate * g / (*sum + eps).sqrt();
        }
