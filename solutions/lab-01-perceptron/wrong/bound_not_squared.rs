//! Forgets the square.
//! caught by: mistakes_stay_below_novikoffs_bound, novikoff_holds_in_any_order
// REPLACE 3.5
    radius / margin
