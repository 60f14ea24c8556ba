//! Moves the whole tensor for each entry.
//! caught by: numerical_gradient_moves_one_entry_at_a_time, gradient_check_accepts_right_gradients
// REPLACE 6.3
    let moved = |by: f64| f(&Tensor::from_vec(numbers.iter().map(|number| number + by).collect(), x.shape()));
    let slopes = numbers.iter().map(|&number| central_difference(&moved, 0.0, step_size(number)));
    Tensor::from_vec(slopes.collect(), x.shape())
