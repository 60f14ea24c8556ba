//! Level sets of a function of two variables, and optimizers' paths over them.

use crate::axis::{Axis, Scale};
use crate::chart::{ColorBar, Frame, Mesh, Size, filled, pen};
use crate::color::{self, ColorMap, MISSING, WHITE};
use crate::field::{Trajectory, legend, trajectory_color};
use crate::font::Weight;
use crate::isolines::isolines;
use crate::number::finite_range;
use crate::plane::Plane;
use crate::scene::{Anchor, Bitmap, TextLook};
use crate::{Figure, Grid, Number, Result};

/// Filled level sets with their lines, and paths over them.
///
/// ```
/// # use plots::{Contour, Grid};
/// let (x, y) = ((-2.0, 2.0), (-1.0, 3.0));
/// let rosenbrock = |x: f64, y: f64| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
/// let figure = Contour::new("Rosenbrock", x, y, Grid::from_fn(x, y, (120, 120), rosenbrock))
///     .log()
///     .trajectory("SGD", &[-1.5, -1.2, -0.4], &[2.0, 1.5, 0.3])
///     .point(1.0, 1.0, "minimum")
///     .figure()?;
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .figure() to draw it"]
pub struct Contour {
    title: String,
    x_range: (f64, f64),
    y_range: (f64, f64),
    grid: Grid,
    levels: usize,
    log: bool,
    x_label: String,
    y_label: String,
    bar_label: String,
    trajectories: Vec<Trajectory>,
    points: Vec<(f64, f64, String)>,
    size: Size,
}

impl Contour {
    /// The level sets of a function whose samples lie on the borders of the ranges and evenly between them, row 0 at
    /// the lowest y, as [`Grid::from_fn`] gives them.
    pub fn new(title: &str, x_range: (f64, f64), y_range: (f64, f64), grid: Grid) -> Self {
        Self {
            title: title.to_owned(),
            x_range,
            y_range,
            grid,
            levels: 12,
            log: false,
            x_label: String::new(),
            y_label: String::new(),
            bar_label: String::new(),
            trajectories: Vec::new(),
            points: Vec::new(),
            size: Size::Plot(460.0, 400.0),
        }
    }

    /// Cuts the range of the values into so many bands (12 otherwise).
    pub fn levels(mut self, levels: usize) -> Self {
        self.levels = levels.clamp(2, 60);
        self
    }

    /// Spaces the levels by constant ratios, for functions that grow by orders of magnitude. Values ≤ 0 count as the
    /// lowest level, and so does the lowest half percent: near a minimum of 0 there would be no end of levels. At most
    /// eight decades below the largest value are told apart.
    pub fn log(mut self) -> Self {
        self.log = true;
        self
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

    /// Adds a path; paths of one name share a colour.
    pub fn trajectory<X: Number, Y: Number>(mut self, name: &str, x: &[X], y: &[Y]) -> Self {
        self.trajectories.push(Trajectory::new(name, x, y));
        self
    }

    /// Marks a point with a few words.
    pub fn point(mut self, x: f64, y: f64, text: &str) -> Self {
        self.points.push((x, y, text.to_owned()));
        self
    }

    /// Makes the area between the axes so many pixels wide and high.
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Size::Plot(width, height);
        self
    }

    /// Lays the figure out.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) if a path has not as many x as y.
    pub fn figure(&self) -> Result<Figure> {
        for trajectory in &self.trajectories {
            trajectory.check(&self.title)?;
        }
        let (grid, range) = self.levelled();
        let mut frame = Frame::new(
            &self.title,
            Axis::exactly(self.x_range, Scale::Linear),
            Axis::exactly(self.y_range, Scale::Linear),
        );
        frame.x_label = self.x_label.clone();
        frame.y_label = self.y_label.clone();
        frame.size = self.size;
        frame.mesh = Mesh::None;
        frame.legend = legend(&self.trajectories);
        frame.empty = grid.is_empty();
        frame.color_bar = Some(ColorBar {
            map: ColorMap::Viridis,
            range: if self.log { (10f64.powf(range.0), 10f64.powf(range.1)) } else { range },
            scale: if self.log { Scale::Log } else { Scale::Linear },
            label: self.bar_label.clone(),
            steps: Some(self.levels),
        });
        Ok(frame.draw(|plane| {
            if !grid.is_empty() {
                self.draw_levels(plane, &grid, range);
            }
            for (index, trajectory) in self.trajectories.iter().enumerate() {
                trajectory.draw(plane, trajectory_color(&self.trajectories, index));
            }
            for (x, y, text) in &self.points {
                let rim = pen(color::INK, 1.0, 1.4);
                plane.discs(&[(*x, *y)], 4.5, filled(WHITE, 1.0), Some(rim));
                let look = TextLook {
                    size: 12.0,
                    weight: Weight::Regular,
                    color: color::INK,
                    horizontal: Anchor::Start,
                    vertical: Anchor::Middle,
                };
                plane.label((*x, *y), (9.0, 0.0), text, look);
            }
        }))
    }

    /// The values, or their logarithms, and the range that the levels divide.
    fn levelled(&self) -> (Grid, (f64, f64)) {
        let finite = |grid: &Grid| finite_range(grid.values().iter().copied());
        if !self.log {
            let (low, high) = finite(&self.grid).unwrap_or((0.0, 1.0));
            let range = Axis::exactly((low, high), Scale::Linear).bounds();
            return (self.grid.clone(), range);
        }
        let positive = self.grid.map(|value| if value > 0.0 { value.log10() } else { f64::NAN });
        let mut sorted: Vec<f64> =
            positive.values().iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let high = sorted.last().copied().unwrap_or(1.0);
        let low = sorted.get(sorted.len() / 200).copied().unwrap_or(0.0).max(high - 8.0);
        let grid = self.grid.map(|value| match value {
            value if value > 0.0 => value.log10().max(low),
            value if value.is_nan() => value,
            _ => low,
        });
        (grid, Axis::exactly((low, high), Scale::Linear).bounds())
    }

    fn draw_levels(&self, plane: &mut Plane<'_>, grid: &Grid, (low, high): (f64, f64)) {
        let ((x0, x1), (y0, y1)) = (self.x_range, self.y_range);
        let (last_row, last_column) = ((grid.rows() - 1) as f64, (grid.columns() - 1) as f64);
        let levels = self.levels as f64;
        let band =
            |value: f64| (crate::color::fraction(value, (low, high)) * levels).min(levels - 1.0).floor();
        let (height, width) = (360, 360);
        let bitmap = Bitmap::from_fn(height, width, |row, column| {
            // Ranges given from high to low show the mirror image.
            let up = 1.0 - (row as f64 + 0.5) / height as f64;
            let along = (column as f64 + 0.5) / width as f64;
            let up = if y0 > y1 { 1.0 - up } else { up };
            let along = if x0 > x1 { 1.0 - along } else { along };
            let value = grid.sample(up * last_row, along * last_column);
            if value.is_nan() { MISSING } else { ColorMap::Viridis.color((band(value) + 0.5) / levels) }
        });
        plane.fill_with_image(bitmap, true);
        for index in 1..self.levels {
            let share = index as f64 / levels;
            let level = low * (1.0 - share) + high * share;
            for line in isolines(grid, level) {
                let line: Vec<_> = line
                    .iter()
                    .map(|(column, row)| {
                        (
                            x0 + (x1 - x0) * column / last_column.max(1.0),
                            y0 + (y1 - y0) * row / last_row.max(1.0),
                        )
                    })
                    .collect();
                plane.line(&line, pen(WHITE, 0.4, 0.7));
            }
        }
    }
}
