//! Takes the lecture's formula by its letter: the norm, not half its square.
//! caught by: l2_is_half_the_sum_of_squares
// REPLACE 3.3
    let squares = |sum: Tensor<T>, parameter: &Parameter<T>| sum + parameter.get().square().sum(..);
    parameters.iter().fold(Tensor::scalar(0.0), squares).sqrt()
