//! Everything that can go wrong between numbers and a file.

use std::path::PathBuf;

/// Why a figure or a page could not be made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two lists that belong together have different lengths.
    #[error("{figure}: {left} has {left_len} values, but {right} has {right_len}; pass as many of each")]
    Length {
        /// The title of the figure.
        figure: String,
        /// The name of the first list.
        left: String,
        /// Its length.
        left_len: usize,
        /// The name of the second list.
        right: String,
        /// Its length.
        right_len: usize,
    },
    /// The number of values does not fit the shape they are said to have.
    #[error("{what}: the shape {shape:?} needs {needed} values, got {got}")]
    Shape {
        /// What the values are.
        what: String,
        /// The shape that was asked for.
        shape: Vec<usize>,
        /// The product of the shape.
        needed: usize,
        /// The number of values passed.
        got: usize,
    },
    /// A label that names none of the classes.
    #[error("{figure}: the label {label} is out of range, there are {classes} classes (0 to {})", .classes.saturating_sub(1))]
    Label {
        /// The title of the figure.
        figure: String,
        /// The offending label.
        label: usize,
        /// The number of classes.
        classes: usize,
    },
    /// The extension of a file names no format that figures can be written in.
    #[error("{}: a figure is saved as .svg or .png; give the file one of these extensions", .path.display())]
    Extension {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// The figure has more pixels than a PNG of sensible size.
    #[error(
        "a picture of {width} × {height} pixels is too large for a PNG; save it as .svg or make it smaller"
    )]
    TooLarge {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
    },
    /// The frames of an animation are not all of one size, or there are none.
    #[error("{animation}: frame {frame} is missing or not as large as the first one; make all frames alike")]
    Frames {
        /// The title of the animation.
        animation: String,
        /// The number of the frame, from 0.
        frame: usize,
    },
    /// The PNG encoder refused.
    #[error("the PNG could not be encoded")]
    Png(#[from] png::EncodingError),
    /// The file could not be written.
    #[error("{} could not be written; does its folder exist, and is there space?", .path.display())]
    Write {
        /// The file that was asked for.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;
