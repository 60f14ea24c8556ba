//! Starts at a random place and goes round.
//! caught by: every_order_is_as_likely
// REPLACE 2.1
    let mut order: Vec<usize> = (0..samples).collect();
    if samples > 0 {
        order.rotate_left(generator.below(samples));
    }
    order.chunks(batch_size).map(<[usize]>::to_vec).collect()
