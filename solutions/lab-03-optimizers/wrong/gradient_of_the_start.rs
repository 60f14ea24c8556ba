//! Asks for the gradient once, at the start.
//! caught by: minimize_returns_the_path, minimize_with_rules_that_remember
// REPLACE 1.2
    let g = gradient(&theta);
    for n in 0..steps {
        optimizer.step(&mut theta, &g, rate(n));
        path.push(theta.clone());
    }
