//! Subtracts the mean of the batch, so that images influence one another.
//! caught by: lenet_sees_each_image_alone
// REPLACE 7.4
        let x = self.features(x).flatten(1);
        let x = &x - x.mean_keepdim(0) * 0.01;
        let x = self.linear1.forward(&x).relu();
        let x = self.linear2.forward(&x).relu();
        self.linear3.forward(&x)
