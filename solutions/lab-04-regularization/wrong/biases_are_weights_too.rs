//! Takes all parameters for weights.
//! caught by: weights_have_two_dimensions_or_more
// REPLACE 3.1
    network.parameters()
