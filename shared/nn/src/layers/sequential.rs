//! Modules one after the other.

use std::ops::Index;

use tensor::{Float, Tensor};

use crate::{Module, Visitor};

/// A network that is a chain: each module's output is the next one's input.
///
/// Its children are called `"0"`, `"1"`, … in the state dict. [`sequential!`](crate::sequential!) makes one. The
/// lecture's multi-layer perceptron:
///
/// ```
/// use nn::{Linear, Module, ReLU, Sequential, sequential};
/// use tensor::Tensor;
///
/// let in_features = 6;
/// let h1 = 128;
/// let h2 = 256;
/// let h3 = 128;
/// let out_features = 5;
///
/// let mlp = sequential![
///     Linear::new(in_features, h1),
///     ReLU,
///     Linear::new(h1, h2),
///     ReLU,
///     Linear::new(h2, h3),
///     ReLU,
///     Linear::new(h3, out_features),
/// ];
///
/// let x: Tensor = Tensor::zeros([32, in_features]);
/// assert_eq!(mlp.forward(&x).shape(), [32, out_features]);
/// assert_eq!(mlp.named_parameters()[2].0, "2.weight");
/// ```
#[derive(Default)]
pub struct Sequential<T: Float = f32> {
    layers: Vec<Box<dyn Module<T>>>,
}

impl<T: Float> Sequential<T> {
    /// A chain without modules, which returns its input.
    pub fn new() -> Self {
        Self { layers: Vec::new() }
    }

    /// The chain with one more module at its end.
    #[must_use]
    pub fn push(mut self, layer: impl Module<T> + 'static) -> Self {
        self.layers.push(Box::new(layer));
        self
    }

    /// The number of modules.
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Whether there are no modules.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// The modules in their order.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Module<T>> {
        self.layers.iter().map(|layer| &**layer)
    }
}

impl<T: Float> Module<T> for Sequential<T> {
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        self.iter().fold(x.clone(), |x, layer| layer.forward(&x))
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        for (i, layer) in self.iter().enumerate() {
            v.module(&i.to_string(), layer);
        }
    }
}

impl<T: Float> Index<usize> for Sequential<T> {
    type Output = dyn Module<T>;

    #[track_caller]
    fn index(&self, i: usize) -> &Self::Output {
        &*self.layers[i]
    }
}

impl<T: Float, M: Module<T> + 'static> FromIterator<M> for Sequential<T> {
    fn from_iter<I: IntoIterator<Item = M>>(layers: I) -> Self {
        layers.into_iter().fold(Self::new(), Self::push)
    }
}

impl<T: Float> std::fmt::Debug for Sequential<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(|layer| layer.describe())).finish()
    }
}

/// A [`Sequential`] of the modules listed.
///
/// ```
/// use nn::{Dropout, Linear, Module, ReLU, Sequential, sequential};
///
/// let net: Sequential = sequential![
///     Linear::new(3, 128),
///     ReLU,
///     // use 0 <= p <= 0.5
///     Dropout::new(0.5),
///     Linear::new(128, 256),
/// ];
///
/// // Important: use eval mode for inference!
/// net.eval();
/// assert!(!net.is_training());
/// ```
#[macro_export]
macro_rules! sequential {
    ($($layer:expr),* $(,)?) => {
        $crate::Sequential::new()$(.push($layer))*
    };
}
