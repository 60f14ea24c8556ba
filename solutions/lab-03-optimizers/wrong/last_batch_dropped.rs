//! Leaves out the samples that do not fill a batch.
//! caught by: minibatches_are_all_samples_once
// REPLACE 2.1
    let mut order: Vec<usize> = (0..samples).collect();
    generator.shuffle(&mut order);
    order.chunks_exact(batch_size).map(<[usize]>::to_vec).collect()
