//! Leaves out the corrections of both averages.
//! caught by: first_step_of_adam_is_the_learning_rate, adam_is_a_quotient_of_two_averages
// REPLACE 5.1
        let one = T::one();
        self.steps += 1;
        let correction1 = one;
        let correction2 = one;
        let averages = self.m.iter_mut().zip(&mut self.v);
        for ((theta, &g), (m, v)) in theta.iter_mut().zip(gradient).zip(averages) {
            let g = g + decay * *theta;
            *m = beta1 * *m + (one - beta1) * g;
            *v = beta2 * *v + (one - beta2) * g * g;
            *theta -= rate * (*m / correction1) / ((*v / correction2).sqrt() + eps);
        }
