//! Folds both corrections into the rate and ε, as section 2 of the paper suggests.
// REPLACE 5.1
        let one = T::one();
        self.steps += 1;
        let root = (one - beta2.powi(self.steps)).sqrt();
        let rate = rate * root / (one - beta1.powi(self.steps));
        for i in 0..theta.len() {
            let g = gradient[i] + decay * theta[i];
            let (m, v) = (&mut self.m[i], &mut self.v[i]);
            *m = *m + (one - beta1) * (g - *m);
            *v = *v + (one - beta2) * (g * g - *v);
            theta[i] -= rate * self.m[i] / (self.v[i].sqrt() + eps * root);
        }
// REPLACE 5.2
        let shrink: Vec<T> = theta.iter().map(|&theta| theta * T::from_f64(rate * self.weight_decay)).collect();
        for (theta, shrink) in theta.iter_mut().zip(shrink) {
            *theta -= shrink;
        }
        self.adam.step(theta, gradient, rate);
