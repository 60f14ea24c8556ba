//! Points in the plane, by class, and what a classifier says between them.

use crate::axis::{Axis, Scale};
use crate::chart::{Frame, LegendEntry, Mesh, Sign, Size, filled, pen};
use crate::color::{self, Rgb, WHITE};
use crate::isolines::isolines;
use crate::number::{check_lengths, to_f64s};
use crate::plane::Plane;
use crate::scene::Bitmap;
use crate::{Error, Figure, Grid, Number, Result};

#[derive(Clone, Debug)]
struct Class {
    name: String,
    color: Rgb,
    x: Vec<f64>,
    y: Vec<f64>,
}

/// The probabilities of the classes on a grid of points.
#[derive(Clone, Debug)]
struct Decision {
    x_range: (f64, f64),
    y_range: (f64, f64),
    rows: usize,
    columns: usize,
    classes: usize,
    probabilities: Vec<f64>,
}

/// A scatter plot with a colour for each class and, if asked for, the decision of a classifier behind the points.
///
/// ```
/// # use plots::Scatter;
/// let figure = Scatter::new("Is x + y positive?")
///     .points(&[0.5, -0.5, 1.0], &[0.2, -0.1, 0.4], &[1, 0, 1])
///     // Probabilities of class 1 on a grid of 2 × 3 points, from the lower left corner.
///     .decision((-1.0, 1.0), (-1.0, 1.0), (2, 3), &[0.0, 0.1, 0.5, 0.5, 0.9, 1.0])
///     .figure()?;
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .figure() to draw it"]
pub struct Scatter {
    title: String,
    x_label: String,
    y_label: String,
    classes: Vec<Class>,
    decision: Option<Decision>,
    error: Option<(String, usize, usize)>,
    size: Size,
    radius: Option<f64>,
}

impl Scatter {
    /// A plot without points, 420 pixels wide and high between the axes.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            x_label: String::new(),
            y_label: String::new(),
            classes: Vec::new(),
            decision: None,
            error: None,
            size: Size::Plot(420.0, 420.0),
            radius: None,
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

    /// Adds the points of one class; an empty name stays out of the legend.
    pub fn class<X: Number, Y: Number>(mut self, name: &str, x: &[X], y: &[Y]) -> Self {
        let color = color::class(self.classes.len());
        self.classes.push(Class { name: name.to_owned(), color, x: to_f64s(x), y: to_f64s(y) });
        self
    }

    /// Adds points with the number of the class of each. The classes are called "class 0", "class 1" and so on.
    pub fn points<X: Number, Y: Number>(mut self, x: &[X], y: &[Y], labels: &[usize]) -> Self {
        for (what, length) in [("labels of x", x.len()), ("labels of y", y.len())] {
            if length != labels.len() {
                self.error = Some((what.to_owned(), labels.len(), length));
                return self;
            }
        }
        // Labels come from data: a stray huge one must not make as many classes.
        let mut present = labels.to_vec();
        present.sort_unstable();
        present.dedup();
        for label in present {
            let of_class = |values: Vec<f64>| -> Vec<f64> {
                values.into_iter().zip(labels).filter(|(_, other)| **other == label).map(|(v, _)| v).collect()
            };
            self.classes.push(Class {
                name: format!("class {label}"),
                color: color::class(label),
                x: of_class(to_f64s(x)),
                y: of_class(to_f64s(y)),
            });
        }
        self
    }

    /// Colours the plane by the probability of class 1 on a grid of `rows · columns` points, `probabilities` row by
    /// row from the lowest y, and draws the line where it is ½.
    ///
    /// [`Grid::from_fn`] has the points in this order.
    pub fn decision<T: Number>(
        self,
        x_range: (f64, f64),
        y_range: (f64, f64),
        (rows, columns): (usize, usize),
        probabilities: &[T],
    ) -> Self {
        self.decision_of(x_range, y_range, (rows, columns), 1, to_f64s(probabilities))
    }

    /// The same for several classes: `probabilities` has the shape `rows · columns · classes`.
    pub fn decisions<T: Number>(
        self,
        x_range: (f64, f64),
        y_range: (f64, f64),
        (rows, columns, classes): (usize, usize, usize),
        probabilities: &[T],
    ) -> Self {
        self.decision_of(x_range, y_range, (rows, columns), classes, to_f64s(probabilities))
    }

    fn decision_of(
        mut self,
        x_range: (f64, f64),
        y_range: (f64, f64),
        (rows, columns): (usize, usize),
        classes: usize,
        probabilities: Vec<f64>,
    ) -> Self {
        self.decision = Some(Decision { x_range, y_range, rows, columns, classes, probabilities });
        self
    }

