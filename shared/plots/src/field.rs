//! Arrows of a vector field and paths through it.

use crate::axis::{Axis, Scale};
use crate::chart::{ColorBar, Frame, LINE, LegendEntry, Mesh, Sign, Size, filled, pen};
use crate::color::{self, ColorMap, Rgb, WHITE, fraction};
use crate::number::{check_lengths, finite_range, to_f64s};
use crate::plane::Plane;
use crate::{Figure, Number, Result};

/// A path through the plane: an optimizer's steps, a particle in a flow.
#[derive(Clone, Debug)]
pub(crate) struct Trajectory {
    pub(crate) name: String,
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
}

impl Trajectory {
    pub(crate) fn new<X: Number, Y: Number>(name: &str, x: &[X], y: &[Y]) -> Self {
        Self { name: name.to_owned(), x: to_f64s(x), y: to_f64s(y) }
    }

    pub(crate) fn check(&self, figure: &str) -> Result<()> {
        let x = format!("x of “{}”", self.name);
        check_lengths(figure, (&x, self.x.len()), ("y", self.y.len()))
    }

    /// A line with a white rim, so that it is seen on any background, a dot at each of not too many steps, a ring
    /// where it starts and a disc where it ends.
    pub(crate) fn draw(&self, plane: &mut Plane<'_>, color: Rgb) {
        let points: Vec<_> = self.x.iter().copied().zip(self.y.iter().copied()).collect();
        plane.line(&points, pen(WHITE, 0.7, LINE + 2.0));
        plane.line(&points, pen(color, 1.0, LINE));
        if points.len() <= 80 {
            plane.discs(&points, 2.2, filled(color, 1.0), Some(pen(WHITE, 0.8, 0.6)));
        }
        if let [first, .., last] = points[..] {
            plane.discs(&[first], 4.0, filled(WHITE, 1.0), Some(pen(color, 1.0, LINE)));
            plane.discs(&[last], 4.4, filled(color, 1.0), Some(pen(WHITE, 1.0, 1.2)));
        }
    }
}

pub(crate) fn legend(trajectories: &[Trajectory]) -> Vec<LegendEntry> {
    let mut entries: Vec<LegendEntry> = Vec::new();
    for (index, trajectory) in trajectories.iter().enumerate() {
        if trajectory.name.is_empty() || entries.iter().any(|entry| entry.text == trajectory.name) {
            continue;
        }
        entries.push(LegendEntry {
            text: trajectory.name.clone(),
            color: trajectory_color(trajectories, index),
            sign: Sign::Line { dashed: false },
        });
    }
    entries
}

/// Trajectories of one name share a colour. Vermilion comes first: it stands out from viridis and from grey arrows.
pub(crate) fn trajectory_color(trajectories: &[Trajectory], index: usize) -> Rgb {
    const ORDER: [usize; 8] = [1, 0, 3, 4, 7, 5, 2, 6];
    let mut names: Vec<&str> = Vec::new();
    for trajectory in &trajectories[..=index] {
        if !names.contains(&trajectory.name.as_str()) {
            names.push(&trajectory.name);
        }
    }
    let name = trajectories[index].name.as_str();
    let place = names.iter().position(|other| *other == name).unwrap_or(0);
    color::class(ORDER[place % ORDER.len()])
}

/// Arrows (u, v) at the points (x, y), coloured by their length.
///
/// ```
/// # use plots::VectorField;
/// let figure = VectorField::from_fn("Rotation", (-1.0, 1.0), (-1.0, 1.0), 12, |x, y| (-y, x))
///     .trajectory("orbit", &[0.5, 0.0, -0.5], &[0.0, 0.5, 0.0])
///     .figure()?;
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .figure() to draw it"]
pub struct VectorField {
    title: String,
    x_label: String,
    y_label: String,
    arrows: [Vec<f64>; 4],
    range: Option<((f64, f64), (f64, f64))>,
    trajectories: Vec<Trajectory>,
    /// The side of the square that an arrow has for itself, in fractions of the plot's width.
    spacing: Option<f64>,
    length_label: String,
    size: Size,
}

impl VectorField {
    /// Arrows (u, v) at (x, y). The longest is as long as the points are apart, were they on a square grid.
    pub fn new<T: Number>(title: &str, x: &[T], y: &[T], u: &[T], v: &[T]) -> Self {
        Self {
            title: title.to_owned(),
            x_label: String::new(),
            y_label: String::new(),
            arrows: [x, y, u, v].map(to_f64s),
            range: None,
            trajectories: Vec::new(),
            spacing: None,
            length_label: String::new(),
            size: Size::Plot(420.0, 420.0),
        }
    }

