//! Takes |θ| as θ·sign(θ) and Σθ² as an inner product.
// REPLACE 3.2
    let mut sum = Tensor::scalar(0.0);
    for parameter in parameters {
        let theta = parameter.get();
        let sign = theta.detach().sign();
        sum = sum + (theta * sign).sum(..);
    }
    sum
// REPLACE 3.3
    let mut sum = Tensor::scalar(0.0);
    for parameter in parameters {
        let flat = parameter.get().reshape([1, parameter.numel()]);
        sum = sum + flat.matmul(&flat.t()).reshape(()) * 0.5;
    }
    sum
