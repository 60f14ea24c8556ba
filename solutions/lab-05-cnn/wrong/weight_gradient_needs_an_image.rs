//! Begins the sum with the first image, which an empty batch does not have.
//! caught by: conv2d_gradients_equal_all_products
// REPLACE 4.3
        let products = dy.matmul(&self.columns.t());
        let mut sum = products.select(0, 0);
        for n in 1..products.size(0) {
            sum = sum + products.select(0, n);
        }
        sum.reshape([out_channels, channels / groups, kh, kw])
