//! Gives every layer the input of the first.
//! caught by: mlp_is_layer_after_layer, mlp_equals_loops
// REPLACE 4.2
        let mut output = x.clone();
        for layer in &self.layers {
            output = layer.forward(x);
        }
        output
