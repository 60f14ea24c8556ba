//! Pictures, one or many: digits with the predicted label, filters, samples of a generative model.

use std::sync::Arc;

use crate::chart::TITLE_SIZE;
use crate::color::{self, ColorMap, Rgb, fraction};
use crate::font::{self, Weight};
use crate::number::{finite_range, to_f64s};
use crate::scene::{Anchor, Bitmap, Paint, Scene, Shape, Stroke, TextLook, units};
use crate::{Error, Figure, Number, Result};

/// One picture, with a caption if it has one.
#[derive(Clone, Debug)]
pub struct Image {
    bitmap: Arc<Bitmap>,
    caption: String,
    highlighted: bool,
}

impl Image {
    /// A grey picture of `rows · columns` pixels, 0 black and 1 white (255 for bytes); what lies outside is cut off.
    ///
    /// # Errors
    /// [`Error::Shape`] if there are not as many values.
    pub fn gray<T: Number>(rows: usize, columns: usize, values: &[T]) -> Result<Self> {
        Self::mapped(rows, columns, values, ColorMap::Gray, (0.0, T::WHITE))
    }

    /// A grey picture stretched so that the smallest value is black and the largest white.
    ///
    /// # Errors
    /// [`Error::Shape`] if there are not as many values.
    pub fn stretched<T: Number>(rows: usize, columns: usize, values: &[T]) -> Result<Self> {
        let range = finite_range(values.iter().map(|value| value.to_f64())).unwrap_or((0.0, 1.0));
        Self::mapped(rows, columns, values, ColorMap::Gray, range)
    }

    /// Signed values, such as a filter's weights: blue below 0, white at 0, red above, as strong as the largest
    /// magnitude.
    ///
    /// # Errors
    /// [`Error::Shape`] if there are not as many values.
    pub fn signed<T: Number>(rows: usize, columns: usize, values: &[T]) -> Result<Self> {
        let magnitudes = values.iter().map(|value| value.to_f64().abs());
        let largest = finite_range(magnitudes).map_or(1.0, |(_, high)| high);
        Self::mapped(rows, columns, values, ColorMap::Diverging, (-largest, largest))
    }

    /// The values of `range` in the colours of `map`.
    ///
    /// # Errors
    /// [`Error::Shape`] if there are not `rows · columns` values.
    pub fn mapped<T: Number>(
        rows: usize,
        columns: usize,
        values: &[T],
        map: ColorMap,
        range: (f64, f64),
    ) -> Result<Self> {
        check(&[rows, columns], values.len())?;
        Ok(Self::of(Bitmap::from_fn(rows, columns, |row, column| {
            map.color(fraction(values[row * columns + column].to_f64(), range))
        })))
    }

    /// A picture in colour from three planes, red, green and blue, one after the other (the order of a `[3, H, W]`
    /// tensor), 0 dark and 1 (255 for bytes) bright.
    ///
    /// # Errors
    /// [`Error::Shape`] if there are not `3 · rows · columns` values.
    pub fn rgb<T: Number>(rows: usize, columns: usize, planes: &[T]) -> Result<Self> {
        check(&[3, rows, columns], planes.len())?;
        let planes = to_f64s(planes);
        Ok(Self::of(Bitmap::from_fn(rows, columns, |row, column| {
            let channel = |plane: usize| {
                let value = planes[(plane * rows + row) * columns + column] / T::WHITE;
                // A cast from NaN is 0.
                (value.clamp(0.0, 1.0) * 255.0).round() as u8
            };
            Rgb(channel(0), channel(1), channel(2))
        })))
    }

    fn of(bitmap: Bitmap) -> Self {
        Self { bitmap: Arc::new(bitmap), caption: String::new(), highlighted: false }
    }

    pub(crate) fn bitmap(&self) -> &Arc<Bitmap> {
        &self.bitmap
    }

