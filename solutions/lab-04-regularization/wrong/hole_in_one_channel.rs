//! Cuts the hole into the first channel only.
//! caught by: a_hole_is_where_it_should_be, holes_of_any_size
// REPLACE 6.6
    for row in pixels.chunks_exact_mut(width).skip(top).take(rows) {
        row[left..left + columns].fill(T::zero());
    }
