//! Forgets the bias.
//! caught by: linear_sums_products, forward_keeps_what_backward_needs
// REPLACE 5.1
    x.matmul(&weight.t())
