//! Drawings that are no chart: a window over a grid, a network's layers, a matrix cut into blocks.

use std::sync::Arc;

use crate::chart::filled;
use crate::color::{self, Rgb};
use crate::font::{self, Weight};
use crate::scene::{Anchor, Point, Scene, Shape, Stroke, TextLook, units};
use crate::{Figure, Image};

/// How an area or a line looks.
///
/// ```
/// # use plots::{Rgb, Style};
/// let cell = Style::fill(Rgb(0xd6, 0xe6, 0xf4)).outline(Rgb(0x22, 0x22, 0x22), 1.0);
/// let padding = Style::line(Rgb(0x99, 0x99, 0x99), 1.0).dashed();
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    fill: Option<Rgb>,
    opacity: f64,
    outline: Option<(Rgb, f64)>,
    dashed: bool,
}

impl Style {
    /// An area without an outline.
    pub fn fill(color: Rgb) -> Self {
        Self { fill: Some(color), opacity: 1.0, outline: None, dashed: false }
    }

    /// A line of so many pixels, or an outline without an area.
    pub fn line(color: Rgb, width: f64) -> Self {
        Self { fill: None, opacity: 1.0, outline: Some((color, width)), dashed: false }
    }

    /// Lets what is below the area shine through: 0 is invisible, 1 opaque.
    #[must_use]
    pub fn opacity(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }

    /// Draws a line of so many pixels around the area.
    #[must_use]
    pub fn outline(self, color: Rgb, width: f64) -> Self {
        Self { outline: Some((color, width)), ..self }
    }

    /// Dashes the line.
    #[must_use]
    pub fn dashed(self) -> Self {
        Self { dashed: true, ..self }
    }

    fn stroke(self) -> Option<Stroke> {
        self.outline.map(|(color, width)| Stroke {
            paint: filled(color, 1.0),
            width: units(width).max(1),
            dashed: self.dashed,
        })
    }
}

/// How text looks and on which of its sides its place lies: in its middle, unless something else is said.
#[derive(Clone, Copy, Debug)]
pub struct Lettering(TextLook);

impl Lettering {
    /// Text of this size in pixels.
    pub fn size(size: f64) -> Self {
        Self(TextLook {
            size,
            weight: Weight::Regular,
            color: color::INK,
            horizontal: Anchor::Middle,
            vertical: Anchor::Middle,
        })
    }

    /// In bold.
    #[must_use]
    pub fn bold(self) -> Self {
        Self(TextLook { weight: Weight::Bold, ..self.0 })
    }

    /// In another colour than ink.
    #[must_use]
    pub fn color(self, color: Rgb) -> Self {
        Self(TextLook { color, ..self.0 })
    }

    /// Starts at its place.
    #[must_use]
    pub fn from_left(self) -> Self {
        Self(TextLook { horizontal: Anchor::Start, ..self.0 })
    }

    /// Ends at its place.
    #[must_use]
    pub fn to_right(self) -> Self {
        Self(TextLook { horizontal: Anchor::End, ..self.0 })
    }

    /// The width of `text` in pixels.
    pub fn width(self, text: &str) -> f64 {
        font::width(text, self.0.size, self.0.weight)
    }
}

/// A drawing from single shapes, in pixels from the upper left corner. What is drawn later covers what came before.
///
/// ```
/// # use plots::{Diagram, Lettering, Rgb, Style};
/// let mut diagram = Diagram::new("A layer", 220.0, 60.0);
/// let (ink, blue) = (Rgb(0x22, 0x22, 0x22), Rgb(0x00, 0x72, 0xb2));
/// diagram.text((30.0, 30.0), "x", Lettering::size(14.0));
/// diagram.arrow(&[(40.0, 30.0), (80.0, 30.0)], Style::line(ink, 1.2));
/// diagram.rectangle((80.0, 15.0), (60.0, 30.0), Style::fill(blue).opacity(0.2).outline(blue, 1.0));
/// diagram.text((110.0, 30.0), "Linear", Lettering::size(13.0).bold());
/// let svg = diagram.figure().to_svg()?;
/// assert!(svg.contains("Linear"));
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Diagram {
    title: String,
    scene: Scene,
}

impl Diagram {
    /// An empty drawing. The title is not drawn: it is what a screen reader says.
    pub fn new(title: &str, width: f64, height: f64) -> Self {
        Self { title: title.to_owned(), scene: Scene::new(width, height) }
    }

    /// A rectangle with this upper left corner, width and height.
    pub fn rectangle(&mut self, corner: (f64, f64), (width, height): (f64, f64), style: Style) -> &mut Self {
        let (low, high) = (point(corner), point((corner.0 + width, corner.1 + height)));
        let fill = style.fill.map(|color| filled(color, style.opacity));
        // Dashes along the whole outline: the rectangle of a scene has none.
        if style.dashed {
            self.scene.push(Shape::Rectangle { low, high, fill, stroke: None });
            let corners = vec![low, (high.0, low.1), high, (low.0, high.1)];
            self.scene.push(Shape::Path {
                points: corners,
                closed: true,
                fill: None,
                stroke: style.stroke(),
            });
        } else {
            self.scene.push(Shape::Rectangle { low, high, fill, stroke: style.stroke() });
        }
        self
    }

