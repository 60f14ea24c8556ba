//! Divides by the sum itself.
//! caught by: adagrad_divides_by_the_root_of_all_squares, adagrad_does_not_know_the_scale
// REPLACE 4.1
        for ((theta, &g), sum) in theta.iter_mut().zip(gradient).zip(&mut self.sum) {
            *sum += g * g;
            *theta -= rate * g / (*sum + eps);
        }
