//! Takes the slide's plus at its word.
//! caught by: adagrad_divides_by_the_root_of_all_squares, rules_without_memory_follow_the_sign
// REPLACE 4.1
        for ((theta, &g), sum) in theta.iter_mut().zip(gradient).zip(&mut self.sum) {
            *sum += g * g;
            *theta += rate * g / (sum.sqrt() + eps);
        }
