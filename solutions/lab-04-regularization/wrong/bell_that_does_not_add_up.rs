//! Takes the density of the normal distribution, whose values at whole numbers do not add up to 1.
//! caught by: the_bell_has_its_shape, blur_keeps_constants
// REPLACE 8.3
    let radius = (3.0 * sigma).ceil() as i32;
    let factor = 1.0 / (sigma * (2.0 * std::f64::consts::PI).sqrt());
    (-radius..=radius).map(|t| factor * (-0.5 * (f64::from(t) / sigma).powi(2)).exp()).collect()
