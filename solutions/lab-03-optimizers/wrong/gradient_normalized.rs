//! Divides the gradient by its length, so that every step is as long.
//! caught by: sgd_moves_against_the_gradient, sgd_number_by_number
// REPLACE 1.1
        let square = gradient.iter().fold(T::zero(), |sum, &g| sum + g * g);
        let length = square.sqrt() + T::from_f64(1e-300);
        for (theta, &g) in theta.iter_mut().zip(gradient) {
            *theta -= rate * g / length;
        }
