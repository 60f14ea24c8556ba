//! Linear layers fold: a stack of them without activations is one layer.

use crate::{Activation, Layer};

impl Layer {
    /// The layer that does at once what this one and then `next` do, both without an activation.
    ///
    /// # Panics
    /// If one of the two has an activation, or their sizes do not fit.
    pub fn then(&self, next: &Layer) -> Layer {
        for layer in [self, next] {
            let activation = layer.activation;
            assert_eq!(activation, Activation::Identity, "a layer with {activation:?} cannot be folded");
        }
        // BEGIN SOLUTION 5.1: the weight W₂W₁ and the bias b₁W₂ᵀ + b₂
        Layer {
            weight: next.weight.matmul(&self.weight),
            // A layer applied to b₁ is b₁W₂ᵀ + b₂.
            bias: next.forward(&self.bias.unsqueeze(0)).squeeze(0),
            activation: Activation::Identity,
        }
        // END SOLUTION
    }
}

/// The one layer that does what all these do, one after the other, none with an activation.
///
/// # Panics
/// If there is no layer, one has an activation, or their sizes do not fit.
pub fn fold(layers: &[Layer]) -> Layer {
    assert!(!layers.is_empty(), "there is nothing to fold");
    // BEGIN SOLUTION 5.2: begin with the first layer and fold the others in with `then`
    let mut folded = layers[0].clone();
    for layer in &layers[1..] {
        folded = folded.then(layer);
    }
    folded
    // END SOLUTION
}
