//! How a state dict differs from the one that is needed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use tensor::Float;

use super::{StateDict, is_readable, number_type};

/// Every difference between a state dict and what it was to be loaded into.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
pub struct Mismatch {
    /// Names that are needed and not there.
    pub missing: Vec<Missing>,
    /// Names that are there and not needed.
    pub unexpected: Vec<String>,
    /// Tensors of another shape.
    pub shapes: Vec<WrongShape>,
    /// Tensors of another number type.
    pub types: Vec<WrongType>,
}

/// A name that is needed and not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The name.
    pub name: String,
    /// The most similar one among the unexpected names.
    pub nearest: Option<String>,
}

/// A tensor of another shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongShape {
    /// Its name.
    pub name: String,
    /// The shape that is needed.
    pub expected: Vec<usize>,
    /// The shape that it has.
    pub found: Vec<usize>,
}

/// A tensor of another number type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongType {
    /// Its name.
    pub name: String,
    /// The type that is needed, as safetensors calls it.
    pub expected: String,
    /// The type that it has.
    pub found: String,
}

impl Mismatch {
    pub(super) fn is_empty(&self) -> bool {
        let Self { missing, unexpected, shapes, types } = self;
        missing.is_empty() && unexpected.is_empty() && shapes.is_empty() && types.is_empty()
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names come from files: `{:?}` shows control characters instead of obeying them.
        write!(f, "the state dict does not fit, nothing was loaded")?;
        for Missing { name, nearest } in &self.missing {
            write!(f, "\n  missing: {name:?}")?;
            if let Some(nearest) = nearest {
                write!(f, " (the nearest unexpected name is {nearest:?})")?;
            }
        }
        for name in &self.unexpected {
            write!(f, "\n  unexpected: {name:?}")?;
        }
        for WrongShape { name, expected, found } in &self.shapes {
            write!(f, "\n  wrong shape: {name:?} is {found:?}, expected {expected:?}")?;
        }
        for WrongType { name, expected, found } in &self.types {
            write!(f, "\n  wrong type: {name:?} is {found}, expected {expected}")?;
        }
        Ok(())
    }
}

/// Whether tensors described by name, shape and type are exactly those of `expected`.
pub(crate) fn fit<'a, T: Float>(
    expected: &StateDict<T>,
    found: impl Iterator<Item = (&'a str, &'a [usize], &'a str)>,
) -> Result<(), Mismatch> {
    let found: BTreeMap<&str, (&[usize], &str)> =
        found.map(|(name, shape, found_type)| (name, (shape, found_type))).collect();
    let unexpected: BTreeSet<&str> =
        found.keys().copied().filter(|name| expected.get(name).is_none()).collect();
    let mut mismatch = Mismatch::default();
    for (name, tensor) in expected.iter() {
        let Some((shape, found_type)) = found.get(name) else {
            let nearest = nearest(name, unexpected.iter().copied()).map(str::to_owned);
            mismatch.missing.push(Missing { name: name.to_owned(), nearest });
            continue;
        };
        if *shape != tensor.shape() {
            mismatch.shapes.push(WrongShape {
                name: name.to_owned(),
                expected: tensor.shape().to_vec(),
                found: shape.to_vec(),
            });
        }
        if !is_readable::<T>(found_type, shape) {
            mismatch.types.push(WrongType {
                name: name.to_owned(),
                expected: number_type::<T>().to_owned(),
                found: (*found_type).to_owned(),
            });
        }
    }
    mismatch.unexpected = unexpected.into_iter().map(str::to_owned).collect();
    if mismatch.is_empty() { Ok(()) } else { Err(mismatch) }
}

/// The most similar of some names, if it is similar at all.
pub(super) fn nearest<'a>(name: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing takes the product of the lengths; a name of this length is no slip of the pen.
    const LONGEST: usize = 200;
    among
        .filter(|other| other.len() <= LONGEST && name.len() <= LONGEST)
        .map(|other| (strsim::jaro_winkler(name, other), other))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, other)| other)
}
