//! Forgets the dilation in the output size.
//! caught by: output_size_counts_the_positions
// REPLACE 1.2
        let (before, after) = self.margins(dim);
        (before + n + after - self.kernel[dim]) / self.stride[dim] + 1
