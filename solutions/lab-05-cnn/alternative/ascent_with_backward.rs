//! Uses backward() and the leaf's own gradient, and numbers in place of tensor operations.
// REPLACE 8.1
    let (numbers, slopes) = (image.as_slice(), gradient.as_slice());
    let squares: T = slopes.iter().map(|&g| g * g).sum();
    let norm = squares.sqrt();
    let moved = numbers.iter().zip(slopes.iter()).map(|(&x, &g)| {
        let direction = if norm > T::zero() { g / norm } else { T::zero() };
        (x * T::from_f64(1.0 - decay) + direction * T::from_f64(rate)).max(T::zero()).min(T::one())
    });
    Tensor::from_vec(moved.collect(), image.shape())
// REPLACE 8.2
    let mut image = start.detach();
    let mut path = vec![no_grad(|| objective(&image)).item()];
    for _ in 0..ascent.steps {
        let leaf = image.detach().requires_grad_();
        enable_grad(|| objective(&leaf)).backward();
        let gradient = leaf.grad().unwrap_or_else(|| leaf.zeros_like());
        image = ascent_step(&image, &gradient, ascent);
        path.push(no_grad(|| objective(&image)).item());
    }
    Visualization { image, path }
