//! Turns the taps round.
//! caught by: correlation_is_a_weighted_sum, filters_along_both_dimensions_commute
// REPLACE 8.2
    let shifted = taps.iter().rev().enumerate().map(|(t, &tap)| padded.narrow(dim, t, size) * tap);
    shifted.reduce(|sum, term| sum + term).expect("an odd number of taps is not 0")
