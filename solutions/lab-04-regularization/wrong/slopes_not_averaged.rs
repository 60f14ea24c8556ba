//! Leaves the average across the slope out, which makes the edges noisy.
//! caught by: sobel_of_any_image
// REPLACE 8.5
    let slope = [-0.5, 0.0, 0.5];
    (correlate(image, &slope, 2).square() + correlate(image, &slope, 1).square()).sqrt()
