//! Adds the bias after the activation.
//! caught by: neuron_activates_a_weighted_sum, a_batch_is_its_rows
// REPLACE 2.1
    let sum: f64 = x.iter().zip(weight).map(|(x, w)| x * w).sum();
    activation.value(sum) + bias
// REPLACE 2.2
        self.activation.apply(&x.matmul(&self.weight.t())) + &self.bias
