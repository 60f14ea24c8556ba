//! Lets the old velocity carry θ on, and then corrects by the gradient.
// REPLACE 3.3
        for ((theta, &g), v) in theta.iter_mut().zip(gradient).zip(&mut self.velocity) {
            // g + β·v' with v' = β·v + g is (1 + β)·g + β²·v.
            *theta -= rate * beta * beta * *v;
            *theta -= rate * (T::one() + beta) * g;
            *v = beta * *v + g;
        }
