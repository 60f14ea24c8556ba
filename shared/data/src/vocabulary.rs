//! [`Vocabulary`]: the symbols of a text, and their numbers.

/// The different characters of a text in the order of their code points; a character's number is its place.
///
/// ```
/// use data::Vocabulary;
/// let vocabulary = Vocabulary::of("banana");
/// assert_eq!(vocabulary.len(), 3);
/// assert_eq!(vocabulary.encode("nab"), [2, 0, 1]);
/// assert_eq!(vocabulary.decode(&[1, 0, 2]), "ban");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    symbols: Vec<char>,
}

/// A character that a vocabulary does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the character {symbol:?} at place {place} does not occur in the training text; leave it out")]
pub struct UnknownSymbol {
    /// The character.
    pub symbol: char,
    /// How many characters stand before it.
    pub place: usize,
}

impl Vocabulary {
    /// The characters of a text.
    pub fn of(text: &str) -> Self {
        let mut symbols: Vec<char> = text.chars().collect();
        symbols.sort_unstable();
        symbols.dedup();
        Self { symbols }
    }

    /// The number of different characters.
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Whether the text had no character.
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }

    /// The characters; the number of each is its place.
    pub fn symbols(&self) -> &[char] {
        &self.symbols
    }

    /// The numbers of the characters of a text.
    ///
    /// # Panics
    /// If the vocabulary does not have one of them; [`try_encode`](Self::try_encode) is for text from outside.
    #[track_caller]
    pub fn encode(&self, text: &str) -> Vec<usize> {
        self.try_encode(text).unwrap_or_else(|error| panic!("encode: {error}"))
    }

    /// The numbers of the characters of a text, or the first that the vocabulary does not have.
    pub fn try_encode(&self, text: &str) -> Result<Vec<usize>, UnknownSymbol> {
        let number = |(place, symbol)| {
            self.symbols.binary_search(&symbol).map_err(|_| UnknownSymbol { symbol, place })
        };
        text.chars().enumerate().map(number).collect()
    }

    /// The text that the numbers stand for.
    ///
    /// # Panics
    /// If a number is not below [`len`](Self::len).
    #[track_caller]
    pub fn decode(&self, numbers: &[usize]) -> String {
        numbers.iter().map(|&number| self.symbols[number]).collect()
    }
}
