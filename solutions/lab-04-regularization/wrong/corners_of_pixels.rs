//! Takes pixel i to be at i, not at i + ½.
//! caught by: a_resized_ramp_is_a_ramp
// REPLACE 6.4
    let along = |place: f64, start: usize, length: usize, new_length: usize| {
        start as f64 + place * length as f64 / new_length as f64
    };
    resample(image, size, |i, j| {
        (along(i, region.top, region.height, size[0]), along(j, region.left, region.width, size[1]))
    })
