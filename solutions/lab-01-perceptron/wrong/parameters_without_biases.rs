//! Counts the weights only.
//! caught by: mlp_counts_weights_and_biases
// REPLACE 4.3
        self.layers.iter().map(|layer| layer.weight.numel()).sum()
