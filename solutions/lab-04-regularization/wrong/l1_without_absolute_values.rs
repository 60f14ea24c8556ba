//! Adds the weights up with their signs.
//! caught by: l1_is_the_sum_of_absolute_values
// REPLACE 3.2
    parameters.iter().fold(Tensor::scalar(0.0), |sum, parameter| sum + parameter.get().sum(..))
