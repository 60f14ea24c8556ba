//! Cuts the samples in the order they have.
//! caught by: minibatches_have_a_new_order_each_time, every_order_is_as_likely
// REPLACE 2.1
    let _ = generator;
    let order: Vec<usize> = (0..samples).collect();
    order.chunks(batch_size).map(<[usize]>::to_vec).collect()
