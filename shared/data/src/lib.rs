//! The data sets of the labs, and the batches made of them.
//!
//! The files lie beside this crate; each set is a small struct that loads from them, checks them against `SHA256SUMS`,
//! and says in its documentation what the shapes are, where the data comes from and under which licence:
//!
//! | set | what | used by |
//! |---|---|---|
//! | [`Mnist`] | 70,000 digits, [1, 28, 28] | most labs |
//! | [`FashionMnist`], [`Emoji`] | clothing, [1, 28, 28]; emoji in colour, [3, 32, 32] | residual networks |
//! | [`Nuclei`] | a microscope image with masks | segmentation |
//! | [`Textures`], [`Photos`] | backgrounds, photographs | composed scenes, filters |
//! | [`Shakespeare`], [`FirstNames`] | text, character by character | language models |
//! | [`Phrases`] | German and English | translation |
//! | [`Series`] | passengers, sunspots, carbon dioxide | forecasts |
//! | [`weights`] | a trained network | fine-tuning |
//! | [`toy`] | moons, spirals, … drawn from a seed | decision boundaries, flows |
//!
//! ```
//! use data::{Batches, FashionMnist};
//!
//! let fashion = FashionMnist::load()?.standardized();
//! let batches = Batches::of(&fashion.train, 64).shuffled(0).drop_last();
//! for (images, labels) in batches.epoch(0).take(2) {
//!     assert_eq!(images.shape(), [64, 1, 28, 28]);
//!     assert!(labels.iter().all(|&label| label < fashion.train.classes().len()));
//! }
//! # Ok::<(), data::DataError>(())
//! ```
//!
//! [`transforms`] makes new versions of images while a network learns from them.
//!
//! A file that is missing or damaged is a [`DataError`], whose message has the command that mends it. `DL_LABS_DATA`
//! names another folder with the files, `DL_LABS_CACHE` the one that MNIST is unpacked into; see [`DataFolder`].

mod archive;
mod batches;
mod cache;
mod dataset;
mod emoji;
mod error;
mod fashion;
mod folder;
mod image_set;
mod mnist;
mod names;
mod nuclei;
mod photos;
mod phrases;
mod picture;
mod series;
mod shakespeare;
mod textures;
pub mod toy;
pub mod transforms;
mod vocabulary;
pub mod weights;
mod windows;

pub use crate::mnist::Mnist;
pub use batches::{Batches, Epoch};
pub use dataset::TensorSet;
pub use emoji::Emoji;
pub use error::{DataError, Result};
pub use fashion::FashionMnist;
pub use folder::DataFolder;
pub use image_set::ImageSet;
pub use names::{FirstName, FirstNames, Sex};
pub use nn::train::Dataset;
pub use nuclei::Nuclei;
pub use photos::Photos;
pub use phrases::{Phrases, SequenceBatch, SequencePairs};
pub use picture::Picture;
pub use series::Series;
pub use shakespeare::Shakespeare;
pub use textures::Textures;
pub use vocabulary::{UnknownSymbol, Vocabulary};
pub use windows::{TokenBatch, TokenWindows, forecast_windows};
