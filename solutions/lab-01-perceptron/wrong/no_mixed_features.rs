//! Leaves out the products of different numbers.
//! caught by: features_have_the_kernel_as_inner_product, xor_falls_to_features, features_and_kernel_agree_on_whole_numbers
// REPLACE 6.1
    let mut features = vec![1.0];
    for xi in x {
        features.push(root * xi);
        features.push(xi * xi);
    }
    features
