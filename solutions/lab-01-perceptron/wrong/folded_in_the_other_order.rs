//! Multiplies the weights in the order in which they are applied.
//! caught by: then_is_one_layer_for_two, fold_is_one_layer_for_all, folding_is_exact
// REPLACE 5.1
        Layer {
            weight: self.weight.matmul(&next.weight),
            bias: next.forward(&self.bias.unsqueeze(0)).squeeze(0),
            activation: Activation::Identity,
        }
