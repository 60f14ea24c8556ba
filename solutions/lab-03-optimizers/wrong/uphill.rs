//! Adds the gradient, so that the loss grows.
//! caught by: sgd_moves_against_the_gradient, descent_converges_below_two_over_the_steepest_curvature
// REPLACE 1.1
        for (theta, &g) in theta.iter_mut().zip(gradient) {
            *theta += rate * g;
        }
