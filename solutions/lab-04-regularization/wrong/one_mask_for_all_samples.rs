//! Drops the same numbers of every sample.
//! caught by: dropout_drops_each_number_for_itself
// REPLACE 2.1
    if p == 1.0 {
        return Tensor::zeros(shape);
    }
    let keep = 1.0 - p;
    let last = shape.last().copied().unwrap_or(1);
    let mask: Tensor<T> = Tensor::bernoulli(last, keep) * (1.0 / keep);
    mask.expand(shape).contiguous()
