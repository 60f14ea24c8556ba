//! Takes every lower loss for an improvement.
//! caught by: improvement_is_lower_by_more_than_min_delta, early_stopping_on_long_trainings
// REPLACE 1.1
    let _ = min_delta;
    best.map_or(loss.is_finite(), |best| loss < best)
