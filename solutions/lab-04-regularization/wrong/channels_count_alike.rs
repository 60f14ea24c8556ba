//! Averages the channels.
//! caught by: gray_is_the_brightness_in_every_channel
// REPLACE 7.1
    image.mean_keepdim(0).expand([channels, height, width]).contiguous()
