//! Compares the wrong way round, so that NaN becomes the best loss.
//! caught by: improvement_is_lower_by_more_than_min_delta
// REPLACE 1.1
    match best {
        Some(best) => !(loss >= best - min_delta),
        None => true,
    }
