//! Feature visualization: what does a neuron look for?
//!
//! Training changes the weights so that the loss falls; here the weights stay and the *image* changes so that a
//! neuron's activation rises, by gradient ascent (Erhan, Bengio, Courville and Vincent, *Visualizing Higher-Layer
//! Features of a Deep Network*, 2009; Olah, Mordvintsev and Schubert, *Feature Visualization*, Distill 2017).
//! Left alone, the image drifts to noise that no camera takes; a little decay towards black and a box for the pixels
//! keep it an image.

use tensor::{Float, Tensor, enable_grad, grad, no_grad};

/// How the ascent goes.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ascent {
    /// How many steps are taken.
    pub steps: usize,
    /// η: the length of a step.
    pub rate: f64,
    /// λ: the share of the image that is lost in each step, which keeps pixels that do not matter dark.
    pub decay: f64,
}

/// Where an ascent ended, and how it got there.
#[derive(Debug, Clone)]
pub struct Visualization<T: Float> {
    /// The last image.
    pub image: Tensor<T>,
    /// The objective of the first image and after each step: one number more than there are steps.
    pub path: Vec<T>,
}

/// One step uphill: the image shrinks by the decay, moves by η in the direction of the gradient, whatever the
/// gradient's length, and stays in the box of images,
///
/// x ← clamp((1 − λ)·x + η·g/‖g‖, 0, 1).
///
/// Where the gradient is 0 there is no direction, and the image only decays.
pub fn ascent_step<T: Float>(image: &Tensor<T>, gradient: &Tensor<T>, ascent: &Ascent) -> Tensor<T> {
    let Ascent { rate, decay, .. } = *ascent;
    // BEGIN SOLUTION 8.1: decay, a step of length η along the gradient, and the box from 0 to 1
    let norm = gradient.norm().item().as_f64();
    let step = if norm > 0.0 { rate / norm } else { 0.0 };
    (image * (1.0 - decay) + gradient * step).clamp(0.0, 1.0)
    // END SOLUTION
}

/// Changes an image step by step so that `objective`, a scalar, rises: gradient ascent on the input.
///
/// The objective may do more than look up an activation. It may shift the image at random first, which Olah et al.
/// call jitter, or look at several neurons at once.
///
/// ```
/// use lab_05_cnn::{Ascent, maximize_activation};
/// use tensor::Tensor;
///
/// let black = Tensor::zeros([1, 1, 2, 2]);
/// let ascent = Ascent { steps: 3, rate: 0.1, decay: 0.0 };
/// let brightness = maximize_activation(|x: &Tensor| x.sum(..), &black, &ascent);
/// assert!(brightness.path[3] > brightness.path[0]);
/// ```
pub fn maximize_activation<T: Float>(
    objective: impl Fn(&Tensor<T>) -> Tensor<T>,
    start: &Tensor<T>,
    ascent: &Ascent,
) -> Visualization<T> {
    // BEGIN SOLUTION 8.2: at each step a leaf for the image, the objective's gradient there, and a step uphill
    //> let mut image = start.detach();
    //> let mut path: Vec<T> = Vec::with_capacity(ascent.steps + 1);
    let mut image = start.detach();
    let mut path: Vec<T> = Vec::with_capacity(ascent.steps + 1);
    for _ in 0..ascent.steps {
        let leaf = image.requires_grad_();
        let activation = enable_grad(|| objective(&leaf));
        path.push(activation.item());
        let gradient = grad(&activation, &[&leaf]).remove(0);
        image = ascent_step(&leaf.detach(), &gradient, ascent);
    }
    path.push(no_grad(|| objective(&image)).item());
    Visualization { image, path }
    // END SOLUTION
}
