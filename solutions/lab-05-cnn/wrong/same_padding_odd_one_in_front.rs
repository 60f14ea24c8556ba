//! Puts the odd place of "same" padding in front.
//! caught by: margins_of_every_padding
// REPLACE 1.1
        match self.padding {
            Padding::Valid => (0, 0),
            Padding::Same => {
                let total = self.dilation[dim] * (self.kernel[dim] - 1);
                (total - total / 2, total / 2)
            }
            Padding::Numbers(places) => (places[dim], places[dim]),
        }
