//! Lines over a common axis: losses and accuracies by epoch, activation functions, forecasts.

use crate::axis::{Axis, Scale};
use crate::chart::{Frame, LINE, LegendEntry, Sign, Size, filled, pen};
use crate::color::{self, WHITE};
use crate::font::Weight;
use crate::number::{check_lengths, to_f64s};
use crate::scene::{Anchor, Stroke, TextLook};
use crate::{Figure, Number, Result};

#[derive(Clone, Debug)]
struct Series {
    name: String,
    x: Vec<f64>,
    y: Vec<f64>,
    band: Option<(Vec<f64>, Vec<f64>)>,
    dashed: bool,
    markers: bool,
    color: usize,
}

/// A line chart, made step by step; what follows a series (`band`, `dashed`, `markers`) belongs to that series.
///
/// NaN and infinities break a line, so a loss that diverged shows where.
///
/// ```
/// # use plots::Curves;
/// let figure = Curves::new("LeNet-5 on MNIST")
///     .x_label("epoch")
///     .y_label("cross-entropy")
///     .series("train", &[0.31, 0.09, 0.06, 0.05])
///     .series("validation", &[0.12, 0.07, 0.05, 0.05])
///     .log_y()
///     .mark(2.0, "best")
///     .figure()?;
/// assert!(figure.to_svg()?.starts_with("<svg"));
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .figure() to draw it"]
pub struct Curves {
    title: String,
    x_label: String,
    y_label: String,
    series: Vec<Series>,
    marks: Vec<(f64, String)>,
    log_x: bool,
    log_y: bool,
    x_range: Option<(f64, f64)>,
    y_range: Option<(f64, f64)>,
    size: Size,
}

impl Curves {
    /// An empty chart.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            x_label: String::new(),
            y_label: String::new(),
            series: Vec::new(),
            marks: Vec::new(),
            log_x: false,
            log_y: false,
            x_range: None,
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

    /// Adds a line through `y` at 1, 2, 3 …: one value for each epoch or step.
    pub fn series<T: Number>(self, name: &str, y: &[T]) -> Self {
        let x = (1..=y.len()).map(|index| index as f64).collect();
        self.push(name, x, to_f64s(y))
    }

    /// Adds a line through the points (x, y).
    pub fn series_xy<X: Number, Y: Number>(self, name: &str, x: &[X], y: &[Y]) -> Self {
        self.push(name, to_f64s(x), to_f64s(y))
    }

    fn push(mut self, name: &str, x: Vec<f64>, y: Vec<f64>) -> Self {
        // A second line of the same name has the colour of the first: train and validation of one run, say.
        let known = self.series.iter().find(|series| series.name == name);
        let colors = self.series.iter().map(|series| series.color + 1).max().unwrap_or(0);
        let color = known.map_or(colors, |series| series.color);
        let name = name.to_owned();
        self.series.push(Series { name, x, y, band: None, dashed: false, markers: false, color });
        self
    }

    /// Shades the area between `low` and `high` around the last series: a standard deviation, an interval.
    pub fn band<T: Number>(mut self, low: &[T], high: &[T]) -> Self {
        if let Some(series) = self.series.last_mut() {
            series.band = Some((to_f64s(low), to_f64s(high)));
        }
        self
    }

    /// Dashes the last series.
    pub fn dashed(mut self) -> Self {
        if let Some(series) = self.series.last_mut() {
            series.dashed = true;
        }
        self
    }

    /// Gives the last series the colour of the one before it, as for a prediction beside its truth.
    pub fn same_color(mut self) -> Self {
        if let [.., before, last] = self.series.as_mut_slice() {
            last.color = before.color;
        }
        self
    }

    /// Puts a dot on each point of the last series.
    pub fn markers(mut self) -> Self {
        if let Some(series) = self.series.last_mut() {
            series.markers = true;
        }
        self
    }

    /// Draws a vertical line at `x` with a few words beside it.
    pub fn mark(mut self, x: impl Number, text: &str) -> Self {
        self.marks.push((x.to_f64(), text.to_owned()));
        self
    }

    /// Divides the horizontal axis by powers of ten; points without a positive x are left out.
    pub fn log_x(mut self) -> Self {
        self.log_x = true;
        self
    }

    /// Divides the vertical axis by powers of ten; points without a positive y are left out.
    pub fn log_y(mut self) -> Self {
        self.log_y = true;
        self
    }

    /// Shows exactly this range of x instead of all of the data.
    pub fn x_range(mut self, low: f64, high: f64) -> Self {
        self.x_range = Some((low, high));
        self
    }

