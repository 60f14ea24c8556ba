//! Leaves the saturation out.
//! caught by: jitter_draws_three_factors
// REPLACE 9.5
        let image = adjust_brightness(image, factor(self.brightness));
        adjust_contrast(&image, factor(self.contrast))
