//! Pads above and on the left only.
//! caught by: margins_of_every_padding
// REPLACE 1.1
        match self.padding {
            Padding::Valid => (0, 0),
            Padding::Same => (self.dilation[dim] * (self.kernel[dim] - 1), 0),
            Padding::Numbers(places) => (places[dim], 0),
        }
