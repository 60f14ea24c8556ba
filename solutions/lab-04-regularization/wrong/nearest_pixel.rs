//! Takes the nearest pixel.
//! caught by: bilinear_meets_the_pixels, bilinear_is_a_sum_of_tents
// REPLACE 6.3
    pixel(row.round(), column.round())
