//! Keeps a single velocity for all numbers.
//! caught by: momenta_for_many_steps, momenta_number_by_number, momentum_in_three_ravines_at_once
// REPLACE 3.1
        for (place, theta) in theta.iter_mut().enumerate() {
            let v = &mut self.velocity[0];
            *v = beta * *v + gradient[place];
            *theta -= rate * *v;
        }