    /// Makes the area between the axes so many pixels wide and high.
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Size::Plot(width, height);
        self
    }

    /// Draws points of this radius in pixels; otherwise it depends on how many there are.
    pub fn radius(mut self, radius: f64) -> Self {
        self.radius = Some(radius);
        self
    }

    /// Lays the plot out.
    ///
    /// # Errors
    /// [`Error::Length`] if there are not as many x as y or labels, [`Error::Shape`] if the probabilities do not fill
    /// their grid.
    pub fn figure(&self) -> Result<Figure> {
        if let Some((what, labels, length)) = &self.error {
            check_lengths(&self.title, (what, *labels), ("the points", *length))?;
        }
        for class in &self.classes {
            let x = format!("x of “{}”", class.name);
            check_lengths(&self.title, (&x, class.x.len()), ("y", class.y.len()))?;
        }
        if let Some(decision) = &self.decision {
            decision.check(&self.title)?;
        }
        let all = |of: fn(&Class) -> &Vec<f64>| self.classes.iter().flat_map(of).copied();
        let (x, y) = match &self.decision {
            Some(decision) => (
                Axis::exactly(decision.x_range, Scale::Linear),
                Axis::exactly(decision.y_range, Scale::Linear),
            ),
            None => (
                Axis::fit(all(|class| &class.x), Scale::Linear, 0.05),
                Axis::fit(all(|class| &class.y), Scale::Linear, 0.05),
            ),
        };
        let mut frame = Frame::new(&self.title, x, y);
        frame.x_label = self.x_label.clone();
        frame.y_label = self.y_label.clone();
        frame.size = self.size;
        let count = self.classes.iter().flat_map(|class| class.x.iter().zip(&class.y));
        let count = count.filter(|(x, y)| x.is_finite() && y.is_finite()).count();
        frame.empty = count == 0 && self.decision.is_none();
        if self.decision.is_some() {
            frame.mesh = Mesh::None;
        }
        frame.legend = self
            .classes
            .iter()
            .filter(|class| !class.name.is_empty())
            .map(|class| LegendEntry { text: class.name.clone(), color: class.color, sign: Sign::Disc })
            .collect();
        let radius = self.radius.unwrap_or(match count {
            0..300 => 3.8,
            300..1500 => 2.8,
            _ => 1.8,
        });
        Ok(frame.draw(|plane| {
            if let Some(decision) = &self.decision {
                decision.draw(plane);
            }
            for class in &self.classes {
                let points: Vec<_> = class.x.iter().copied().zip(class.y.iter().copied()).collect();
                let fill = filled(class.color, 0.9);
                let rim = pen(WHITE, 0.9, if radius < 2.5 { 0.3 } else { 0.8 });
                plane.discs(&points, radius, fill, Some(rim));
            }
        }))
    }
}

impl Decision {
    fn check(&self, title: &str) -> Result<()> {
        let needed = self.rows.saturating_mul(self.columns).saturating_mul(self.classes);
        if needed == self.probabilities.len() && needed > 0 {
            return Ok(());
        }
        Err(Error::Shape {
            what: format!("{title}: probabilities"),
            shape: vec![self.rows, self.columns, self.classes],
            needed: needed.max(1),
            got: self.probabilities.len(),
        })
    }

    /// The probability of one class on the grid; with a single column of numbers they are class 1's.
    fn class(&self, class: usize) -> Grid {
        let values: Vec<f64> = self
            .probabilities
            .chunks_exact(self.classes)
            .map(|point| match (self.classes, class) {
                (1, 0) => 1.0 - point[0],
                (1, _) => point[0],
                _ => point[class],
            })
            .collect();
        Grid::new(self.rows, self.columns, &values).expect("the shape was checked")
    }

    fn draw(&self, plane: &mut Plane<'_>) {
        let grids: Vec<Grid> = (0..self.classes.max(2)).map(|class| self.class(class)).collect();
        let (width, height) = (self.columns.clamp(200, 1000), self.rows.clamp(200, 1000));
        let mix = |row: f64, column: f64| {
            // Each class's colour in proportion to its probability, pale, so that the points stand out.
            let weights: Vec<f64> =
                grids.iter().map(|grid| grid.sample(row, column).clamp(0.0, 1.0)).collect();
            let total: f64 = weights.iter().sum();
            if total.is_nan() || total == 0.0 {
                return color::MISSING;
            }
            let channel = |of: fn(Rgb) -> u8| {
                let mixed: f64 = weights
                    .iter()
                    .enumerate()
                    .map(|(class, weight)| weight / total * f64::from(of(color::class(class))))
                    .sum();
                (255.0 + (mixed - 255.0) * 0.45).round() as u8
            };
            Rgb(channel(|c| c.0), channel(|c| c.1), channel(|c| c.2))
        };
        let ((x0, x1), (y0, y1)) = (self.x_range, self.y_range);
        let bitmap = Bitmap::from_fn(height, width, |row, column| {
            let up = 1.0 - (row as f64 + 0.5) / height as f64;
            let along = (column as f64 + 0.5) / width as f64;
            // Ranges given from high to low show the mirror image.
            let up = if y0 > y1 { 1.0 - up } else { up };
            let along = if x0 > x1 { 1.0 - along } else { along };
            mix(up * (self.rows - 1) as f64, along * (self.columns - 1) as f64)
        });
        plane.fill_with_image(bitmap, true);

        let place = |&(column, row): &(f64, f64)| {
            let of = |low: f64, high: f64, position: f64, count: usize| {
                low + (high - low) * position / count.saturating_sub(1).max(1) as f64
            };
            (of(x0, x1, column, self.columns), of(y0, y1, row, self.rows))
        };
        // The border of class k is where its lead over the best of the others is zero. Two classes have one border.
        let borders = if grids.len() == 2 { 1 } else { grids.len() };
        for class in 0..borders {
            let lead: Vec<f64> = (0..self.rows * self.columns)
                .map(|point| {
                    let others = grids.iter().enumerate().filter(|(other, _)| *other != class);
                    let best = others.map(|(_, grid)| grid.values()[point]).fold(f64::NEG_INFINITY, f64::max);
                    grids[class].values()[point] - best
                })
                .collect();
            let lead = Grid::new(self.rows, self.columns, &lead).expect("as many as the grid has");
            for line in isolines(&lead, 0.0) {
                let line: Vec<_> = line.iter().map(place).collect();
                plane.line(&line, pen(color::INK, 0.75, 1.2));
            }
        }
    }
}
