//! Divides the gradient by the number of taps, as if overlaps had to be averaged.
//! caught by: conv2d_input_gradient_is_the_adjoint
// REPLACE 4.2
        let columns = self.weight.t().matmul(dy).reshape([batch, channels * kh * kw, oh * ow]);
        col2im(&columns, [batch, channels, height, width], &self.window) / (kh * kw) as f64
