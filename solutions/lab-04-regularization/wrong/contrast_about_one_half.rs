//! Mixes with ½, so that dark images become brighter with less contrast.
//! caught by: contrast_is_about_the_mean_brightness
// REPLACE 7.3
    blend(image, &Tensor::scalar(0.5), factor)
