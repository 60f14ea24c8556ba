//! Puts a ReLU behind the last layer too.
//! caught by: lenet_copies_the_brightest_pixel, lenet_equals_its_layers
// REPLACE 7.4
        let x = self.features(x).flatten(1);
        let x = self.linear1.forward(&x).relu();
        let x = self.linear2.forward(&x).relu();
        self.linear3.forward(&x).relu()
