//! Takes all steps with the rate of the first.
//! caught by: minimize_returns_the_path
// REPLACE 1.2
    for _ in 0..steps {
        let g = gradient(&theta);
        optimizer.step(&mut theta, &g, rate(0));
        path.push(theta.clone());
    }
