//! Blurs and looks for edges pixel by pixel.
// REPLACE 8.2
    let shape = image.shape().to_vec();
    Tensor::from_fn(&shape[..], |at| {
        let mut sum = T::zero();
        for (t, &tap) in taps.iter().enumerate() {
            let mut at = [at[0], at[1], at[2]];
            at[dim] += t;
            sum += T::from_f64(tap) * padded.get(at);
        }
        debug_assert!(at[dim] < size);
        sum
    })
// REPLACE 8.5
    let [channels, height, width] = image.dims();
    let pixel = |c: usize, i: usize, j: usize| {
        let inside = |place: usize, size: usize| place.saturating_sub(1).min(size - 1);
        image.get([c, inside(i, height), inside(j, width)])
    };
    Tensor::from_fn([channels, height, width], |at| {
        let (mut gx, mut gy) = (T::zero(), T::zero());
        for (t, weight) in [0.125, 0.25, 0.125].into_iter().enumerate() {
            let weight = T::from_f64(weight);
            gx += weight * (pixel(at[0], at[1] + t, at[2] + 2) - pixel(at[0], at[1] + t, at[2]));
            gy += weight * (pixel(at[0], at[1] + 2, at[2] + t) - pixel(at[0], at[1], at[2] + t));
        }
        (gx * gx + gy * gy).sqrt()
    })
