//! Forgets where the region begins.
//! caught by: a_crop_at_its_own_size_is_a_copy, a_resized_ramp_is_a_ramp
// REPLACE 6.4
    let along = |place: f64, length: usize, new_length: usize| {
        let place = (place + 0.5) * length as f64 / new_length as f64 - 0.5;
        place.clamp(0.0, (length - 1) as f64)
    };
    resample(image, size, |i, j| (along(i, region.height, size[0]), along(j, region.width, size[1])))
