//! Bars beside one another, and histograms.

use crate::axis::{Axis, Scale, aligned};
use crate::chart::{Frame, LegendEntry, Mesh, Sign, Size, filled, pen};
use crate::color::{self, WHITE};
use crate::font::{self, Weight};
use crate::number::{check_lengths, finite_range, to_f64s};
use crate::scene::{Anchor, TextLook};
use crate::{Figure, Number, Result};

#[derive(Clone, Debug)]
struct Series {
    name: String,
    values: Vec<f64>,
    errors: Option<Vec<f64>>,
}

/// Bars for some categories, one series or several beside one another.
///
/// ```
/// # use plots::Bars;
/// let figure = Bars::new("Regularization", &["none", "dropout", "weight decay"])
///     .y_label("test accuracy in %")
///     .series("", &[86.1, 88.9, 87.5])
///     .errors(&[0.4, 0.3, 0.5])
///     .numbers()
///     .figure()?;
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .figure() to draw it"]
pub struct Bars {
    title: String,
    categories: Vec<String>,
    x_label: String,
    y_label: String,
    series: Vec<Series>,
    numbers: bool,
    y_range: Option<(f64, f64)>,
    size: Size,
}

impl Bars {
    /// No bars yet, but their names.
    pub fn new<S: AsRef<str>>(title: &str, categories: &[S]) -> Self {
        Self {
            title: title.to_owned(),
            categories: categories.iter().map(|name| name.as_ref().to_owned()).collect(),
            x_label: String::new(),
            y_label: String::new(),
            series: Vec::new(),
            numbers: false,
            y_range: None,
            size: Size::default(),
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

    /// Adds one bar to each category; an empty name stays out of the legend.
    pub fn series<T: Number>(mut self, name: &str, values: &[T]) -> Self {
        self.series.push(Series { name: name.to_owned(), values: to_f64s(values), errors: None });
        self
    }

    /// Draws ± these errors on the bars of the last series.
    pub fn errors<T: Number>(mut self, errors: &[T]) -> Self {
        if let Some(series) = self.series.last_mut() {
            series.errors = Some(to_f64s(errors));
        }
        self
    }

    /// Writes the values at the ends of the bars.
    pub fn numbers(mut self) -> Self {
        self.numbers = true;
        self
    }

    /// Shows this range of y. Bars otherwise start at 0, as their length is what one compares.
    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y_range = Some((low, high));
        self
    }

    /// Makes the figure so many pixels wide and high (640 × 400 otherwise).
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Size::Outer(width, height);
        self
    }

    /// Lays the bars out.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) if a series has not one value, or one error, for each category.
    pub fn figure(&self) -> Result<Figure> {
        let categories = self.categories.len();
        for series in &self.series {
            let name = format!("“{}”", series.name);
            check_lengths(&self.title, (&name, series.values.len()), ("the categories", categories))?;
            if let Some(errors) = &series.errors {
                let name = format!("errors of {name}");
                check_lengths(&self.title, (&name, errors.len()), ("the categories", categories))?;
            }
        }
        let ends = self.series.iter().flat_map(|series| {
            series.values.iter().enumerate().flat_map(|(index, &value)| {
                let error = series.errors.as_ref().map_or(0.0, |errors| errors[index].abs());
                let error = if error.is_finite() { error } else { 0.0 };
                [value - error, value + error]
            })
        });
        let (low, high) = finite_range(ends).unwrap_or((0.0, 1.0));
        let y = match self.y_range {
            Some(range) => Axis::exactly(range, Scale::Linear),
            None => {
                // Room for the numbers at the far ends only: the bars stand on the axis.
                let (low, high) = (low.min(0.0), high.max(0.0));
                let room = (high / 2.0 - low / 2.0) * if self.numbers { 0.2 } else { 0.1 };
                let low = if low < 0.0 { low - room } else { low };
                let high = if high > 0.0 { high + room } else { high };
                Axis::exactly((low, high), Scale::Linear)
            }
        };
        let mut frame = Frame::new(&self.title, Axis::categories(&self.categories), y);
        frame.x_label = self.x_label.clone();
        frame.y_label = self.y_label.clone();
        frame.size = self.size;
        frame.mesh = Mesh::Horizontal;
        frame.empty = !self.series.iter().any(|series| series.values.iter().any(|value| value.is_finite()));
        frame.legend = self
            .series
            .iter()
            .enumerate()
            .filter(|(_, series)| !series.name.is_empty())
            .map(|(index, series)| LegendEntry {
                text: series.name.clone(),
                color: color::class(index),
                sign: Sign::Square,
            })
            .collect();
        Ok(frame.draw(|plane| {
            let (y_low, y_high) = plane.y.bounds();
            let base = 0.0f64.clamp(y_low, y_high);
            let width = 0.76 / self.series.len().max(1) as f64;
            let all: Vec<f64> = self.series.iter().flat_map(|series| series.values.clone()).collect();
            let texts = aligned(&all, 4);
            let numbers: Vec<&[String]> = texts.chunks(categories.max(1)).collect();
            for (index, series) in self.series.iter().enumerate() {
                for (category, &value) in series.values.iter().enumerate() {
                    let left = category as f64 - 0.38 + index as f64 * width;
                    let (from, to) = (left + 0.03 * width, left + 0.97 * width);
                    let fill = filled(color::class(index), 0.9);
                    plane.rectangle([(from, base), (to, value)], fill, None);
                    let middle = left + width / 2.0;
                    let error = series.errors.as_ref().map(|errors| errors[category].abs());
                    let error = error.filter(|error| error.is_finite()).unwrap_or(0.0);
                    if error > 0.0 {
                        let ink = pen(color::INK, 1.0, 1.2);
                        let cap = (width * 0.18).min(0.1);
                        let (low, high) = (value - error, value + error);
                        plane.line(&[(middle, low), (middle, high)], ink);
                        for end in [low, high] {
                            plane.line(&[(middle - cap, end), (middle + cap, end)], ink);
                        }
                    }
                    if self.numbers && value.is_finite() {
                        let text = &numbers[index][category];
                        let (left, right) = (plane.pixel((from, base)).0, plane.pixel((to, base)).0);
                        let needed = font::width(text, 12.0, Weight::Regular);
                        let down = value < base;
                        let look = TextLook {
                            size: (12.0 * (right - left + 8.0) / needed).clamp(7.0, 12.0),
                            weight: Weight::Regular,
                            color: color::INK,
                            horizontal: Anchor::Middle,
                            vertical: if down { Anchor::Start } else { Anchor::End },
                        };
                        let end = if down { value - error } else { value + error };
                        plane.text((middle, end), (0.0, if down { 3.0 } else { -2.0 }), text, look);
                    }
                }
            }
            if base > y_low {
                let (x_low, x_high) = plane.x.bounds();
                plane.line(&[(x_low, base), (x_high, base)], pen(color::AXIS, 1.0, 1.0));
            }
        }))
    }
}

