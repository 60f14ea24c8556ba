//! Multiplies every sample by every row of W, and sums over the inputs.
// REPLACE 2.1
    let mut sum = bias;
    for j in 0..x.len() {
        sum += weight[j] * x[j];
    }
    activation.value(sum)
// REPLACE 2.2
        let products = x.unsqueeze(1) * self.weight.unsqueeze(0);
        self.activation.apply(&(products.sum(2) + &self.bias))
