//! [`FirstNames`]: short words to learn and to invent.

use crate::error::Result;
use crate::{DataFolder, Vocabulary};

/// The first names in the 1990 census of the United States, in small letters: the women's, most frequent first, then the
/// men's. 5,494 rows; names that both have stand twice. Public domain, by way of names.
///
/// ```
/// let names = data::FirstNames::load()?;
/// assert_eq!(names.names[0].name, "mary");
/// // A model reads and writes a name with the end mark after it.
/// assert_eq!(names.vocabulary().decode(&[0]), "\n");
/// # Ok::<(), data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct FirstNames {
    /// The names.
    pub names: Vec<FirstName>,
}

/// One row of the census.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstName {
    /// The name in small letters.
    pub name: String,
    /// Whether the row counts women or men.
    pub sex: Sex,
    /// How many percent of the women or men had the name.
    pub percent: f64,
}

/// The two tables of the census.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// `f`.
    Female,
    /// `m`.
    Male,
}

impl FirstNames {
    /// Marks the end of a name; it is the first symbol of the [`vocabulary`](Self::vocabulary).
    pub const END: char = '\n';

    /// Loads the names.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn load() -> Result<Self> {
        Self::load_from(&DataFolder::find())
    }

    /// As [`load`](Self::load), from another folder.
    pub fn load_from(folder: &DataFolder) -> Result<Self> {
        const FILE: &str = "text/first-names.tsv";
        let text = folder.read_text(FILE)?;
        let row = |line: &str| {
            let [name, sex, percent] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
            let sex = match sex {
                "f" => Sex::Female,
                "m" => Sex::Male,
                _ => return None,
            };
            Some(FirstName { name: name.into(), sex, percent: percent.parse().ok()? })
        };
        let names = text.lines().skip(1).map(|line| {
            row(line).ok_or_else(|| {
                folder.malformed(FILE, format!("{line:?} is not a name, f or m, and a number"))
            })
        });
        Ok(Self { names: names.collect::<Result<_>>()? })
    }

    /// The letters of all names, after the end mark.
    pub fn vocabulary(&self) -> Vocabulary {
        let letters = self.names.iter().flat_map(|row| row.name.chars());
        Vocabulary::of(&letters.chain([Self::END]).collect::<String>())
    }
}
