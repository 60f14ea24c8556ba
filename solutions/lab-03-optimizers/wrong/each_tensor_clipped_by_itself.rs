//! Clips every tensor by its own norm, which changes the direction of the whole.
//! caught by: clipping_of_one_long_tensor_among_short_ones
// REPLACE 7.1
    let mut squares = 0.0;
    for gradient in gradients {
        let norm = gradient.to_vec().into_iter().map(|g| g.as_f64().powi(2)).sum::<f64>().sqrt();
        if norm > max_norm && norm.is_finite() {
            *gradient = &*gradient * (max_norm / norm);
        }
        squares += norm * norm;
    }
    squares.sqrt()