    /// Writes a few words above the picture.
    #[must_use]
    pub fn caption(mut self, caption: &str) -> Self {
        self.caption = caption.to_owned();
        self
    }

    /// Frames the picture and colours its caption, as for a wrong prediction.
    #[must_use]
    pub fn highlighted(mut self, highlighted: bool) -> Self {
        self.highlighted = highlighted;
        self
    }
}

fn check(shape: &[usize], got: usize) -> Result<()> {
    let needed = shape.iter().fold(1usize, |product, &size| product.saturating_mul(size));
    if needed == got {
        return Ok(());
    }
    Err(Error::Shape { what: "image".to_owned(), shape: shape.to_vec(), needed, got })
}

/// Pictures in rows and columns, each pixel enlarged to a square.
///
/// ```
/// # use plots::{Image, Images};
/// let stripes: Vec<u8> = (0..64).map(|pixel| if pixel % 2 == 0 { 255 } else { 0 }).collect();
/// let figure = Images::new("Predictions")
///     .image(Image::gray(8, 8, &stripes)?.caption("1"))
///     .image(Image::gray(8, 8, &stripes)?.caption("7, is 1").highlighted(true))
///     .columns(2)
///     .figure();
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .figure() to draw it"]
pub struct Images {
    title: String,
    images: Vec<Image>,
    columns: Option<usize>,
    row_labels: Vec<String>,
    cell: Option<f64>,
}

const GAP: f64 = 8.0;
const CAPTION: f64 = 12.0;
const MARGIN: f64 = 12.0;

