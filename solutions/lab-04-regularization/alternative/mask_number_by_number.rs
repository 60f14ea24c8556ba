//! Draws uniform numbers and compares them with p.
// REPLACE 2.1
    let drawn: Tensor<T> = Tensor::uniform(shape, 0.0, 1.0);
    drawn.map(|u| if u.as_f64() < p { T::zero() } else { T::from_f64(1.0 / (1.0 - p)) })
// REPLACE 2.2
        if !self.mode.is_training() {
            return x.clone();
        }
        let mask = dropout_mask(x.shape(), self.p);
        mask * x
