//! Rounds the output size up, so that the last window hangs over the edge.
//! caught by: output_size_counts_the_positions
// REPLACE 1.2
        let (before, after) = self.margins(dim);
        let span = self.dilation[dim] * (self.kernel[dim] - 1) + 1;
        (before + n + after - span).div_ceil(self.stride[dim]) + 1