    /// The field `f` at `count · count` points in the middle of as many equal cells.
    pub fn from_fn(
        title: &str,
        (x_low, x_high): (f64, f64),
        (y_low, y_high): (f64, f64),
        count: usize,
        f: impl Fn(f64, f64) -> (f64, f64),
    ) -> Self {
        let at = |low: f64, high: f64, index: usize| low + (high - low) * (index as f64 + 0.5) / count as f64;
        let mut arrows = [const { Vec::new() }; 4];
        for index in 0..count * count {
            let (x, y) = (at(x_low, x_high, index % count), at(y_low, y_high, index / count));
            let (u, v) = f(x, y);
            for (list, value) in arrows.iter_mut().zip([x, y, u, v]) {
                list.push(value);
            }
        }
        let [x, y, u, v] = &arrows;
        let mut field = Self::new(title, x, y, u, v);
        field.range = Some(((x_low, x_high), (y_low, y_high)));
        field.spacing = Some(1.0 / count.max(1) as f64);
        field
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

    /// Names the colour bar, which shows the lengths of the arrows: "speed", "‖∇ℒ‖".
    pub fn length_label(mut self, label: &str) -> Self {
        self.length_label = label.to_owned();
        self
    }

    /// Shows exactly these ranges.
    pub fn range(mut self, x: (f64, f64), y: (f64, f64)) -> Self {
        self.range = Some((x, y));
        self
    }

    /// Adds a path; an empty name stays out of the legend, and paths of one name share a colour.
    pub fn trajectory<X: Number, Y: Number>(mut self, name: &str, x: &[X], y: &[Y]) -> Self {
        self.trajectories.push(Trajectory::new(name, x, y));
        self
    }

    /// Makes the area between the axes so many pixels wide and high.
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Size::Plot(width, height);
        self
    }

    /// Lays the field out.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) if the lists of the arrows or of a path differ in length.
    pub fn figure(&self) -> Result<Figure> {
        let [x, y, u, v] = &self.arrows;
        for (name, list) in [("y", y), ("u", u), ("v", v)] {
            check_lengths(&self.title, ("x", x.len()), (name, list.len()))?;
        }
        for trajectory in &self.trajectories {
            trajectory.check(&self.title)?;
        }
        let (x_axis, y_axis) = match self.range {
            Some((x, y)) => (Axis::exactly(x, Scale::Linear), Axis::exactly(y, Scale::Linear)),
            None => {
                let of = |arrows: &[f64], path: fn(&Trajectory) -> &Vec<f64>| {
                    let paths = self.trajectories.iter().flat_map(path).copied();
                    Axis::fit(arrows.iter().copied().chain(paths), Scale::Linear, 0.08)
                };
                (of(x, |path| &path.x), of(y, |path| &path.y))
            }
        };
        let lengths: Vec<f64> = u.iter().zip(v).map(|(u, v)| u.hypot(*v)).collect();
        let longest = finite_range(lengths.iter().copied()).map_or(0.0, |(_, high)| high);
        let mut frame = Frame::new(&self.title, x_axis, y_axis);
        frame.x_label = self.x_label.clone();
        frame.y_label = self.y_label.clone();
        frame.size = self.size;
        frame.mesh = Mesh::None;
        frame.empty = self.trajectories.is_empty() && !lengths.iter().any(|length| length.is_finite());
        frame.legend = legend(&self.trajectories);
        if longest > 0.0 {
            frame.color_bar = Some(ColorBar {
                map: ColorMap::Viridis,
                range: (0.0, longest),
                scale: Scale::Linear,
                label: self.length_label.clone(),
                steps: None,
            });
        }
        let (width, height) = match self.size {
            Size::Plot(width, height) | Size::Outer(width, height) => (width, height),
        };
        let spacing = self.spacing.unwrap_or_else(|| 1.0 / (x.len().max(1) as f64).sqrt().max(2.0));
        let room = 0.92 * spacing * width.min(height);
        Ok(frame.draw(|plane| {
            let (x_span, y_span) = (plane.x.bounds(), plane.y.bounds());
            for index in 0..x.len() {
                let length = lengths[index];
                if !length.is_finite() || length == 0.0 || longest == 0.0 {
                    continue;
                }
                // Directions as they look on the page, where the axes have their own scales; lengths by the root of
                // the share, so that short arrows keep a visible direction.
                let dx = u[index] / length * width / (x_span.1 - x_span.0);
                let dy = -v[index] / length * height / (y_span.1 - y_span.0);
                let norm = dx.hypot(dy);
                if !(norm > 0.0 && norm.is_finite()) {
                    continue;
                }
                let pixels = room * (length / longest).sqrt().max(0.15);
                let step = (dx / norm * pixels, dy / norm * pixels);
                let color = ColorMap::Viridis.color(fraction(length, (0.0, longest)));
                arrow(plane, (x[index], y[index]), step, color);
            }
            for (index, trajectory) in self.trajectories.iter().enumerate() {
                trajectory.draw(plane, trajectory_color(&self.trajectories, index));
            }
        }))
    }
}

/// An arrow centred at a point, `(dx, dy)` pixels long: a shaft and a head in one outline.
fn arrow(plane: &mut Plane<'_>, center: (f64, f64), (dx, dy): (f64, f64), color: Rgb) {
    use crate::scene::{Paint, Shape, units};

    if !plane.is_near(center) {
        return;
    }
    let (x, y) = plane.pixel(center);
    let length = dx.hypot(dy);
    let (along, across) = ((dx / length, dy / length), (-dy / length, dx / length));
    let head = (0.42 * length).min(8.0);
    let (shaft, wing) = ((length * 0.05).clamp(0.5, 0.9), head * 0.42);
    let at = |forward: f64, sideways: f64| {
        let forward = forward - length / 2.0;
        (
            units(x + along.0 * forward + across.0 * sideways),
            units(y + along.1 * forward + across.1 * sideways),
        )
    };
    let points = vec![
        at(0.0, shaft),
        at(length - head, shaft),
        at(length - head, wing),
        at(length, 0.0),
        at(length - head, -wing),
        at(length - head, -shaft),
        at(0.0, -shaft),
    ];
    plane.shape(Shape::Path { points, closed: true, fill: Some(Paint { color, alpha: 1.0 }), stroke: None });
}
