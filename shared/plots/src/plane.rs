//! Drawing in the units of the data, for the figures that have axes.

use std::sync::Arc;

use crate::axis::Axis;
use crate::clip::ClipBox;
use crate::scene::{Bitmap, Paint, Point, Scene, Shape, Stroke, TextLook, UNIT, units};
use crate::{color, font};

/// The area between the axes, in the units of the data. What has no place on the axes (NaN, infinities) is left out,
/// and what lies outside is cut off here: plotters would move it to the border.
pub(crate) struct Plane<'a> {
    scene: &'a mut Scene,
    low: Point,
    high: Point,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
}

impl<'a> Plane<'a> {
    /// The area of `scene` between two corners, upper left and lower right.
    pub(crate) fn new(scene: &'a mut Scene, (low, high): (Point, Point), (x, y): (Axis, Axis)) -> Self {
        Self { scene, low, high, x, y }
    }

    fn can_show(&self, (x, y): (f64, f64)) -> bool {
        self.x.can_show(x) && self.y.can_show(y)
    }

    /// The place of a point, in scene units.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let along = |from: i32, to: i32, fraction: f64| f64::from(from) + fraction * f64::from(to - from);
        (
            along(self.low.0, self.high.0, self.x.fraction(x)),
            along(self.high.1, self.low.1, self.y.fraction(y)),
        )
    }

    /// The place of a point, in pixels of the figure.
    pub(crate) fn pixel(&self, point: (f64, f64)) -> (f64, f64) {
        let (x, y) = self.place(point);
        (x / f64::from(UNIT), y / f64::from(UNIT))
    }

    /// The borders within which shapes are kept, a little outside of the visible area.
    fn clip_box(&self) -> ClipBox {
        let reach = f64::from(20 * UNIT);
        ClipBox {
            x: (f64::from(self.low.0) - reach, f64::from(self.high.0) + reach),
            y: (f64::from(self.low.1) - reach, f64::from(self.high.1) + reach),
        }
    }

    /// Whether a point has a place that is visible, or nearly.
    pub(crate) fn is_near(&self, point: (f64, f64)) -> bool {
        self.can_show(point) && self.clip_box().contains(self.place(point))
    }

    /// A line through the points, broken where one has no place; a point without neighbours is a dot.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        let clip_box = self.clip_box();
        let runs: Vec<_> = points.chunk_by(|&a, &b| self.can_show(a) && self.can_show(b)).collect();
        for run in runs {
            if let &[point] = run {
                self.discs(&[point], 2.5, stroke.paint, None);
                continue;
            }
            let places = thin(run.iter().map(|&point| self.place(point)).collect());
            for line in clip_box.line(&places) {
                let mut points: Vec<Point> = line.into_iter().map(rounded).collect();
                points.dedup();
                if points.len() > 1 {
                    let stroke = Some(stroke);
                    self.shape(Shape::Path { points, closed: false, fill: None, stroke });
                }
            }
        }
    }

    /// A filled polygon; all corners must have a place.
    pub(crate) fn polygon(&mut self, corners: &[(f64, f64)], fill: Paint) {
        if !corners.iter().all(|&corner| self.can_show(corner)) {
            return;
        }
        let places = corners.iter().map(|&corner| self.place(corner)).collect();
        let mut points: Vec<Point> = self.clip_box().polygon(places).into_iter().map(rounded).collect();
        points.dedup();
        if points.len() > 2 {
            self.shape(Shape::Path { points, closed: true, fill: Some(fill), stroke: None });
        }
    }

    /// A rectangle between two opposite corners.
    pub(crate) fn rectangle(&mut self, corners: [(f64, f64); 2], fill: Paint, outline: Option<Stroke>) {
        if !corners.iter().all(|&corner| self.can_show(corner)) {
            return;
        }
        let clip_box = self.clip_box();
        let [(x0, y0), (x1, y1)] = corners.map(|corner| rounded(clip_box.nearest(self.place(corner))));
        self.shape(Shape::Rectangle {
            low: (x0.min(x1), y0.min(y1)),
            high: (x0.max(x1), y0.max(y1)),
            fill: Some(fill),
            stroke: outline,
        });
    }

    /// Discs of `radius` pixels.
    pub(crate) fn discs(&mut self, points: &[(f64, f64)], radius: f64, fill: Paint, outline: Option<Stroke>) {
        for &point in points {
            if self.is_near(point) {
                let center = rounded(self.place(point));
                let (radius, fill) = (units(radius), Some(fill));
                self.shape(Shape::Circle { center, radius, fill, stroke: outline });
            }
        }
    }

    /// A picture over the whole area, its first row at the top.
    pub(crate) fn fill_with_image(&mut self, bitmap: Bitmap, smooth: bool) {
        let (low, high) = (self.low, self.high);
        self.shape(Shape::Image { low, high, bitmap: Arc::new(bitmap), smooth });
    }

    /// Text near a point, moved by some pixels.
    pub(crate) fn text(&mut self, point: (f64, f64), (dx, dy): (f64, f64), text: &str, look: TextLook) {
        if self.is_near(point) {
            let (x, y) = self.pixel(point);
            self.scene.text((x + dx, y + dy), text, look);
        }
    }

    /// Text to the right of a point on a pale ground, to be read on any colour.
    pub(crate) fn label(&mut self, point: (f64, f64), (dx, dy): (f64, f64), text: &str, look: TextLook) {
        if !self.is_near(point) || text.is_empty() {
            return;
        }
        let (x, y) = self.pixel(point);
        let width = font::width(text, look.size, look.weight);
        self.shape(Shape::Rectangle {
            low: (units(x + dx - 3.0), units(y + dy - look.size * 0.68)),
            high: (units(x + dx + width + 3.0), units(y + dy + look.size * 0.68)),
            fill: Some(Paint { color: color::WHITE, alpha: 0.8 }),
            stroke: None,
        });
        self.text(point, (dx, dy), text, look);
    }

    /// A shape in scene units.
    pub(crate) fn shape(&mut self, shape: Shape) {
        self.scene.push(shape);
    }
}

fn rounded((x, y): (f64, f64)) -> Point {
    (x.round() as i32, y.round() as i32)
}

/// Of a long line, the first, lowest, highest and last point in each pixel's width: the picture stays the same.
fn thin(line: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if line.len() < 3000 {
        return line;
    }
    let column = |point: &(f64, f64)| (point.0 / f64::from(UNIT)).floor();
    let mut kept = Vec::new();
    for bucket in line.chunk_by(|a, b| column(a) == column(b)) {
        let by_y = |a: &usize, b: &usize| bucket[*a].1.total_cmp(&bucket[*b].1);
        let lowest = (0..bucket.len()).min_by(by_y).unwrap_or(0);
        let highest = (0..bucket.len()).max_by(by_y).unwrap_or(0);
        let mut indices = [0, lowest, highest, bucket.len() - 1];
        indices.sort_unstable();
        kept.extend(indices.map(|index| bucket[index]));
    }
    kept.dedup();
    kept
}
