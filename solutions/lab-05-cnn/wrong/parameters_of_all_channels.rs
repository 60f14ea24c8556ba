//! Counts a kernel over all input channels, whatever the groups.
//! caught by: parameters_of_a_convolution
// REPLACE 6.2
    assert!(groups > 0);
    out_channels * (channels * kh * kw + 1)
