//! Records where each step begins, so that the last point is missing and the start is there twice.
//! caught by: minimize_returns_the_path
// REPLACE 1.2
    for n in 0..steps {
        path.push(theta.clone());
        let g = gradient(&theta);
        optimizer.step(&mut theta, &g, rate(n));
    }
