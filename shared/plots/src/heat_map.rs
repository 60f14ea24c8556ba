//! Matrices as colours: attention weights, densities, and the confusion matrix of a classifier.

use crate::axis::{Axis, Scale, aligned, significant};
use crate::chart::{ColorBar, Frame, LegendEntry, Mesh, Sign, Size};
use crate::color::{self, ColorMap, Rgb, fraction};
use crate::font::Weight;
use crate::number::finite_range;
use crate::scene::{Anchor, Bitmap, TextLook};
use crate::{Error, Figure, Grid, Number, Result};

/// Cells from which on numbers in them could not be read.
const MOST_WITH_NUMBERS: usize = 400;

/// A matrix in colours with a bar that explains them. Row 0 is at the top, as matrices are written; with
/// [`extent`](HeatMap::extent), which makes it a function of x and y, row 0 is at the lowest y.
///
/// ```
/// # use plots::{Grid, HeatMap};
/// let attention = Grid::from_rows(&[vec![0.9, 0.1], vec![0.3, 0.7]])?;
/// let figure = HeatMap::new("Attention", attention)
///     .row_labels(&["das", "Haus"])
///     .column_labels(&["the", "house"])
///     .numbers()
///     .figure();
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .figure() to draw it"]
pub struct HeatMap {
    title: String,
    grid: Grid,
    map: ColorMap,
    range: Option<(f64, f64)>,
    extent: Option<((f64, f64), (f64, f64))>,
    row_labels: Vec<String>,
    column_labels: Vec<String>,
    x_label: String,
    y_label: String,
    bar_label: String,
    /// What is written into the cells, row by row.
    texts: Option<Vec<String>>,
    /// Colours that do not come from the map, row by row, and what they mean instead of the bar.
    own_colors: Option<(Vec<Rgb>, Vec<LegendEntry>)>,
    size: Option<(f64, f64)>,
}

impl HeatMap {
    /// A heat map in viridis over the range of the values.
    pub fn new(title: &str, grid: Grid) -> Self {
        Self {
            title: title.to_owned(),
            grid,
            map: ColorMap::Viridis,
            range: None,
            extent: None,
            row_labels: Vec::new(),
            column_labels: Vec::new(),
            x_label: String::new(),
            y_label: String::new(),
            bar_label: String::new(),
            texts: None,
            own_colors: None,
            size: None,
        }
    }

    /// Names the horizontal axis.
    pub fn x_label(mut self, label: &str) -> Self {
        self.x_label = label.to_owned();
        self
    }

    /// Names the vertical axis.
    pub fn y_label(mut self, label: &str) -> Self {
        self.y_label = label.to_owned();
        self
    }

    /// Names the colour bar.
    pub fn bar_label(mut self, label: &str) -> Self {
        self.bar_label = label.to_owned();
        self
    }

    /// Names the rows, from the top.
    pub fn row_labels<S: AsRef<str>>(mut self, labels: &[S]) -> Self {
        self.row_labels = labels.iter().map(|label| label.as_ref().to_owned()).collect();
        self
    }

    /// Names the columns, from the left.
    pub fn column_labels<S: AsRef<str>>(mut self, labels: &[S]) -> Self {
        self.column_labels = labels.iter().map(|label| label.as_ref().to_owned()).collect();
        self
    }

    /// Takes other colours.
    pub fn colors(mut self, map: ColorMap) -> Self {
        self.map = map;
        self
    }

    /// Blue below 0, white at 0, red above.
    pub fn diverging(mut self) -> Self {
        self.map = ColorMap::Diverging;
        self
    }

    /// Spreads the colours over this range instead of that of the values.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// Says that the cells tile these ranges of x and y, row 0 at the lowest y: a density, a function.
    pub fn extent(mut self, x: (f64, f64), y: (f64, f64)) -> Self {
        self.extent = Some((x, y));
        self
    }

    /// Writes the values into the cells, if there are not too many.
    pub fn numbers(mut self) -> Self {
        self.texts = Some(aligned(self.grid.values(), 2));
        self
    }

