//! Averages where LeNet-5 here takes the maximum.
//! caught by: lenet_copies_the_brightest_pixel
// REPLACE 7.3
        let halves = Window::tiles([2, 2]);
        let x = crate::avg_pool2d(&self.conv1.forward(x).relu(), &halves);
        crate::avg_pool2d(&self.conv2.forward(&x).relu(), &halves)
