//! Seeds a generator of its own in every call.
//! caught by: noise_follows_its_seed
// REPLACE 8.1
    let generator = tensor::random::Generator::seed(0);
    let noise = tensor::random::with(generator, || image.randn_like());
    (image + noise * sigma).clamp(0.0, 1.0)
