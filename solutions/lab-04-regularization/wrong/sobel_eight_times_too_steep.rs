//! Takes Sobel's kernel as it was published, without dividing by 8.
//! caught by: sobel_kills_constants_and_measures_slopes, sobel_of_any_image
// REPLACE 8.5
    let (difference, weights) = ([-1.0, 0.0, 1.0], [1.0, 2.0, 1.0]);
    let gx = correlate(&correlate(image, &difference, 2), &weights, 1);
    let gy = correlate(&correlate(image, &difference, 1), &weights, 2);
    (gx.square() + gy.square()).sqrt()
