//! Asks where a pixel goes to, not where it comes from.
//! caught by: rotations_by_right_angles_are_turns
// REPLACE 6.5
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (middle_row, middle_column) = ((height as f64 - 1.0) / 2.0, (width as f64 - 1.0) / 2.0);
    resample(image, [height, width], |i, j| {
        let (y, x) = (i - middle_row, j - middle_column);
        (middle_row - x * sin + y * cos, middle_column + x * cos + y * sin)
    })
