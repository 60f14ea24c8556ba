//! Clamps to the image, not to the region, so that what lies beside the region shines in.
//! caught by: a_resized_ramp_is_a_ramp, resized_crops_of_any_image
// REPLACE 6.4
    let [_, rows, columns] = image.dims();
    let along = |place: f64, start: usize, length: usize, new_length: usize, all: usize| {
        let place = (place + 0.5) * length as f64 / new_length as f64 - 0.5;
        (start as f64 + place).clamp(0.0, (all - 1) as f64)
    };
    resample(image, size, |i, j| {
        (
            along(i, region.top, region.height, size[0], rows),
            along(j, region.left, region.width, size[1], columns),
        )
    })
