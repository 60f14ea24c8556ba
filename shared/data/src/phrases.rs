//! [`Phrases`]: German phrases and the English ones that mean the same.

use crate::error::Result;
use crate::{DataFolder, Dataset, Vocabulary};

/// 1,966 short descriptions of symbols in German and in English.
///
/// From Unicode's Common Locale Data Repository 48.2, Unicode License V3.
///
/// ```
/// use data::{Batches, Phrases};
///
/// let phrases = Phrases::load()?;
/// assert_eq!(phrases.pairs[1], ("helle Hautfarbe".into(), "light skin tone".into()));
/// let pairs = phrases.encoded();
/// let batch = Batches::of(&pairs, 16).shuffled(0).epoch(0).next().unwrap();
/// assert_eq!(batch.source_shape[0], 16);
/// assert_eq!(batch.inputs.len(), batch.targets.len());
/// # Ok::<(), data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Phrases {
    /// German, English.
    pub pairs: Vec<(String, String)>,
}

impl Phrases {
    /// Loads the phrases.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn load() -> Result<Self> {
        Self::load_from(&DataFolder::find())
    }

    /// As [`load`](Self::load), from another folder.
    pub fn load_from(folder: &DataFolder) -> Result<Self> {
        const FILE: &str = "pairs/de-en-cldr-phrases.tsv";
        let text = folder.read_text(FILE)?;
        let pairs =
            text.lines().map(|line| match line.split_once('\t') {
                Some((german, english)) => Ok((german.into(), english.into())),
                None => Err(folder
                    .malformed(FILE, format!("{line:?} is not two phrases with a tabulator between them"))),
            });
        Ok(Self { pairs: pairs.collect::<Result<_>>()? })
    }

    /// All pairs as numbers, character by character.
    pub fn encoded(&self) -> SequencePairs {
        SequencePairs::new(&self.pairs)
    }
}

/// Pairs of texts as numbers, for a model that reads the one and writes the other.
#[derive(Debug, Clone)]
pub struct SequencePairs {
    /// The characters of the first texts, and the three marks.
    pub source: Vocabulary,
    /// The characters of the second texts, and the three marks.
    pub target: Vocabulary,
    pairs: Vec<(Vec<usize>, Vec<usize>)>,
}

/// Several pairs, row by row, filled up with [`SequencePairs::PADDING`] to the longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceBatch {
    /// n × S numbers: the source and the end mark.
    pub source: Vec<usize>,
    /// [n, S].
    pub source_shape: [usize; 2],
    /// n × T numbers: the start mark and the target, what the decoder has read when it writes `targets`.
    pub inputs: Vec<usize>,
    /// n × T numbers: the target and the end mark.
    pub targets: Vec<usize>,
    /// [n, T].
    pub target_shape: [usize; 2],
}

impl SequencePairs {
    /// Fills up short sequences; U+0000, number 0 in both vocabularies.
    pub const PADDING: usize = 0;
    /// Stands before a target; the tabulator, number 1 in both vocabularies.
    pub const START: usize = 1;
    /// Stands after a source and after a target; the line feed, number 2 in both vocabularies.
    pub const END: usize = 2;

    const MARKS: [char; 3] = ['\0', '\t', '\n'];

    /// Encodes pairs of texts, in which none of the marks occurs.
    ///
    /// # Panics
    /// If a mark does occur.
    #[track_caller]
    pub fn new(pairs: &[(String, String)]) -> Self {
        // What precedes the space in Unicode sorts before every character of a text.
        let control = |text: &String| text.chars().any(|symbol| symbol < ' ');
        if let Some(pair) = pairs.iter().find(|(source, target)| control(source) || control(target)) {
            panic!("the pair {pair:?} has a control character");
        }
        let marks = || Self::MARKS.into_iter();
        let vocabulary = |symbols: String| Vocabulary::of(&symbols);
        let source = vocabulary(marks().chain(pairs.iter().flat_map(|pair| pair.0.chars())).collect());
        let target = vocabulary(marks().chain(pairs.iter().flat_map(|pair| pair.1.chars())).collect());
        let pairs = pairs.iter().map(|pair| (source.encode(&pair.0), target.encode(&pair.1))).collect();
        Self { source, target, pairs }
    }

