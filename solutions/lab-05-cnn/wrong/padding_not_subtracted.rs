//! Takes places of the extended input for places of the input.
//! caught by: source_is_the_place_under_the_tap
// REPLACE 1.3
        Some(output * self.stride[dim] + tap * self.dilation[dim]).filter(|&place| place < n)
