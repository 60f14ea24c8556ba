//! Subtracts what is left of x between −t and t.
// REPLACE 4.1
    for parameter in parameters {
        let theta = parameter.get().detach();
        parameter.set(&(&theta - &theta * (learning_rate * decay)));
    }
// REPLACE 4.2
    x - x.clamp(-t, t)
