//! Leaves the bias out of the matrix product.
//! caught by: conv2d_equals_the_seven_loops
// REPLACE 4.1
        self.weight.matmul(&self.columns).reshape([batch, out_channels, oh, ow])