    /// The first `n` pairs and the others. Pairs that stand together are alike, so it is every k-th pair that goes to
    /// the hold-out of `n` pairs.
    ///
    /// # Panics
    /// If there are fewer pairs.
    #[track_caller]
    pub fn hold_out(&self, n: usize) -> (Self, Self) {
        let all = self.pairs.len();
        assert!(n <= all, "hold_out: there are {all} pairs, fewer than {n}");
        let part = |held: bool| {
            // Pair i is held out when the line from (0, 0) to (all, n) reaches another whole number there.
            let is_held = |i: usize| (i + 1) * n / all > i * n / all;
            let pairs = (0..all).filter(|&i| is_held(i) == held).map(|i| self.pairs[i].clone()).collect();
            Self { pairs, source: self.source.clone(), target: self.target.clone() }
        };
        (part(false), part(true))
    }
}

impl Dataset for SequencePairs {
    type Batch = SequenceBatch;

    fn len(&self) -> usize {
        self.pairs.len()
    }

    fn batch(&self, indices: &[usize]) -> SequenceBatch {
        let pairs: Vec<_> = indices.iter().map(|&index| &self.pairs[index]).collect();
        let n = pairs.len();
        // One place more than the longest, for a mark.
        let source_length = pairs.iter().map(|pair| pair.0.len() + 1).max().unwrap_or(0);
        let target_length = pairs.iter().map(|pair| pair.1.len() + 1).max().unwrap_or(0);
        let mut source = vec![Self::PADDING; n * source_length];
        let mut inputs = vec![Self::PADDING; n * target_length];
        let mut targets = inputs.clone();
        for (row, (from, to)) in pairs.into_iter().enumerate() {
            let source = &mut source[row * source_length..];
            source[..from.len()].copy_from_slice(from);
            source[from.len()] = Self::END;
            let inputs = &mut inputs[row * target_length..];
            inputs[0] = Self::START;
            inputs[1..=to.len()].copy_from_slice(to);
            let targets = &mut targets[row * target_length..];
            targets[..to.len()].copy_from_slice(to);
            targets[to.len()] = Self::END;
        }
        SequenceBatch {
            source,
            source_shape: [n, source_length],
            inputs,
            targets,
            target_shape: [n, target_length],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs() -> SequencePairs {
        SequencePairs::new(&[("ab".into(), "x".into()), ("b".into(), "yxy".into())])
    }

    #[test]
    fn shorter_sequences_are_filled_up() {
        let batch = pairs().batch(&[0, 1]);
        let (a, b, x, y) = (3, 4, 3, 4);
        let (padding, start, end) = (SequencePairs::PADDING, SequencePairs::START, SequencePairs::END);
        assert_eq!((batch.source_shape, batch.target_shape), ([2, 3], [2, 4]));
        assert_eq!(batch.source, [a, b, end, b, end, padding]);
        assert_eq!(batch.inputs, [start, x, padding, padding, start, y, x, y]);
        assert_eq!(batch.targets, [x, end, padding, padding, y, x, y, end]);
    }

    #[test]
    fn a_hold_out_shares_no_pair() {
        let names: Vec<(String, String)> = (0..10).map(|i| (i.to_string(), i.to_string())).collect();
        let (train, held) = SequencePairs::new(&names).hold_out(3);
        let read = |pairs: &SequencePairs| -> Vec<String> {
            pairs.pairs.iter().map(|pair| pairs.source.decode(&pair.0)).collect()
        };
        assert_eq!(read(&held), ["3", "6", "9"]);
        assert_eq!(read(&train), ["0", "1", "2", "4", "5", "7", "8"]);
    }
}
