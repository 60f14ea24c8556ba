//! What the parts of a trained LeNet-5 look for, by ascent of their activation.

use data::Mnist;
use lab_05_cnn::{
    Ascent, LeNet5, Padding, ReceptiveField, Window, max_pool2d, maximize_activation, receptive_field,
};
use nn::Module;
use tensor::random::{self, Generator};
use tensor::{Tensor, no_grad};

/// How many pixels the image is shifted at most, up, down, left and right, before the network sees it.
const JITTER: usize = 2;

/// For the logits, which see the whole image.
const LONG: Ascent = Ascent { steps: 300, rate: 0.25, decay: 0.02 };

/// Square pictures that excite parts of the network, one for each channel or class, with values from 0 to 1.
pub(crate) struct Features {
    /// A unit of each channel of the first convolution: 5 × 5, all that it sees.
    pub(crate) first: Vec<Tensor>,
    /// A unit of each channel of the second convolution: 14 × 14.
    pub(crate) second: Vec<Tensor>,
    /// The ten logits: 28 × 28.
    pub(crate) logits: Vec<Tensor>,
}

impl Features {
    pub(crate) fn of(network: &LeNet5) -> Self {
        let patch = Ascent { steps: 100, rate: 0.3, decay: 0.02 };
        Self {
            first: (0..6).map(|channel| first(network, channel, &patch)).collect(),
            second: (0..16).map(|channel| second(network, channel, &patch)).collect(),
            logits: (0..10).map(|class| logit(network, class, JITTER, &LONG)).collect(),
        }
    }
}

/// Calls all that students write for this, on small numbers.
pub(crate) fn rehearse(network: &LeNet5) {
    second(network, 0, &Ascent { steps: 1, ..LONG });
    logit(network, 0, JITTER, &Ascent { steps: 1, ..LONG });
}

/// What a unit in the middle of the first convolution looks for.
fn first(network: &LeNet5, channel: usize, ascent: &Ascent) -> Tensor {
    let [first, ..] = layers();
    let unit = |x: &Tensor| network.conv1.forward(&standardized(x)).slice((0, channel, 14, 14));
    let image = maximize_activation(unit, &dark(), ascent).image;
    crop(&image, receptive_field(&[first], 0), 14)
}

/// What a unit in the middle of the second convolution looks for.
fn second(network: &LeNet5, channel: usize, ascent: &Ascent) -> Tensor {
    let [first, halves, second] = layers();
    let unit = |x: &Tensor| {
        let x = max_pool2d(&network.conv1.forward(&standardized(x)).relu(), &halves);
        network.conv2.forward(&x).slice((0, channel, 5, 5))
    };
    let image = maximize_activation(unit, &dark(), ascent).image;
    crop(&image, receptive_field(&[first, halves, second], 0), 5)
}

/// What a class looks for: its logit, wherever the image is shifted to by up to `jitter` pixels.
pub(crate) fn logit(network: &LeNet5, class: usize, jitter: usize, ascent: &Ascent) -> Tensor {
    random::with(Generator::seed(class as u64), || {
        let objective = |x: &Tensor| network.forward(&standardized(&jittered(x, jitter))).slice((0, class));
        maximize_activation(objective, &dark(), ascent).image.reshape([28, 28])
    })
}

/// The layers up to the second convolution, as windows.
fn layers() -> [Window; 3] {
    [Window::new([5, 5]).padding(Padding::Numbers([2, 2])), Window::tiles([2, 2]), Window::new([5, 5])]
}

/// A black image with a trace of noise: on black alone, many a ReLU passes no gradient.
fn dark() -> Tensor {
    random::with(Generator::seed(0), || Tensor::uniform([1, 1, 28, 28], 0.0, 0.1))
}

/// An image of numbers from 0 to 1 as the network was trained to see it.
fn standardized(x: &Tensor) -> Tensor {
    let (mean, std) = Mnist::MEAN_AND_STD;
    (x - f64::from(mean)) * (1.0 / f64::from(std))
}

fn jittered(x: &Tensor, most: usize) -> Tensor {
    let shift = || random::draw(|generator| generator.below(2 * most + 1));
    let (top, left) = (shift(), shift());
    x.pad(&[(0, 0), (0, 0), (most, most), (most, most)], 0.0).narrow(2, top, 28).narrow(3, left, 28)
}

/// The part of an image that the unit at (`place`, `place`) sees.
fn crop(image: &Tensor, field: ReceptiveField, place: usize) -> Tensor {
    let start = field.start + (place * field.jump) as isize;
    let start = usize::try_from(start).expect("a unit in the middle does not see the padding");
    image.narrow(2, start, field.size).narrow(3, start, field.size).reshape([field.size, field.size])
}

/// A digit on its way through the convolutions.
pub(crate) struct Activations {
    /// \[6, 28, 28\], after ReLU.
    pub(crate) first: Tensor,
    /// \[16, 10, 10\], after ReLU.
    pub(crate) second: Tensor,
    /// \[16, 5, 5\]
    pub(crate) features: Tensor,
    /// The ten probabilities.
    pub(crate) probabilities: Vec<f32>,
}

impl Activations {
    /// Those of an image \[1, 1, 28, 28\].
    pub(crate) fn of(network: &LeNet5, x: &Tensor) -> Self {
        let [_, halves, _] = layers();
        no_grad(|| {
            let first = network.conv1.forward(x).relu();
            let second = network.conv2.forward(&max_pool2d(&first, &halves)).relu();
            Self {
                first: first.select(0, 0),
                second: second.select(0, 0),
                features: network.features(x).select(0, 0),
                probabilities: network.forward(x).softmax(1).to_vec(),
            }
        })
    }
}