impl Images {
    /// No pictures yet.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            images: Vec::new(),
            columns: None,
            row_labels: Vec::new(),
            cell: None,
        }
    }

    /// Adds a picture.
    pub fn image(mut self, image: Image) -> Self {
        self.images.push(image);
        self
    }

    /// Adds many pictures.
    pub fn images(mut self, images: impl IntoIterator<Item = Image>) -> Self {
        self.images.extend(images);
        self
    }

    /// Puts so many pictures into a row; otherwise the figure is somewhat wider than high.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = Some(columns.max(1));
        self
    }

    /// Names the rows, from the top.
    pub fn row_labels<S: AsRef<str>>(mut self, labels: &[S]) -> Self {
        self.row_labels = labels.iter().map(|label| label.as_ref().to_owned()).collect();
        self
    }

    /// Makes each picture so many pixels wide.
    pub fn cell_width(mut self, pixels: f64) -> Self {
        self.cell = Some(pixels.clamp(4.0, 2000.0));
        self
    }

    /// Lays the pictures out.
    pub fn figure(&self) -> Figure {
        let count = self.images.len();
        let columns = self
            .columns
            .unwrap_or_else(|| ((count as f64 * 1.6).sqrt().ceil() as usize).max(1))
            .min(count.max(1));
        let rows = count.div_ceil(columns).max(1);
        let widest = self.images.iter().map(|image| image.bitmap.width).max().unwrap_or(1);
        let (cell_width, cell_height) = self.cell_size(columns, widest);
        let has_captions = self.images.iter().any(|image| !image.caption.is_empty());
        let caption_height = if has_captions { CAPTION + 4.0 } else { 0.0 };
        let label_size = 12.0;
        let labels_width = self
            .row_labels
            .iter()
            .map(|label| font::width(label, label_size, Weight::Regular) + 10.0)
            .fold(0.0, f64::max);
        let title_height = if self.title.is_empty() { 0.0 } else { TITLE_SIZE + 11.0 };
        let title_width = font::width(&self.title, TITLE_SIZE, Weight::Bold);
        let content = labels_width + columns as f64 * (cell_width + GAP) - GAP;
        let row_height = caption_height + cell_height + GAP;
        let mut scene = Scene::new(
            2.0 * MARGIN + content.max(title_width),
            2.0 * MARGIN + title_height + rows as f64 * row_height - GAP,
        );
        let look = |size, weight, horizontal, vertical| TextLook {
            size,
            weight,
            color: color::INK,
            horizontal,
            vertical,
        };
        scene.text(
            (MARGIN, MARGIN),
            &self.title,
            look(TITLE_SIZE, Weight::Bold, Anchor::Start, Anchor::Start),
        );
        if self.images.is_empty() {
            let look = look(13.0, Weight::Regular, Anchor::Start, Anchor::Start);
            scene.text(
                (MARGIN, MARGIN + title_height),
                "no data",
                TextLook { color: color::SOFT_INK, ..look },
            );
        }
        for (index, image) in self.images.iter().enumerate() {
            let left = MARGIN + labels_width + (index % columns) as f64 * (cell_width + GAP);
            let top = MARGIN + title_height + (index / columns) as f64 * row_height + caption_height;
            let mut caption = look(CAPTION, Weight::Regular, Anchor::Middle, Anchor::End);
            if image.highlighted {
                caption.color = color::HIGHLIGHT;
                caption.weight = Weight::Bold;
            }
            // Long captions shrink rather than run into their neighbours.
            let caption_width = font::width(&image.caption, caption.size, caption.weight);
            caption.size *= ((cell_width + GAP - 2.0) / caption_width.max(1.0)).clamp(0.6, 1.0);
            scene.text((left + cell_width / 2.0, top - 1.0), &image.caption, caption);
            draw_image(&mut scene, image, (left, top), (cell_width, cell_height));
        }
        for (row, label) in self.row_labels.iter().enumerate().take(rows) {
            let top = MARGIN + title_height + row as f64 * row_height + caption_height;
            scene.text(
                (MARGIN + labels_width - 10.0, top + cell_height / 2.0),
                label,
                look(label_size, Weight::Regular, Anchor::End, Anchor::Middle),
            );
        }
        Figure::new(&self.title, scene)
    }

    /// Whole multiples of the picture's size where possible, so that all pixels are equally large.
    fn cell_size(&self, columns: usize, widest: usize) -> (f64, f64) {
        let widest = widest.max(1) as f64;
        let available = ((760.0 / columns as f64) - GAP).clamp(8.0, 320.0);
        let natural = match available.min((72.0f64).max(widest * 2.0)) {
            room if room >= widest => (room / widest).floor() * widest,
            room => room,
        };
        let width = self.cell.unwrap_or(natural);
        let tallest = self
            .images
            .iter()
            .filter(|image| image.bitmap.width > 0)
            .map(|image| image.bitmap.height as f64 / image.bitmap.width as f64)
            .fold(0.0, f64::max);
        let ratio = if tallest == 0.0 { 1.0 } else { tallest.clamp(1.0 / 40.0, 40.0) };
        (width, width * ratio)
    }
}

fn draw_image(scene: &mut Scene, image: &Image, (left, top): (f64, f64), (width, height): (f64, f64)) {
    let bitmap = &image.bitmap;
    if bitmap.width == 0 || bitmap.height == 0 {
        return;
    }
    let zoom = (width / bitmap.width as f64).min(height / bitmap.height as f64);
    let (shown_width, shown_height) = (bitmap.width as f64 * zoom, bitmap.height as f64 * zoom);
    let (left, top) = (left + (width - shown_width) / 2.0, top + (height - shown_height) / 2.0);
    let low = (units(left), units(top));
    let high = (units(left + shown_width), units(top + shown_height));
    scene.push(Shape::Image { low, high, bitmap: Arc::clone(bitmap), smooth: zoom < 1.0 });
    let (color, width) = if image.highlighted { (color::HIGHLIGHT, 2.5) } else { (color::AXIS, 0.5) };
    let stroke = Stroke { paint: Paint { color, alpha: 1.0 }, width: units(width), dashed: false };
    scene.push(Shape::Rectangle { low, high, fill: None, stroke: Some(stroke) });
}
