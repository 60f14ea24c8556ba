//! Adds up weighted losses and their weights, and divides one by the other.
// REPLACE 7.4
    let (mut sum, mut weights) = (0.0, 0.0);
    let mut means = Vec::new();
    for loss in losses {
        sum = beta * sum + loss;
        weights = beta * weights + 1.0;
        means.push(sum / weights);
    }
    means
// REPLACE 7.5
    let mut lowest = f64::INFINITY;
    for &rate in rates {
        let loss = train_step(rate);
        if loss.is_nan() || loss.is_infinite() {
            return test;
        }
        test.rates.push(rate);
        test.losses.push(loss);
        let now = smoothed(&test.losses, SMOOTHING).pop().unwrap_or(loss);
        lowest = lowest.min(now);
        if now > DIVERGED * lowest {
            return test;
        }
    }
// REPLACE 7.1
    let mut scale = 0.0_f64;
    for gradient in gradients.iter() {
        let norm = gradient.square().sum(..).item().as_f64().sqrt();
        scale = scale.hypot(norm);
    }
    // NaN and ∞ are not less than infinity.
    if scale < f64::INFINITY && scale > max_norm {
        gradients.iter_mut().for_each(|gradient| *gradient = gradient.map(|g| g * T::from_f64(max_norm / scale)));
    }
    scale
