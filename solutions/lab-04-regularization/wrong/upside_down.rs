//! Exchanges top and bottom.
//! caught by: a_flip_exchanges_left_and_right
// REPLACE 6.1
    image.flip(1)
