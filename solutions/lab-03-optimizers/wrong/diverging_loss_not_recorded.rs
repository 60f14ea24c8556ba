//! Drops the loss that ends the test.
//! caught by: range_test_on_any_losses
// REPLACE 7.5
    for &rate in rates {
        let loss = train_step(rate);
        if !loss.is_finite() {
            break;
        }
        test.rates.push(rate);
        test.losses.push(loss);
        let smooth = smoothed(&test.losses, SMOOTHING);
        let lowest = smooth.iter().copied().fold(f64::INFINITY, f64::min);
        if smooth[smooth.len() - 1] > DIVERGED * lowest {
            test.rates.pop();
            test.losses.pop();
            break;
        }
    }
