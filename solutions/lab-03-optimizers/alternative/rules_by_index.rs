//! Goes through the numbers by their index.
// REPLACE 1.1
        for i in 0..theta.len() {
            theta[i] = theta[i] - rate * gradient[i];
        }
// REPLACE 3.1
        for i in 0..theta.len() {
            self.velocity[i] = self.velocity[i] * beta + gradient[i];
            theta[i] -= self.velocity[i] * rate;
        }
// REPLACE 3.2
        for i in 0..theta.len() {
            // The average moves a part 1 − β of the way to the gradient.
            let way = gradient[i] - self.velocity[i];
            self.velocity[i] += (T::one() - beta) * way;
            theta[i] -= self.velocity[i] * rate;
        }
// REPLACE 4.1
        for i in 0..theta.len() {
            self.sum[i] += gradient[i].powi(2);
            theta[i] -= rate / (self.sum[i].sqrt() + eps) * gradient[i];
        }
