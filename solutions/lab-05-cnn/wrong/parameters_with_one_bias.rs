//! Counts one bias in all.
//! caught by: parameters_of_a_convolution
// REPLACE 6.2
    out_channels * (channels / groups * kh * kw) + 1
