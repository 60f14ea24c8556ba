//! A finished figure: shapes in place, ready to be written.

use std::path::Path;

use crate::chart::TITLE_SIZE;
use crate::color;
use crate::font::Weight;
use crate::scene::{Anchor, Scene, TextLook, UNIT, units};
use crate::{Error, Result, raster, svg};

/// A figure that has been laid out. The same input gives the same bytes, so figures can be checked in.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    title: String,
    scene: Scene,
}

impl Figure {
    pub(crate) fn new(title: &str, scene: Scene) -> Self {
        Self { title: title.to_owned(), scene }
    }

    /// Figures beside and below one another, all columns and rows as large as their largest figure.
    ///
    /// ```
    /// # use plots::{Curves, Figure};
    /// let left = Curves::new("left").series("a", &[3.0, 2.0, 1.0]).figure()?;
    /// let right = Curves::new("right").series("a", &[1.0, 2.0, 3.0]).figure()?;
    /// let both = Figure::grid("Two losses", [[left.clone(), right]]);
    /// assert_eq!(both.width(), 2.0 * left.width());
    /// # Ok::<(), plots::Error>(())
    /// ```
    pub fn grid<R: IntoIterator<Item = Figure>>(title: &str, rows: impl IntoIterator<Item = R>) -> Self {
        let rows: Vec<Vec<Figure>> = rows.into_iter().map(|row| row.into_iter().collect()).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0; columns];
        let mut heights = vec![0; rows.len()];
        for (row, figures) in rows.iter().enumerate() {
            for (column, figure) in figures.iter().enumerate() {
                widths[column] = widths[column].max(figure.scene.width);
                heights[row] = heights[row].max(figure.scene.height);
            }
        }
        let above = if title.is_empty() { 0.0 } else { TITLE_SIZE + 20.0 };
        let mut scene = Scene::new(0.0, above);
        scene.width = widths.iter().sum::<i32>().max(UNIT);
        scene.height += heights.iter().sum::<i32>().max(UNIT);
        scene.text(
            (f64::from(scene.width) / f64::from(UNIT) / 2.0, 12.0),
            title,
            TextLook {
                size: TITLE_SIZE + 1.0,
                weight: Weight::Bold,
                color: color::INK,
                horizontal: Anchor::Middle,
                vertical: Anchor::Start,
            },
        );
        let mut top = units(above);
        for (figures, height) in rows.iter().zip(&heights) {
            let mut left = 0;
            for (figure, width) in figures.iter().zip(&widths) {
                scene.place(&figure.scene, (left, top));
                left += width;
            }
            top += height;
        }
        let title = if title.is_empty() {
            let titles: Vec<&str> = rows.iter().flatten().map(|figure| figure.title()).collect();
            titles.join("; ")
        } else {
            title.to_owned()
        };
        Self { title, scene }
    }

    pub(crate) fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The title, which is also what a screen reader says.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The width in CSS pixels.
    pub fn width(&self) -> f64 {
        f64::from(self.scene.width) / f64::from(UNIT)
    }

    /// The height in CSS pixels.
    pub fn height(&self) -> f64 {
        f64::from(self.scene.height) / f64::from(UNIT)
    }

    /// An SVG element that needs nothing from outside; it can be a file or a part of an HTML page.
    ///
    /// # Errors
    /// [`Error::Png`] if an image in the figure cannot be encoded.
    pub fn to_svg(&self) -> Result<String> {
        svg::write(&self.scene, &self.title)
    }

    /// A PNG with two pixels to the CSS pixel, as sharp screens and paper want it.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above 100 million pixels, [`Error::Png`] if the encoder refuses.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        raster::encode_bitmap(&raster::draw(&self.scene, 2.0)?)
    }

    /// Writes the figure as the extension of `path` says, `.svg` or `.png`. The file is replaced at once or not at all.
    ///
    /// # Errors
    /// [`Error::Extension`] for any other extension, [`Error::Write`] if the file cannot be written, and what
    /// [`Figure::to_svg`] and [`Figure::to_png`] give.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        let bytes = match extension.to_ascii_lowercase().as_str() {
            "svg" => self.to_svg()?.into_bytes(),
            "png" => self.to_png()?,
            _ => return Err(Error::Extension { path: path.to_owned() }),
        };
        write_atomically(path, &bytes)
    }
}

/// Writes beside `path` and renames: whoever reads the file sees the old content or the new.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.partial", std::process::id()));
    let partial = path.with_file_name(name);
    std::fs::write(&partial, bytes).and_then(|()| std::fs::rename(&partial, path)).map_err(|source| {
        // A leftover is harmless, and the first error is the one to tell.
        let _ = std::fs::remove_file(&partial);
        Error::Write { path: path.to_owned(), source }
    })
}
