//! Goes from 400 features to 84 and then to 120.
//! caught by: lenet_has_61706_parameters
// REPLACE 7.2
        let padded = Window::new([5, 5]).padding(Padding::Numbers([2, 2]));
        LeNet5 {
            conv1: Conv2d::new(1, 6, padded, 1),
            conv2: Conv2d::new(6, 16, Window::new([5, 5]), 1),
            linear1: Linear::new(400, 84),
            linear2: Linear::new(84, 120),
            linear3: Linear::new(120, 10),
        }
