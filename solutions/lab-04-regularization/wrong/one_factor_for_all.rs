//! Uses one random factor for brightness, contrast and saturation.
//! caught by: jitter_stays_within_its_strength, jitter_draws_three_factors
// REPLACE 9.5
        let factor = factor(self.brightness);
        let image = adjust_brightness(image, factor);
        let image = adjust_contrast(&image, factor);
        adjust_saturation(&image, factor)
