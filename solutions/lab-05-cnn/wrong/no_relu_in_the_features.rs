//! Leaves out the ReLU after the first convolution.
//! caught by: lenet_copies_the_brightest_pixel, lenet_equals_its_layers
// REPLACE 7.3
        let halves = Window::tiles([2, 2]);
        let x = max_pool2d(&self.conv1.forward(x), &halves);
        max_pool2d(&self.conv2.forward(&x).relu(), &halves)
