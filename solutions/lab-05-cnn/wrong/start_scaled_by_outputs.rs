//! Scales the initial weights by the number of output channels.
//! caught by: conv_layer_starts_uniform
// REPLACE 7.1
        let bound = 1.0 / ((out_channels * kh * kw) as f64).sqrt();
        Conv2d {
            weight: Parameter::new(Tensor::uniform(shape, -bound, bound)),
            bias: Parameter::new(Tensor::uniform(out_channels, -bound, bound)),
            window,
            groups,
        }
