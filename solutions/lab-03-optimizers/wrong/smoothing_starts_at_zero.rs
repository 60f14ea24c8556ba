//! Does not correct the average for its start.
//! caught by: smoothed_losses_are_weighted_means, smoothing_keeps_constants_and_their_order
// REPLACE 7.4
    let mut average = 0.0;
    let corrected = losses.iter().map(|loss| {
        average = beta * average + (1.0 - beta) * loss;
        average
    });
    corrected.collect()
