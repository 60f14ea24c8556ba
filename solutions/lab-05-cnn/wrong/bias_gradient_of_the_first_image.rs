//! Does not sum the bias' gradient over the batch.
//! caught by: conv2d_bias_gradient_sums_images_and_places
// REPLACE 4.4
        let first = dy.size(0).min(1);
        dy.narrow(0, 0, first).sum([0, 3]).reshape(out_channels)
