//! Changes a copy of each number.
//! caught by: sgd_moves_against_the_gradient
// REPLACE 1.1
        for (theta, &g) in theta.iter_mut().zip(gradient) {
            let mut moved = *theta;
            moved -= rate * g;
            let _ = moved;
        }
