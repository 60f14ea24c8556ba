//! Keeps the last square alone.
//! caught by: adagrad_divides_by_the_root_of_all_squares, adagrad_keeps_the_rate_of_rare_features
// REPLACE 4.1
        for ((theta, &g), sum) in theta.iter_mut().zip(gradient).zip(&mut self.sum) {
            *sum = g * g;
            *theta -= rate * g / (sum.sqrt() + eps);
        }
