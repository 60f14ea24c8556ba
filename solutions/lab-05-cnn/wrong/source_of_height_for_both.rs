//! Uses the stride of the height for the width too.
//! caught by: source_is_the_place_under_the_tap, windows_on_uneven_sizes
// REPLACE 1.3
        let (before, _) = self.margins(dim);
        let place = output * self.stride[0] + tap * self.dilation[dim];
        place.checked_sub(before).filter(|&place| place < n)
