//! Asks for the Hessian column by column and solves by Gaussian elimination where it is positive definite.
// REPLACE 8.1
        let (_, product) = tensor::hvp(&f, &x, v);
        let _ = (grad_create_graph::<T>, grad::<T>);
        product.detach()
// REPLACE 8.3
    let n = x.numel();
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for column in 0..n {
        let mut unit = vec![T::zero(); n];
        unit[column] = T::one();
        let product = hessian_vector_product(&f, x, &Tensor::from_vec(unit, x.shape()));
        rows.push(product.to_vec().into_iter().map(T::as_f64).collect());
    }
    let mut d: Vec<f64> = gradient.to_vec().into_iter().map(T::as_f64).collect();
    for k in 0..n {
        // Without pivots: those of a positive definite matrix are positive, and any other is left to conjugate gradients.
        if rows[k][k] <= 0.0 {
            let direction = conjugate_gradient(|p| hessian_vector_product(&f, x, p), &gradient, solve);
            return x.detach() - direction;
        }
        for i in k + 1..n {
            let factor = rows[i][k] / rows[k][k];
            for j in k..n {
                rows[i][j] -= factor * rows[k][j];
            }
            d[i] -= factor * d[k];
        }
    }
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|j| rows[k][j] * d[j]).sum();
        d[k] = (d[k] - known) / rows[k][k];
    }
    x.detach() - Tensor::from_vec(d.into_iter().map(T::from_f64).collect(), x.shape())
