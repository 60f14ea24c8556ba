//! Compares the losses themselves: one unlucky batch ends the test.
//! caught by: range_test_on_any_losses
// REPLACE 7.5
    for &rate in rates {
        let loss = train_step(rate);
        if !loss.is_finite() {
            break;
        }
        test.rates.push(rate);
        test.losses.push(loss);
        let lowest = test.losses.iter().copied().fold(f64::INFINITY, f64::min);
        if loss > DIVERGED * lowest {
            break;
        }
    }
