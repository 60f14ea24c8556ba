//! Thresholds by λ in every step, not by ηλ.
//! caught by: proximal_step_is_soft_thresholding
// REPLACE 4.3
    let _ = learning_rate;
    for parameter in parameters {
        parameter.set(&soft_threshold(&parameter.get().detach(), strength));
    }
