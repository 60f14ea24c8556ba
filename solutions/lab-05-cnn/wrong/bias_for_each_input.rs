//! Counts a bias for each input of the fully connected layer.
//! caught by: parameters_of_a_fully_connected_layer
// REPLACE 6.3
    channels * pixels * (out_channels * pixels + 1)
