//! Computes with single numbers, so that no gradient comes back.
//! caught by: layer_passes_the_gradient_on
// REPLACE 2.2
        let outputs = self.bias.numel();
        Tensor::from_fn([x.size(0), outputs], |at| {
            let (row, weight) = (x.select(0, at[0]).to_vec(), self.weight.select(0, at[1]).to_vec());
            neuron(&row, &weight, self.bias.get([at[1]]), self.activation)
        })
