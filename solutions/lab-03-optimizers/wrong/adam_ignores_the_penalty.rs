//! Forgets the weight decay.
//! caught by: penalty_of_adam_is_in_the_gradient, the_two_decays_differ
// REPLACE 5.1
        let one = T::one();
        let _ = decay;
        self.steps += 1;
        let correction1 = one - beta1.powi(self.steps);
        let correction2 = one - beta2.powi(self.steps);
        let averages = self.m.iter_mut().zip(&mut self.v);
        for ((theta, &g), (m, v)) in theta.iter_mut().zip(gradient).zip(averages) {
            *m = beta1 * *m + (one - beta1) * g;
            *v = beta2 * *v + (one - beta2) * g * g;
            *theta -= rate * (*m / correction1) / ((*v / correction2).sqrt() + eps);
        }
