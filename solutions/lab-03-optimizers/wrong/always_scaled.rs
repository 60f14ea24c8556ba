//! Makes short gradients longer.
//! caught by: clipping_leaves_small_gradients_alone
// REPLACE 7.1
    let squares = gradients.iter().flat_map(|gradient| gradient.to_vec()).map(|g| g.as_f64().powi(2));
    let norm = squares.sum::<f64>().sqrt();
    if norm > 0.0 && norm.is_finite() {
        for gradient in gradients {
            *gradient = &*gradient * (max_norm / norm);
        }
    }
    norm
