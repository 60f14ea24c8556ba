//! Adds noise without cutting off.
//! caught by: noise_stays_in_the_box
// REPLACE 8.1
    image + image.randn_like() * sigma
