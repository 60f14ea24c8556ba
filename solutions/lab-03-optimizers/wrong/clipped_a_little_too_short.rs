//! Keeps away from a division by 0 as PyTorch does, and makes a gradient of just the largest norm a little shorter.
//! caught by: clipping_at_the_edge
// REPLACE 7.1
    let squares = gradients.iter().flat_map(|gradient| gradient.to_vec()).map(|g| g.as_f64().powi(2));
    let norm = squares.sum::<f64>().sqrt();
    if norm.is_finite() {
        let factor = (max_norm / (norm + 1e-6)).min(1.0);
        for gradient in gradients {
            *gradient = &*gradient * factor;
        }
    }
    norm
