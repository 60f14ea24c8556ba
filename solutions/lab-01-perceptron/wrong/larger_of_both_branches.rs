//! Takes the larger of both branches, which is the right one for α ≤ 1 only.
//! caught by: leaky_relu_lets_some_through
// REPLACE 1.9
    x.max(alpha * x)
