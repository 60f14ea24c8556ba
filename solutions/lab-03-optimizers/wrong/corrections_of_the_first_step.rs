//! Never counts the steps.
//! caught by: adam_is_a_quotient_of_two_averages, adam_for_many_steps
// REPLACE 5.1
        let one = T::one();
        self.steps = 1;
        let correction1 = one - beta1.powi(self.steps);
        let correction2 = one - beta2.powi(self.steps);
        let averages = self.m.iter_mut().zip(&mut self.v);
        for ((theta, &g), (m, v)) in theta.iter_mut().zip(gradient).zip(averages) {
            let g = g + decay * *theta;
            *m = beta1 * *m + (one - beta1) * g;
            *v = beta2 * *v + (one - beta2) * g * g;
            *theta -= rate * (*m / correction1) / ((*v / correction2).sqrt() + eps);
        }
