//! Compares the squared norm.
//! caught by: clipping_keeps_the_direction_and_bounds_the_norm
// REPLACE 7.1
    let squares = gradients.iter().flat_map(|gradient| gradient.to_vec()).map(|g| g.as_f64().powi(2));
    let norm = squares.sum::<f64>();
    if norm > max_norm && norm.is_finite() {
        for gradient in gradients {
            *gradient = &*gradient * (max_norm / norm);
        }
    }
    norm
