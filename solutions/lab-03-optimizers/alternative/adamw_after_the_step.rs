//! Remembers the numbers, and takes their decay away after Adam's step.
// REPLACE 5.2
        let before = theta.to_vec();
        self.adam.step(theta, gradient, rate);
        for (theta, before) in theta.iter_mut().zip(before) {
            *theta -= T::from_f64(rate * self.weight_decay) * before;
        }
