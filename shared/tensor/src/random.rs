//! Random tensors: rand_distr's distributions on a seeded ChaCha.
//!
//! Each thread has a current [`Generator`], seeded with 0 until [`manual_seed`] says otherwise. A program that draws
//! in the same order gets the same numbers on every platform and with any number of threads in the kernels.

use std::cell::RefCell;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal, StandardUniform};
use serde::{Deserialize, Serialize};

use crate::layout::Layout;
use crate::storage::Storage;
use crate::{Device, Float, Shape, Tensor};

/// A stream of random numbers: ChaCha with eight rounds.
///
/// Its state is small and can be stored, so that an interrupted training goes on with the very numbers it would
/// have drawn. It implements rand's `Rng`, so every distribution of `rand_distr` can draw from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "State", into = "State")]
pub struct Generator(ChaCha8Rng);

/// Where a generator stands.
#[derive(Serialize, Deserialize)]
struct State {
    seed: [u8; 32],
    stream: u64,
    // serde formats rarely know 128 bits; the position has 68.
    word: (u64, u64),
}

impl From<State> for Generator {
    fn from(state: State) -> Self {
        let mut chacha = ChaCha8Rng::from_seed(state.seed);
        chacha.set_stream(state.stream);
        chacha.set_word_pos(u128::from(state.word.0) | u128::from(state.word.1) << 64);
        Self(chacha)
    }
}

impl From<Generator> for State {
    fn from(Generator(chacha): Generator) -> Self {
        let word = chacha.get_word_pos();
        Self {
            seed: chacha.get_seed(),
            stream: chacha.get_stream(),
            word: (word as u64, (word >> 64) as u64),
        }
    }
}

impl Generator {
    /// The stream that belongs to a seed.
    pub fn seed(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// One number from a distribution.
    ///
    /// ```
    /// use tensor::random::Generator;
    /// let mut generator = Generator::seed(0);
    /// let normal: f64 = generator.sample(&rand_distr::StandardNormal);
    /// assert!(normal.is_finite());
    /// ```
    pub fn sample<V>(&mut self, distribution: &impl Distribution<V>) -> V {
        distribution.sample(&mut self.0)
    }

    /// A number from [0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.sample(&StandardUniform)
    }

    /// A whole number below `bound`, each with the same probability.
    ///
    /// # Panics
    /// If `bound` is 0.
    #[track_caller]
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "there is no whole number below 0");
        let distribution = rand_distr::Uniform::new(0, bound as u64).expect("0 is below the bound");
        self.sample(&distribution) as usize
    }

    /// Puts the items in a random order, each order with the same probability (Fisher and Yates).
    pub fn shuffle<V>(&mut self, items: &mut [V]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

thread_local! {
    static CURRENT: RefCell<Generator> = RefCell::new(Generator::seed(0));
}

/// Starts this thread's current generator anew from a seed.
///
/// ```
/// use tensor::{Tensor, manual_seed};
/// manual_seed(7);
/// let first: Tensor = Tensor::randn(3);
/// manual_seed(7);
/// assert_eq!(first.to_vec(), Tensor::<f32>::randn(3).to_vec());
/// ```
pub fn manual_seed(seed: u64) {
    restore(Generator::seed(seed));
}

/// A copy of this thread's current generator.
pub fn snapshot() -> Generator {
    CURRENT.with_borrow(Clone::clone)
}

/// Replaces this thread's current generator.
pub fn restore(generator: Generator) {
    CURRENT.set(generator);
}

/// Runs `f` with `generator` as the current one, and puts the old one back afterwards.
pub fn with<R>(generator: Generator, f: impl FnOnce() -> R) -> R {
    /// Puts it back also when `f` panics.
    struct Restore(Option<Generator>);
    impl Drop for Restore {
        fn drop(&mut self) {
            self.0.take().into_iter().for_each(restore);
        }
    }
    let _restore = Restore(Some(CURRENT.replace(generator)));
    f()
}

/// Draws from this thread's current generator.
pub fn draw<R>(f: impl FnOnce(&mut Generator) -> R) -> R {
    CURRENT.with_borrow_mut(f)
}

/// The numbers 0, 1, …, n − 1 in a random order.
pub fn randperm(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    draw(|generator| generator.shuffle(&mut order));
    order
}

impl<T: Float> Tensor<T> {
    /// Independent numbers from a distribution of rand_distr, drawn in double precision.
    #[track_caller]
    pub fn sample(shape: impl Into<Shape>, distribution: &impl Distribution<f64>) -> Self {
        let layout = Layout::contiguous(shape.into());
        let mut storage = Storage::dirty(layout.numel(), Device::Cpu);
        draw(|generator| {
            storage.host_mut().iter_mut().for_each(|x| *x = T::from_f64(generator.sample(distribution)));
        });
        Self::from_storage(storage, layout)
    }

    /// Independent numbers from the standard normal distribution 𝒩(0, 1).
    pub fn randn(shape: impl Into<Shape>) -> Self {
        Self::sample(shape, &StandardNormal)
    }

    /// Independent numbers from the uniform distribution on [0, 1).
    pub fn rand(shape: impl Into<Shape>) -> Self {
        Self::uniform(shape, 0.0, 1.0)
    }

    /// Independent numbers from the uniform distribution on [low, high).
    #[track_caller]
    pub fn uniform(shape: impl Into<Shape>, low: f64, high: f64) -> Self {
        let layout = Layout::contiguous(shape.into());
        let mut storage = Storage::dirty(layout.numel(), Device::Cpu);
        // The largest number below 1: rounding to f32 must not reach `high`.
        let largest = 1.0 - T::EPSILON.as_f64() / 2.0;
        draw(|generator| {
            storage
                .host_mut()
                .iter_mut()
                .for_each(|x| *x = T::from_f64(low + (high - low) * generator.uniform().min(largest)));
        });
        Self::from_storage(storage, layout)
    }

    /// Independent numbers that are 1 with probability `p` and 0 otherwise.
    pub fn bernoulli(shape: impl Into<Shape>, p: f64) -> Self {
        let layout = Layout::contiguous(shape.into());
        let mut storage = Storage::dirty(layout.numel(), Device::Cpu);
        draw(|generator| {
            storage.host_mut().iter_mut().for_each(|x| *x = T::from_f64(f64::from(generator.uniform() < p)));
        });
        Self::from_storage(storage, layout)
    }

    /// Standard normal numbers with the shape of this tensor.
    pub fn randn_like(&self) -> Self {
        Self::randn(self.layout.shape)
    }

    /// Numbers uniform on [0, 1) with the shape of this tensor.
    pub fn rand_like(&self) -> Self {
        Self::rand(self.layout.shape)
    }
}
