//! Forgets the square.
//! caught by: bound_is_a_square, novikoff_holds_in_any_order
// REPLACE 3.5
    radius / margin