    /// Makes the area between the axes so many pixels wide and high.
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Some((width, height));
        self
    }

    fn color_range(&self) -> (f64, f64) {
        let found = || finite_range(self.grid.values().iter().copied());
        let range = self.range.or_else(found).unwrap_or((0.0, 1.0));
        if self.map == ColorMap::Diverging && self.range.is_none() {
            let largest = range.0.abs().max(range.1.abs());
            return if largest > 0.0 { (-largest, largest) } else { (-1.0, 1.0) };
        }
        range
    }

    /// Lays the heat map out.
    pub fn figure(&self) -> Figure {
        let (rows, columns) = (self.grid.rows(), self.grid.columns());
        let (x, y) = match self.extent {
            Some((x, y)) => (Axis::exactly(x, Scale::Linear), Axis::exactly(y, Scale::Linear)),
            None => (
                named_or_counted(&self.column_labels, columns, true),
                named_or_counted(&self.row_labels, rows, false),
            ),
        };
        let range = self.color_range();
        let mut frame = Frame::new(&self.title, x, y);
        frame.x_label = self.x_label.clone();
        frame.y_label = self.y_label.clone();
        frame.mesh = Mesh::None;
        frame.empty = self.grid.is_empty();
        let (width, height) = self.size.unwrap_or_else(|| self.natural_size());
        frame.size = Size::Plot(width, height);
        match &self.own_colors {
            Some((_, legend)) => frame.legend = legend.clone(),
            None => {
                frame.color_bar = Some(ColorBar {
                    map: self.map,
                    range,
                    scale: Scale::Linear,
                    label: self.bar_label.clone(),
                    steps: None,
                });
            }
        }
        if self.grid.is_empty() {
            return frame.draw(|_| {});
        }
        frame.draw(|plane| {
            let (x_low, x_high) = plane.x.bounds();
            let (y_low, y_high) = plane.y.bounds();
            // With an extent row 0 is at the bottom; a picture's first row is at the top.
            let upside_down = self.extent.is_some();
            let cell_color = |row: usize, column: usize| {
                let own = self.own_colors.as_ref().map(|(colors, _)| colors[row * columns + column]);
                own.unwrap_or_else(|| self.map.color(fraction(self.grid.at(row, column), range)))
            };
            let bitmap = Bitmap::from_fn(rows, columns, |row, column| {
                cell_color(if upside_down { rows - 1 - row } else { row }, column)
            });
            plane.fill_with_image(bitmap, false);
            let Some(texts) = self.texts.as_ref().filter(|texts| texts.len() <= MOST_WITH_NUMBERS) else {
                return;
            };
            let (cell_width, cell_height) = (width / columns as f64, height / rows as f64);
            let widest =
                texts.iter().map(|text| crate::font::width(text, 1.0, Weight::Regular)).fold(0.5, f64::max);
            let size = (0.86 * cell_width / widest).min(0.62 * cell_height).min(12.0);
            if size < 5.0 {
                return;
            }
            for (index, text) in texts.iter().enumerate() {
                let (row, column) = (index / columns, index % columns);
                let along = (column as f64 + 0.5) / columns as f64;
                let down = (row as f64 + 0.5) / rows as f64;
                let down = if upside_down { down } else { 1.0 - down };
                let look = TextLook {
                    size,
                    weight: Weight::Regular,
                    color: cell_color(row, column).readable_on(),
                    horizontal: Anchor::Middle,
                    vertical: Anchor::Middle,
                };
                let at = (x_low + (x_high - x_low) * along, y_low + (y_high - y_low) * down);
                plane.text(at, (0.0, 0.0), text, look);
            }
        })
    }

    /// Square cells, up to a figure that fits on a page.
    fn natural_size(&self) -> (f64, f64) {
        if let Some(((x0, x1), (y0, y1))) = self.extent {
            let ratio = ((y1 - y0) / (x1 - x0)).abs();
            let ratio = if ratio.is_finite() { ratio.clamp(0.3, 1.2) } else { 1.0 };
            return (420.0, 420.0 * ratio);
        }
        let (rows, columns) = (self.grid.rows().max(1) as f64, self.grid.columns().max(1) as f64);
        let cell = (460.0 / columns).min(420.0 / rows).min(46.0);
        ((cell * columns).max(80.0), (cell * rows).max(80.0))
    }
}

/// The names if there are as many as places, otherwise the numbers 0, 1, 2 … as far as they fit.
fn named_or_counted(names: &[String], count: usize, left_to_right: bool) -> Axis {
    let mut labels: Vec<String> = if names.len() == count && count > 0 {
        names.to_vec()
    } else {
        let stride = count.div_ceil(20).max(1);
        // 1, 2 and 5 times powers of ten.
        let stride =
            [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].into_iter().find(|&s| s >= stride).unwrap_or(stride);
        (0..count).map(|index| if index % stride == 0 { index.to_string() } else { String::new() }).collect()
    };
    if !left_to_right {
        // Category 0 is at the bottom of an axis, row 0 at the top of a matrix.
        labels.reverse();
    }
    Axis::categories(&labels)
}

