//! Keeps the kernels' gradient of the last image only.
//! caught by: conv2d_kernel_gradient_is_the_adjoint, conv2d_gradient_of_a_batch_is_the_sum
// REPLACE 4.3
        let products = dy.matmul(&self.columns.t());
        let last = products.size(0).saturating_sub(1);
        products.narrow(0, last, products.size(0) - last).sum(0).reshape([out_channels, channels / groups, kh, kw])
