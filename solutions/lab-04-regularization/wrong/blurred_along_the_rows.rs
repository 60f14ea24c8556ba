//! Blurs in one direction only.
//! caught by: blur_keeps_constants, blur_is_both_correlations
// REPLACE 8.4
    correlate(image, &gaussian_taps(sigma), 2)
