//! Figures and self-contained HTML pages from plain numbers.
//!
//! Demos and handouts call this crate with slices of numbers; it knows no tensor and no lab. Each kind of figure is a
//! builder whose `figure()` gives a [`Figure`], which is SVG text, PNG bytes or a file; a [`Page`] puts figures,
//! tables and results of a run into one HTML file that needs no network. The same numbers give the same bytes, so that
//! figures of handouts can be checked in.
//!
//! | builder | for |
//! |---|---|
//! | [`Curves`] | losses by epoch, functions, forecasts |
//! | [`Scatter`] | points by class, decision boundaries |
//! | [`Images`] | pictures with captions, filters, samples |
//! | [`ConfusionMatrix`], [`HeatMap`] | classifiers, attention, densities |
//! | [`Bars`], [`Histogram`] | comparisons, distributions |
//! | [`VectorField`], [`Contour`] | flows, loss surfaces and paths over them |
//! | [`Diagram`] | drawings that are no chart, shape by shape |
//! | [`Animation`] | any of these, moving |
//!
//! Numbers that are not finite leave gaps, and no numbers at all give empty axes that say so; what does not fit
//! together is an [`Error`]. `cargo run -p plots --example gallery FOLDER` draws one of each.
//!
//! Below the builders, `chart` lays out the frame with plotters, whose drawing calls `scene` records; `svg` and
//! `raster` write the record down. So both formats look the same, and neither needs a system font.

mod animation;
mod axis;
mod bars;
mod chart;
mod clip;
mod color;
mod contour;
mod curves;
mod diagram;
mod error;
mod field;
mod figure;
mod font;
mod heat_map;
mod images;
mod isolines;
mod number;
mod page;
mod plane;
mod raster;
mod scatter;
mod scene;
mod svg;

pub use animation::Animation;
pub use bars::{Bars, Histogram};
pub use color::{CLASSES, ColorMap, Rgb};
pub use contour::Contour;
pub use curves::Curves;
pub use diagram::{Diagram, Lettering, Style};
pub use error::{Error, Result};
pub use field::VectorField;
pub use figure::Figure;
pub use heat_map::{ConfusionMatrix, HeatMap};
pub use images::{Image, Images};
pub use number::{Grid, Number};
pub use page::Page;
pub use scatter::Scatter;
