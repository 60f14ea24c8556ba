//! Draws the weights of every layer from a generator of its own, which always begins at the same seed.
//! caught by: lenet_differs_from_seed_to_seed
// REPLACE 7.1
        let bound = 1.0 / ((channels / groups * kh * kw) as f64).sqrt();
        tensor::random::with(tensor::random::Generator::seed(0), || Conv2d {
            weight: Parameter::new(Tensor::uniform(shape, -bound, bound)),
            bias: Parameter::new(Tensor::uniform(out_channels, -bound, bound)),
            window,
            groups,
        })
