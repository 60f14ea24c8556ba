//! Multiplies by W where W is to be transposed.
//! caught by: layer_is_neurons_side_by_side, a_batch_is_its_rows
// REPLACE 2.2
        self.activation.apply(&(x.matmul(&self.weight) + &self.bias))
