//! Draws each sample from all: some come twice, some never.
//! caught by: minibatches_are_all_samples_once
// REPLACE 2.1
    let order: Vec<usize> = (0..samples).map(|_| generator.below(samples)).collect();
    order.chunks(batch_size).map(<[usize]>::to_vec).collect()
