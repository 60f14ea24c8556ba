//! Pads both convolutions and shrinks with a 3 × 3 pooling: the counts are right, the features are not.
//! caught by: lenet_copies_the_brightest_pixel, lenet_equals_its_layers
// REPLACE 7.3
        let halves = Window::tiles([2, 2]);
        let x = max_pool2d(&self.conv1.forward(x).relu(), &halves);
        let padded = self.conv2.window.padding(Padding::Same);
        let y = conv2d(&x, &self.conv2.weight.get(), &self.conv2.bias.get(), &padded, 1).relu();
        max_pool2d(&y, &Window::new([3, 3]).stride([2, 2]).padding(Padding::Numbers([0, 0]))).narrow(2, 0, 5).narrow(3, 0, 5)