/// How often values fall into intervals of one width; several sets share the intervals.
///
/// ```
/// # use plots::Histogram;
/// let figure = Histogram::new("Weights").series("layer 1", &[0.1, -0.2, 0.05, 0.3]).bins(4).figure();
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .figure() to draw it"]
pub struct Histogram {
    title: String,
    x_label: String,
    series: Vec<(String, Vec<f64>)>,
    bins: Option<usize>,
    density: bool,
    size: Size,
}

impl Histogram {
    /// No values yet.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            x_label: String::new(),
            series: Vec::new(),
            bins: None,
            density: false,
            size: Size::default(),
        }
    }

    /// Names the horizontal axis.
    pub fn x_label(mut self, label: &str) -> Self {
        self.x_label = label.to_owned();
        self
    }

    /// Adds a set of values; those that are not finite are not counted.
    pub fn series<T: Number>(mut self, name: &str, values: &[T]) -> Self {
        let values = to_f64s(values).into_iter().filter(|value| value.is_finite()).collect();
        self.series.push((name.to_owned(), values));
        self
    }

    /// Makes so many intervals; otherwise 2·∛N of them, Rice's rule, and at most 80.
    pub fn bins(mut self, bins: usize) -> Self {
        self.bins = Some(bins.clamp(1, 1000));
        self
    }

    /// Shows densities, of area 1, instead of counts.
    pub fn density(mut self) -> Self {
        self.density = true;
        self
    }

    /// Makes the figure so many pixels wide and high (640 × 400 otherwise).
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Size::Outer(width, height);
        self
    }

    /// Lays the histogram out.
    pub fn figure(&self) -> Figure {
        let all = self.series.iter().flat_map(|(_, values)| values.iter().copied());
        let x = Axis::fit(all, Scale::Linear, 0.0);
        let (low, high) = x.bounds();
        let largest = self.series.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
        let bins =
            self.bins.unwrap_or_else(|| ((2.0 * (largest as f64).cbrt()).ceil() as usize).clamp(1, 80));
        let width = (high - low) / bins as f64;
        let heights: Vec<Vec<f64>> = self
            .series
            .iter()
            .map(|(_, values)| {
                let mut counts = vec![0.0; bins];
                for value in values {
                    counts[(((value - low) / width) as usize).min(bins - 1)] += 1.0;
                }
                let scale = if self.density { 1.0 / (values.len().max(1) as f64 * width) } else { 1.0 };
                counts.iter().map(|count| count * scale).collect()
            })
            .collect();
        let highest = heights.iter().flatten().copied().fold(0.0, f64::max);
        let y = Axis::exactly((0.0, if highest > 0.0 { highest * 1.06 } else { 1.0 }), Scale::Linear);
        let mut frame = Frame::new(&self.title, x, y);
        frame.x_label = self.x_label.clone();
        frame.y_label = if self.density { "density" } else { "count" }.to_owned();
        frame.size = self.size;
        frame.mesh = Mesh::Horizontal;
        frame.empty = largest == 0;
        frame.legend = self
            .series
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| !name.is_empty())
            .map(|(index, (name, _))| LegendEntry {
                text: name.clone(),
                color: color::class(index),
                sign: Sign::Square,
            })
            .collect();
        let alpha = if self.series.len() > 1 { 0.55 } else { 0.9 };
        frame.draw(|plane| {
            for (index, heights) in heights.iter().enumerate() {
                for (bin, &height) in heights.iter().enumerate().filter(|(_, height)| **height > 0.0) {
                    let left = low + bin as f64 * width;
                    let corners = [(left, 0.0), (left + width, height)];
                    let rim = (bins <= 120).then(|| pen(WHITE, 1.0, 0.6));
                    plane.rectangle(corners, filled(color::class(index), alpha), rim);
                }
            }
        })
    }
}
