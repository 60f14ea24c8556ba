//! Shuffles with a generator of its own, made anew in each epoch.
//! caught by: minibatches_have_a_new_order_each_time, every_order_is_as_likely
// REPLACE 2.1
    let _ = generator;
    let mut order: Vec<usize> = (0..samples).collect();
    Generator::seed(0).shuffle(&mut order);
    order.chunks(batch_size).map(<[usize]>::to_vec).collect()
