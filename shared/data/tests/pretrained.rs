//! The pre-trained network of the data folder, built with our layers, reads MNIST as its authors found.

use data::Mnist;
use nn::{Conv2d, Linear, MaxPool2d, Module, ReLU, Sequential, Visitor, sequential};
use tensor::{Tensor, no_grad};

struct Net {
    features: Sequential,
    classifier: Sequential,
}

impl Module for Net {
    fn forward(&self, x: &Tensor) -> Tensor {
        self.classifier.forward(&self.features.forward(x).flatten(1))
    }

    fn visit(&self, v: &mut Visitor) {
        v.module("features", &self.features);
        v.module("classifier", &self.classifier);
    }
}

#[test]
fn the_pretrained_network_gets_9905_of_the_test_digits_right() {
    let net = Net {
        features: sequential![
            Conv2d::new(1, 32, 3).padding(1),
            ReLU,
            MaxPool2d::new(2),
            Conv2d::new(32, 64, 3).padding(1),
            ReLU,
            MaxPool2d::new(2),
        ],
        classifier: sequential![Linear::new(3136, 128), ReLU, Linear::new(128, 10)],
    };
    net.load(data::weights::mnist_cnn().unwrap()).unwrap();
    assert_eq!(net.parameters().iter().map(|p| p.numel()).sum::<usize>(), 421_642);

    let test = Mnist::load().unwrap().standardized().test;
    let mut right = 0;
    for start in (0..10_000).step_by(500) {
        let (x, labels) = test.batch(&(start..start + 500).collect::<Vec<_>>());
        let logits = no_grad(|| net.forward(&x));
        if start == 0 {
            // As published for the first digit, a 7, to three decimals.
            let published =
                [-26.279, -15.277, -45.296, -16.821, -28.360, -19.726, -61.089, 30.491, -41.216, -29.312];
            for (got, want) in logits.select(0, 0).to_vec().into_iter().zip(published) {
                // Sums of up to 3136 terms of size 10 in single precision.
                assert!((got - want).abs() < 2e-3, "{got} is not {want}");
            }
        }
        right += logits.argmax(1).iter().zip(&labels).filter(|(got, want)| got == want).count();
    }
    assert_eq!(right, 9_905);
}
