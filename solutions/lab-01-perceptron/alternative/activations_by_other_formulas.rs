//! Other formulas of the same functions: signs, maxima, and exponentials of negative numbers only.
// REPLACE 1.1
    f64::from(x > 0.0)
// REPLACE 1.3
    let small = (-x.abs()).exp();
    if x > 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) }
// REPLACE 1.5
    2.0 * sigmoid(2.0 * x) - 1.0
// REPLACE 1.6
    4.0 * sigmoid_derivative(2.0 * x)
// REPLACE 1.7
    x.max(0.0)
// REPLACE 1.8
    heaviside(x)
// REPLACE 1.9
    x.max(0.0) + alpha * x.min(0.0)
// REPLACE 1.11
    x.max(0.0) + alpha * (x.min(0.0).exp() - 1.0)
// REPLACE 1.13
    x / (1.0 + (-x).exp())
// REPLACE 1.15
    0.5 * x * (1.0 + libm::erf(x / SQRT_2))