    /// A disc or a circle.
    pub fn circle(&mut self, center: (f64, f64), radius: f64, style: Style) -> &mut Self {
        let fill = style.fill.map(|color| filled(color, style.opacity));
        self.scene.push(Shape::Circle {
            center: point(center),
            radius: units(radius),
            fill,
            stroke: style.stroke(),
        });
        self
    }

    /// A closed area with these corners.
    pub fn polygon(&mut self, corners: &[(f64, f64)], style: Style) -> &mut Self {
        let fill = style.fill.map(|color| filled(color, style.opacity));
        let points = corners.iter().copied().map(point).collect();
        self.scene.push(Shape::Path { points, closed: true, fill, stroke: style.stroke() });
        self
    }

    /// A line through these points.
    pub fn line(&mut self, points: &[(f64, f64)], style: Style) -> &mut Self {
        let points = points.iter().copied().map(point).collect();
        self.scene.push(Shape::Path { points, closed: false, fill: None, stroke: style.stroke() });
        self
    }

    /// A line through these points with a head at its end.
    pub fn arrow(&mut self, points: &[(f64, f64)], style: Style) -> &mut Self {
        let (Some((color, width)), [.., before, end]) = (style.outline, points) else {
            return self;
        };
        let (dx, dy) = (end.0 - before.0, end.1 - before.1);
        let distance = dx.hypot(dy).max(f64::MIN_POSITIVE);
        let (dx, dy) = (dx / distance, dy / distance);
        let (length, half) = (4.5 + 2.0 * width, 2.0 + 1.2 * width);
        // The line ends inside the head, so that its blunt end does not show at the tip.
        let neck = (end.0 - 0.8 * length * dx, end.1 - 0.8 * length * dy);
        let shaft: Vec<_> = points[..points.len() - 1].iter().copied().chain([neck]).collect();
        self.line(&shaft, style);
        let foot = (end.0 - length * dx, end.1 - length * dy);
        let head = [*end, (foot.0 - half * dy, foot.1 + half * dx), (foot.0 + half * dy, foot.1 - half * dx)];
        self.polygon(&head, Style::fill(color))
    }

    /// A line of text at a place.
    pub fn text(&mut self, at: (f64, f64), text: &str, lettering: Lettering) -> &mut Self {
        self.scene.text(at, text, lettering.0);
        self
    }

    /// A picture stretched over a rectangle, each pixel a square.
    pub fn image(&mut self, corner: (f64, f64), (width, height): (f64, f64), image: &Image) -> &mut Self {
        self.scene.push(Shape::Image {
            low: point(corner),
            high: point((corner.0 + width, corner.1 + height)),
            bitmap: Arc::clone(image.bitmap()),
            smooth: false,
        });
        self
    }

    /// A finished figure with its upper left corner at a place.
    pub fn place(&mut self, corner: (f64, f64), figure: &Figure) -> &mut Self {
        self.scene.place(figure.scene(), point(corner));
        self
    }

    /// The finished drawing.
    pub fn figure(&self) -> Figure {
        Figure::new(&self.title, self.scene.clone())
    }
}

fn point((x, y): (f64, f64)) -> Point {
    (units(x), units(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Rgb = Rgb(255, 0, 0);

    fn pixel(diagram: &Diagram, x: usize, y: usize) -> [u8; 3] {
        let bitmap = crate::raster::draw(&diagram.scene, 1.0).unwrap();
        let at = 3 * (y * bitmap.width + x);
        bitmap.pixels[at..at + 3].try_into().unwrap()
    }

    #[test]
    fn shapes_are_where_they_were_put() {
        let mut diagram = Diagram::new("shapes", 40.0, 40.0);
        diagram.rectangle((10.0, 10.0), (10.0, 10.0), Style::fill(RED));
        assert_eq!(pixel(&diagram, 15, 15), [255, 0, 0]);
        assert_eq!(pixel(&diagram, 25, 15), [255, 255, 255]);
        diagram.circle((30.0, 30.0), 5.0, Style::fill(RED).opacity(0.5));
        assert_eq!(pixel(&diagram, 30, 30), [255, 127, 127]);
    }

    #[test]
    fn an_arrow_ends_at_its_end() {
        let mut diagram = Diagram::new("arrow", 40.0, 20.0);
        diagram.arrow(&[(5.0, 10.0), (30.0, 10.0)], Style::line(RED, 2.0));
        assert_eq!(pixel(&diagram, 27, 10), [255, 0, 0]);
        assert_eq!(pixel(&diagram, 31, 10), [255, 255, 255]);
        assert_eq!(pixel(&diagram, 23, 12), [255, 0, 0], "the head is wider than the line");
    }

    #[test]
    fn an_arrow_without_length_or_points_is_harmless() {
        let mut diagram = Diagram::new("nothing", 10.0, 10.0);
        diagram.arrow(&[], Style::line(RED, 1.0));
        diagram.arrow(&[(5.0, 5.0), (5.0, 5.0)], Style::line(RED, 1.0));
        assert!(diagram.figure().to_svg().is_ok());
    }
}
