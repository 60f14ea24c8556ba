//! What is done against overfitting: nothing, one remedy at a time, and all that go together.

use lab_04_regularization::{
    BatchNorm1d, Compose, Cutout, Dropout, RandomApply, RandomResizedCrop, RandomRotation, gaussian_blur,
};
use nn::{Linear, ReLU, Sequential};
use tensor::Tensor;

/// How a network is trained against overfitting.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Remedy {
    pub(crate) name: &'static str,
    /// What it does, in a few words.
    pub(crate) about: &'static str,
    /// Stop after so many epochs without improvement, and go back to the best weights.
    pub(crate) patience: Option<usize>,
    /// The probability with which hidden units are dropped.
    pub(crate) dropout: Option<f64>,
    /// The strength of an L1 penalty in the loss.
    pub(crate) l1: f64,
    /// The strength of the L1 penalty that proximal steps take.
    pub(crate) proximal: f64,
    /// The strength of an L2 penalty in the loss.
    pub(crate) l2: f64,
    /// Decoupled weight decay.
    pub(crate) decay: f64,
    pub(crate) batch_norm: bool,
    pub(crate) augmentation: bool,
}

const NONE: Remedy = Remedy {
    name: "none",
    about: "1,000 digits, again and again",
    patience: None,
    dropout: None,
    l1: 0.0,
    proximal: 0.0,
    l2: 0.0,
    decay: 0.0,
    batch_norm: false,
    augmentation: false,
};

/// In the order of the handout.
pub(crate) const REMEDIES: [Remedy; 10] = [
    NONE,
    Remedy {
        name: "early stopping",
        about: "patience 10, best weights restored",
        patience: Some(10),
        ..NONE
    },
    Remedy { name: "dropout", about: "p = 0.5 for hidden units", dropout: Some(0.5), ..NONE },
    Remedy { name: "L1 in the loss", about: "λ = 3·10⁻⁴, through Adam", l1: 3e-4, ..NONE },
    Remedy { name: "L1 proximal", about: "λ = 0.1, soft thresholding", proximal: 0.1, ..NONE },
    Remedy { name: "L2 in the loss", about: "λ = 10⁻³, through Adam", l2: 1e-3, ..NONE },
    Remedy { name: "weight decay", about: "λ = 2, decoupled", decay: 2.0, ..NONE },
    Remedy { name: "BatchNorm", about: "before each ReLU", batch_norm: true, ..NONE },
    Remedy { name: "augmentation", about: "rotated, cropped, blurred, holed", augmentation: true, ..NONE },
    Remedy {
        name: "together",
        about: "augmentation, dropout 0.1, BatchNorm, decay 0.1, patience 15",
        patience: Some(15),
        dropout: Some(0.1),
        decay: 0.1,
        batch_norm: true,
        augmentation: true,
        ..NONE
    },
];

impl Remedy {
    /// A network of 784-256-128-10 units, with the layers that the remedy asks for.
    pub(crate) fn network(&self) -> Sequential {
        let mut network = Sequential::new();
        for [inputs, outputs] in [[784, 256], [256, 128]] {
            network = network.push(Linear::new(inputs, outputs));
            if self.batch_norm {
                network = network.push(BatchNorm1d::new(outputs));
            }
            network = network.push(ReLU);
            if let Some(p) = self.dropout {
                network = network.push(Dropout::new(p));
            }
        }
        network.push(Linear::new(128, 10))
    }
}

/// Versions of a digit that are still that digit: a flip would not be, nor half a turn.
pub(crate) fn digit_augmentation() -> Compose {
    Compose::new()
        .then(RandomResizedCrop { size: [28, 28], scale: (0.7, 1.0), ratio: (0.8, 1.25) })
        .then(RandomRotation { degrees: 15.0 })
        .then(RandomApply::new(0.3, |image: &Tensor| gaussian_blur(image, 0.6)))
        .then(RandomApply::new(0.3, Cutout { size: 8 }))
}
