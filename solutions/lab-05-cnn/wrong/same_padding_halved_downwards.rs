//! Adds ⌊d(k − 1)/2⌋ on both sides, so that even kernels lose a place.
//! caught by: margins_of_every_padding, same_padding_keeps_height_and_width
// REPLACE 1.1
        match self.padding {
            Padding::Valid => (0, 0),
            Padding::Same => {
                let half = self.dilation[dim] * (self.kernel[dim] - 1) / 2;
                (half, half)
            }
            Padding::Numbers(places) => (places[dim], places[dim]),
        }
