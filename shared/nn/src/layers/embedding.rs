//! A learned vector for each symbol.

use tensor::{Float, Shape, Tensor};

use crate::{Module, Parameter, Visitor};

/// A table of vectors, looked up by index: the first layer of a network that reads text.
///
/// ```
/// use nn::Embedding;
///
/// let embedding: Embedding = Embedding::new(62, 16);
/// let sentence = [3, 14, 15, 9, 26];
/// assert_eq!(embedding.lookup(&sentence).shape(), [5, 16]);
/// ```
#[derive(Debug)]
pub struct Embedding<T: Float = f32> {
    /// The table: [symbols, features], from 𝒩(0, 1) at first.
    pub weight: Parameter<T>,
}

impl<T: Float> Embedding<T> {
    /// A table of random vectors.
    pub fn new(symbols: usize, features: usize) -> Self {
        Self { weight: Parameter::new(Tensor::randn([symbols, features])) }
    }

    /// The vectors of some symbols: [indices, features].
    ///
    /// # Panics
    /// If an index is not below the number of symbols.
    #[track_caller]
    pub fn lookup(&self, indices: &[usize]) -> Tensor<T> {
        self.weight.get().index_select(0, indices)
    }
}

impl<T: Float> Module<T> for Embedding<T> {
    /// The vectors of symbols given as a tensor of whole numbers: […] → […, features].
    #[track_caller]
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        let index = |&x: &T| {
            let index = x.as_f64();
            assert!(index >= 0.0 && index.fract() == 0.0, "Embedding: {index} is no index of a symbol");
            index as usize
        };
        let indices: Vec<usize> = x.as_slice().iter().map(index).collect();
        let vectors = self.lookup(&indices);
        let shape: Vec<usize> = x.shape().iter().copied().chain([vectors.size(1)]).collect();
        vectors.reshape(Shape::new(&shape))
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        v.parameter("weight", &self.weight);
    }

    fn describe(&self) -> String {
        let shape = self.weight.shape();
        format!("Embedding({}, {})", shape[0], shape[1])
    }
}
