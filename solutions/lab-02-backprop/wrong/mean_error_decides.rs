//! Judges by the mean of the errors, in which one wrong entry of many drowns.
//! caught by: gradient_check_draws_the_line, gradient_check_rejects_wrong_gradients
// REPLACE 6.5
    let errors: Vec<f64> = gradients.iter().zip(&differences).map(|(&a, &b)| relative_error(a, b)).collect();
    let error = errors.iter().sum::<f64>() / errors.len() as f64;
    GradientCheck { error, place: 0, gradient: gradients[0], difference: differences[0], passes: error <= TOLERANCE }