    /// Shows exactly this range of y instead of all of the data.
    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y_range = Some((low, high));
        self
    }

    /// Makes the figure so many pixels wide and high (640 × 400 otherwise).
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Size::Outer(width, height);
        self
    }

    fn axes(&self) -> (Axis, Axis) {
        let whole = |values: &[f64]| values.iter().all(|value| value.fract() == 0.0);
        let x_scale = if self.log_x {
            Scale::Log
        } else if self.series.iter().all(|series| whole(&series.x)) {
            Scale::Integer
        } else {
            Scale::Linear
        };
        let y_scale = if self.log_y { Scale::Log } else { Scale::Linear };
        let padding = if self.series.iter().any(|series| series.markers) { 0.02 } else { 0.0 };
        let xs = self.series.iter().flat_map(|series| series.x.iter().copied());
        let bands = self.series.iter().filter_map(|series| series.band.as_ref());
        let ys = self
            .series
            .iter()
            .flat_map(|series| series.y.iter())
            .chain(bands.flat_map(|(low, high)| low.iter().chain(high)))
            .copied();
        (
            self.x_range.map_or_else(
                || Axis::fit(xs.clone(), x_scale, padding),
                |range| Axis::exactly(range, x_scale),
            ),
            self.y_range
                .map_or_else(|| Axis::fit(ys.clone(), y_scale, 0.05), |range| Axis::exactly(range, y_scale)),
        )
    }

    /// Lays the chart out.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) if a series has not as many x as y, or a band not as many as its series.
    pub fn figure(&self) -> Result<Figure> {
        for series in &self.series {
            let y = (format!("y of “{}”", series.name), series.y.len());
            check_lengths(&self.title, ("x", series.x.len()), (&y.0, y.1))?;
            if let Some((low, high)) = &series.band {
                check_lengths(&self.title, ("the band's low side", low.len()), (&y.0, y.1))?;
                check_lengths(&self.title, ("the band's high side", high.len()), (&y.0, y.1))?;
            }
        }
        let (x, y) = self.axes();
        let mut frame = Frame::new(&self.title, x, y);
        frame.x_label = self.x_label.clone();
        frame.y_label = self.y_label.clone();
        frame.size = self.size;
        frame.empty = !self.series.iter().any(|series| {
            series.x.iter().zip(&series.y).any(|(&x, &y)| frame.x.can_show(x) && frame.y.can_show(y))
        });
        let mut named: Vec<&Series> = Vec::new();
        for series in &self.series {
            if !series.name.is_empty() && named.iter().all(|other| other.name != series.name) {
                named.push(series);
            }
        }
        frame.legend = named
            .into_iter()
            .map(|series| LegendEntry {
                text: series.name.clone(),
                color: color::class(series.color),
                sign: Sign::Line { dashed: series.dashed },
            })
            .collect();
        Ok(frame.draw(|plane| {
            let (y_low, y_high) = plane.y.bounds();
            for (x, text) in &self.marks {
                let line = [(*x, y_low), (*x, y_high)];
                plane.line(&line, Stroke { dashed: true, ..pen(color::SOFT_INK, 1.0, 1.0) });
                let (x_low, x_high) = plane.x.bounds();
                let (middle, _) = plane.pixel(((x_low + x_high) / 2.0, y_high));
                let on_the_right = plane.pixel((*x, y_high)).0 > middle;
                let (dx, horizontal) = if on_the_right { (-5.0, Anchor::End) } else { (5.0, Anchor::Start) };
                let look = TextLook {
                    size: 11.0,
                    weight: Weight::Regular,
                    color: color::SOFT_INK,
                    horizontal,
                    vertical: Anchor::Start,
                };
                plane.text((*x, y_high), (dx, 5.0), text, look);
            }
            for series in &self.series {
                if let Some((low, high)) = &series.band {
                    let fill = filled(color::class(series.color), 0.18);
                    let corners: Vec<_> = series
                        .x
                        .iter()
                        .zip(low)
                        .zip(high)
                        .map(|((&x, &low), &high)| (x, low, high))
                        .collect();
                    let finite = |&(x, low, high): &(f64, f64, f64)| {
                        plane.x.can_show(x) && plane.y.can_show(low) && plane.y.can_show(high)
                    };
                    let runs: Vec<Vec<_>> = corners
                        .chunk_by(|a, b| finite(a) && finite(b))
                        .map(|run| {
                            let there = run.iter().map(|&(x, low, _)| (x, low));
                            let back = run.iter().rev().map(|&(x, _, high)| (x, high));
                            there.chain(back).collect()
                        })
                        .collect();
                    for run in runs {
                        plane.polygon(&run, fill);
                    }
                }
            }
            for series in &self.series {
                let color = color::class(series.color);
                let points: Vec<_> = series.x.iter().copied().zip(series.y.iter().copied()).collect();
                plane.line(&points, Stroke { dashed: series.dashed, ..pen(color, 1.0, LINE) });
                if series.markers {
                    plane.discs(&points, 3.0, filled(color, 1.0), Some(pen(WHITE, 1.0, 0.8)));
                }
            }
        }))
    }
}
