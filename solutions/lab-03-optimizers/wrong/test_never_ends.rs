//! Goes through all rates, however large the loss has become.
//! caught by: range_test_ends_where_the_loss_diverges
// REPLACE 7.5
    for &rate in rates {
        let loss = train_step(rate);
        test.rates.push(rate);
        test.losses.push(loss);
    }
