//! Divides 0 by 0 where there has been no gradient.
//! caught by: numbers_without_a_gradient_stay
// REPLACE 4.1
        let _ = eps;
        for ((theta, &g), sum) in theta.iter_mut().zip(gradient).zip(&mut self.sum) {
            *sum += g * g;
            *theta -= rate * g / sum.sqrt();
        }