/// Counts of true against predicted classes.
///
/// Colours show shares of the row, so a rare class counts as much as a frequent one: blue on the diagonal; the
/// mistakes in vermilion, the most frequent confusion the strongest (or 5 % if all are rarer), since on the scale of
/// the diagonal a good classifier's mistakes could not be seen.
///
/// ```
/// # use plots::ConfusionMatrix;
/// let truth = [0, 0, 1, 1, 2];
/// let predicted = [0, 1, 1, 1, 2];
/// let figure = ConfusionMatrix::from_labels("Test set", &truth, &predicted, 3)?.figure();
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .figure() to draw it"]
pub struct ConfusionMatrix {
    title: String,
    counts: Grid,
    names: Vec<String>,
}

impl ConfusionMatrix {
    /// From counts, the true class by row and the predicted one by column.
    ///
    /// # Errors
    /// [`Error::Shape`] if the rows are not as long as there are rows.
    pub fn new<T: Number, R: AsRef<[T]>>(title: &str, counts: &[R]) -> Result<Self> {
        let classes = counts.len();
        if let Some(row) = counts.iter().find(|row| row.as_ref().len() != classes) {
            return Err(Error::Shape {
                what: format!("{title}: a row of the confusion matrix"),
                shape: vec![classes],
                needed: classes,
                got: row.as_ref().len(),
            });
        }
        let counts = Grid::from_rows(counts)?;
        Ok(Self {
            title: title.to_owned(),
            names: (0..classes).map(|class| class.to_string()).collect(),
            counts,
        })
    }

    /// Counts the pairs of true and predicted class.
    ///
    /// # Errors
    /// [`Error::Length`] if there are not as many predictions as labels, [`Error::Label`] if one is not below
    /// `classes`.
    pub fn from_labels(title: &str, truth: &[usize], predicted: &[usize], classes: usize) -> Result<Self> {
        crate::number::check_lengths(
            title,
            ("true labels", truth.len()),
            ("predicted ones", predicted.len()),
        )?;
        if let Some(&label) = truth.iter().chain(predicted).find(|&&label| label >= classes) {
            return Err(Error::Label { figure: title.to_owned(), label, classes });
        }
        let mut counts = vec![vec![0usize; classes]; classes];
        for (&truth, &predicted) in truth.iter().zip(predicted) {
            counts[truth][predicted] += 1;
        }
        Self::new(title, &counts)
    }

    /// Names the classes.
    ///
    /// # Errors
    /// [`Error::Length`] if there are not as many names as classes.
    pub fn class_names<S: AsRef<str>>(mut self, names: &[S]) -> Result<Self> {
        crate::number::check_lengths(&self.title, ("names", names.len()), ("classes", self.counts.rows()))?;
        self.names = names.iter().map(|name| name.as_ref().to_owned()).collect();
        Ok(self)
    }

    /// Lays the matrix out.
    pub fn figure(&self) -> Figure {
        let classes = self.counts.rows();
        let shares: Vec<f64> = (0..classes)
            .flat_map(|row| {
                let counts = (0..classes).map(move |column| self.counts.at(row, column));
                let total: f64 = counts.clone().sum();
                counts.map(move |count| if total > 0.0 { count / total } else { 0.0 })
            })
            .collect();
        let mistakes = shares.iter().enumerate().filter(|(cell, _)| cell / classes != cell % classes);
        let worst = mistakes.map(|(_, &share)| share).fold(0.05, f64::max);
        let right = ColorMap::Blues.color(0.8);
        let colors = shares.iter().enumerate().map(|(cell, &share)| {
            if cell / classes == cell % classes {
                ColorMap::Blues.color(0.8 * share)
            } else {
                color::WHITE.mix(color::HIGHLIGHT, 0.8 * share / worst)
            }
        });
        let entry = |text: &str, color| LegendEntry { text: text.to_owned(), color, sign: Sign::Square };
        let legend =
            vec![entry("recognized", right), entry("confused", color::WHITE.mix(color::HIGHLIGHT, 0.8))];
        let texts = self.counts.values().iter().map(|&count| {
            // Zeros would hide the mistakes in noise.
            if count == 0.0 { String::new() } else { significant(count, 4) }
        });
        let mut map = HeatMap::new(&self.title, self.counts.clone())
            .row_labels(&self.names)
            .column_labels(&self.names)
            .x_label("predicted class")
            .y_label("true class");
        map.own_colors = Some((colors.collect(), legend));
        map.texts = Some(texts.collect());
        map.figure()
    }
}
