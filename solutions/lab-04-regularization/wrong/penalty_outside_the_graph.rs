//! Detaches the weights, so that the penalty has no gradient and the training does not notice it.
//! caught by: l2_is_half_the_sum_of_squares, decay_and_penalty_agree_for_gradient_descent
// REPLACE 3.3
    let half_square = |parameter: &Parameter<T>| parameter.get().detach().square().sum(..) * 0.5;
    let zero = parameters.first().map_or(Tensor::scalar(0.0), |parameter| parameter.get().sum(..) * 0.0);
    parameters.iter().fold(zero, |sum, parameter| sum + half_square(parameter))
