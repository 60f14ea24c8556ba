//! Shrinks by λ in every step, not by ηλ.
//! caught by: decay_shrinks_every_number_alike, decay_beside_adam_is_adamw
// REPLACE 4.1
    let _ = learning_rate;
    for parameter in parameters {
        parameter.set(&(parameter.get().detach() * (1.0 - decay)));
    }
