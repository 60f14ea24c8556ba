//! Divides all numbers by the length of the whole gradient's past.
//! caught by: adagrad_keeps_the_rate_of_rare_features, individual_rates_for_many_steps
// REPLACE 4.1
        for &g in gradient {
            self.sum[0] += g * g;
        }
        for (theta, &g) in theta.iter_mut().zip(gradient) {
            *theta -= rate * g / (self.sum[0].sqrt() + eps);
        }
