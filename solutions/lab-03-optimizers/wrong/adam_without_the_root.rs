//! Divides by the average of the squares, without the root.
//! caught by: rules_of_adam_without_memory_follow_the_sign, adam_does_not_know_the_scale
// REPLACE 5.1
        let one = T::one();
        self.steps += 1;
        let correction1 = one - beta1.powi(self.steps);
        let correction2 = one - beta2.powi(self.steps);
        let averages = self.m.iter_mut().zip(&mut self.v);
        for ((theta, &g), (m, v)) in theta.iter_mut().zip(gradient).zip(averages) {
            let g = g + decay * *theta;
            *m = beta1 * *m + (one - beta1) * g;
            *v = beta2 * *v + (one - beta2) * g * g;
            *theta -= rate * (*m / correction1) / (*v / correction2 + eps);
        }
