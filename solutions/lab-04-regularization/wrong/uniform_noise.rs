//! Adds uniform noise, whose variance is smaller and whose mean is not 0.
//! caught by: noise_has_its_standard_deviation
// REPLACE 8.1
    (image + image.rand_like() * sigma).clamp(0.0, 1.0)
