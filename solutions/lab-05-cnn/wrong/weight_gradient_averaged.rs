//! Averages the kernels' gradient over the batch; the loss does that already.
//! caught by: conv2d_kernel_gradient_is_the_adjoint, conv2d_gradient_of_a_batch_is_the_sum
// REPLACE 4.3
        let products = dy.matmul(&self.columns.t());
        products.mean(0).reshape([out_channels, channels / groups, kh, kw])
