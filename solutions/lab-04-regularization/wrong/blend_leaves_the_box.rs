//! Does not cut off at 0 and 1.
//! caught by: blend_goes_from_one_image_to_the_other
// REPLACE 7.2
    image * factor + other * (1.0 - factor)
