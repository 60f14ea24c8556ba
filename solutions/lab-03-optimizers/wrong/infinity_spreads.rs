//! Divides by a norm that is infinite.
//! caught by: clipping_does_not_spread_nan
// REPLACE 7.1
    let squares = gradients.iter().flat_map(|gradient| gradient.to_vec()).map(|g| g.as_f64().powi(2));
    let norm = squares.sum::<f64>().sqrt();
    let factor = (max_norm / norm).min(1.0);
    for gradient in gradients {
        *gradient = &*gradient * factor;
    }
    norm
