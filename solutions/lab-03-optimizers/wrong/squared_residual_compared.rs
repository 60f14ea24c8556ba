//! Compares the square of the residual with the goal, and ends too early.
//! caught by: conjugate_gradients_stop_when_told
// REPLACE 8.2
    for iteration in 0..solve.iterations {
        if square <= goal {
            break;
        }
        let ap = product(&direction);
        let curvature = inner(&direction, &ap);
        if curvature <= 0.0 {
            return if iteration == 0 { b.detach() } else { x };
        }
        let length = square / curvature;
        x = x + &direction * length;
        residual = residual - ap * length;
        let next = inner(&residual, &residual);
        direction = &residual + direction * (next / square);
        square = next;
    }
    x
