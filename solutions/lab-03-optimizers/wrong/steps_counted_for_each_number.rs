//! Counts a step for every number.
//! caught by: adam_for_many_steps, adam_number_by_number
// REPLACE 5.1
        let one = T::one();
        let averages = self.m.iter_mut().zip(&mut self.v);
        for ((theta, &g), (m, v)) in theta.iter_mut().zip(gradient).zip(averages) {
            self.steps += 1;
            let g = g + decay * *theta;
            *m = beta1 * *m + (one - beta1) * g;
            *v = beta2 * *v + (one - beta2) * g * g;
            let m_hat = *m / (one - beta1.powi(self.steps));
            let v_hat = *v / (one - beta2.powi(self.steps));
            *theta -= rate * m_hat / (v_hat.sqrt() + eps);
        }
