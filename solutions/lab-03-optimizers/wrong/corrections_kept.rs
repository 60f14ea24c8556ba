//! Writes the corrected averages back, so that they are corrected again and again.
//! caught by: adam_is_a_quotient_of_two_averages, adam_for_many_steps
// REPLACE 5.1
        let one = T::one();
        self.steps += 1;
        let correction1 = one - beta1.powi(self.steps);
        let correction2 = one - beta2.powi(self.steps);
        let averages = self.m.iter_mut().zip(&mut self.v);
        for ((theta, &g), (m, v)) in theta.iter_mut().zip(gradient).zip(averages) {
            let g = g + decay * *theta;
            *m = (beta1 * *m + (one - beta1) * g) / correction1;
            *v = (beta2 * *v + (one - beta2) * g * g) / correction2;
            *theta -= rate * *m / (v.sqrt() + eps);
        }
