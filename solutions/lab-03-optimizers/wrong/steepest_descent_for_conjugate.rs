//! Goes along the residual each time.
//! caught by: conjugate_gradients_stop_when_told
// REPLACE 8.2
    for iteration in 0..solve.iterations {
        if square.sqrt() <= goal {
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
        direction = residual.clone();
        square = next;
    }
    x
