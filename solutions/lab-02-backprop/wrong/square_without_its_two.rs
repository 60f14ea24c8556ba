//! Forgets the 2 of the derivative of a square.
//! caught by: mse_and_its_gradient, mse_gradient_leads_to_the_target
// REPLACE 5.9
    (prediction - target) * (dloss.as_f64() / prediction.numel() as f64)
