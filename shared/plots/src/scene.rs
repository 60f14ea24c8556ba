//! What a figure consists of once it is laid out: a list of shapes, from which both the SVG and the PNG are made.
//!
//! [`Recorder`] is a backend of plotters that writes its drawing calls into a [`Scene`]. The unit is a tenth of a CSS
//! pixel: plotters draws on whole numbers, and in tenths a curve is smooth. plotters' own backends stay unused: its
//! SVG writes one rectangle for each pixel of an image, and its bitmaps have no smoothing of filled shapes.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
    FontTransform,
};

use crate::color::Rgb;
use crate::font::{self, Weight};

/// Scene units in a CSS pixel.
pub(crate) const UNIT: i32 = 10;

/// Pixels to scene units.
pub(crate) fn units(pixels: f64) -> i32 {
    (pixels * f64::from(UNIT)).round().clamp(-1e8, 1e8) as i32
}

pub(crate) type Point = (i32, i32);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Paint {
    pub(crate) color: Rgb,
    pub(crate) alpha: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) paint: Paint,
    pub(crate) width: i32,
    pub(crate) dashed: bool,
}

/// A picture of `width · height` pixels, three bytes each.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bitmap {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

impl Bitmap {
    /// The picture whose pixel at (row, column) is `color(row, column)`.
    pub(crate) fn from_fn(height: usize, width: usize, color: impl Fn(usize, usize) -> Rgb) -> Self {
        let pixels = (0..height)
            .flat_map(|row| (0..width).map(move |column| (row, column)))
            .flat_map(|(row, column)| {
                let Rgb(red, green, blue) = color(row, column);
                [red, green, blue]
            })
            .collect();
        Self { width, height, pixels }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    /// Where the base line is anchored.
    pub(crate) at: Point,
    pub(crate) anchor: Anchor,
    pub(crate) size: i32,
    pub(crate) weight: Weight,
    pub(crate) color: Rgb,
    /// Clockwise, in degrees: 0, 90, 180 or 270.
    pub(crate) rotation: i32,
    pub(crate) text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Path {
        points: Vec<Point>,
        closed: bool,
        fill: Option<Paint>,
        stroke: Option<Stroke>,
    },
    Rectangle {
        low: Point,
        high: Point,
        fill: Option<Paint>,
        stroke: Option<Stroke>,
    },
    Circle {
        center: Point,
        radius: i32,
        fill: Option<Paint>,
        stroke: Option<Stroke>,
    },
    Text(Text),
    /// Pixels are enlarged as squares, or smoothly.
    Image {
        low: Point,
        high: Point,
        bitmap: Arc<Bitmap>,
        smooth: bool,
    },
    /// The shapes that follow are cut off outside this rectangle, up to the next `Unclip`. Clips do not nest.
    Clip {
        low: Point,
        high: Point,
    },
    Unclip,
}

impl Shape {
    /// Lines along the axes and rectangles are drawn without smoothing, so that they stay sharp.
    pub(crate) fn is_crisp(&self) -> bool {
        match self {
            Shape::Path { points, .. } => match points[..] {
                [(x0, y0), (x1, y1)] => x0 == x1 || y0 == y1,
                _ => false,
            },
            Shape::Rectangle { .. } => true,
            _ => false,
        }
    }

    fn shift(&mut self, (dx, dy): Point) {
        let shift = |point: &mut Point| *point = (point.0 + dx, point.1 + dy);
        match self {
            Shape::Path { points, .. } => points.iter_mut().for_each(shift),
            Shape::Rectangle { low, high, .. }
            | Shape::Image { low, high, .. }
            | Shape::Clip { low, high } => {
                shift(low);
                shift(high);
            }
            Shape::Circle { center, .. } => shift(center),
            Shape::Text(text) => shift(&mut text.at),
            Shape::Unclip => {}
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scene {
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) shapes: Vec<Shape>,
}

/// How a piece of text stands on its anchor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextLook {
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) color: Rgb,
    pub(crate) horizontal: Anchor,
    /// The anchor is at the top (start), in the middle or at the bottom (end) of the line.
    pub(crate) vertical: Anchor,
}

impl Scene {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Self { width: units(width), height: units(height), ..Self::default() }
    }

    pub(crate) fn push(&mut self, shape: Shape) {
        self.shapes.push(shape);
    }

    /// Copies the shapes of `other` so that its corner comes to `at`.
    pub(crate) fn place(&mut self, other: &Scene, at: Point) {
        self.shapes.extend(other.shapes.iter().map(|shape| {
            let mut shape = shape.clone();
            shape.shift(at);
            shape
        }));
    }

    /// Writes `text` at a place in pixels.
    pub(crate) fn text(&mut self, (x, y): (f64, f64), text: &str, look: TextLook) {
        if text.is_empty() {
            return;
        }
        let drop = look.size * base_line(look.vertical);
        self.push(Shape::Text(Text {
            at: (units(x), units(y + drop)),
            anchor: look.horizontal,
            size: units(look.size),
            weight: look.weight,
            color: look.color,
            rotation: 0,
            text: text.to_owned(),
        }));
    }
}

/// How far below its anchor the base line is, in units of the font size.
fn base_line(vertical: Anchor) -> f64 {
    match vertical {
        Anchor::Start => font::ASCENT,
        Anchor::Middle => font::CAP_HEIGHT / 2.0,
        Anchor::End => -font::DESCENT,
    }
}

/// The backend that plotters draws axes, their numbers and the mesh on.
pub(crate) struct Recorder(pub(crate) Rc<RefCell<Scene>>);

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Recorder {
    fn push(&mut self, shape: Shape) -> Drawn {
        self.0.borrow_mut().push(shape);
        Ok(())
    }
}

fn stroke(style: &impl BackendStyle) -> Stroke {
    Stroke { paint: paint(style.color()), width: style.stroke_width() as i32, dashed: false }
}

fn paint(color: BackendColor) -> Paint {
    let (red, green, blue) = color.rgb;
    Paint { color: Rgb(red, green, blue), alpha: color.alpha }
}

impl DrawingBackend for Recorder {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let scene = self.0.borrow();
        (scene.width as u32, scene.height as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let fill = Some(paint(color));
        self.push(Shape::Rectangle { low: (x, y), high: (x + 1, y + 1), fill, stroke: None })
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let ((x0, y0), (x1, y1)) = (upper_left, bottom_right);
        self.push(Shape::Rectangle {
            low: (x0.min(x1), y0.min(y1)),
            high: (x0.max(x1), y0.max(y1)),
            fill: fill.then(|| paint(style.color())),
            stroke: (!fill).then(|| stroke(style)),
        })
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let mut points: Vec<Point> = path.into_iter().collect();
        points.dedup();
        if points.len() < 2 {
            return Ok(());
        }
        self.push(Shape::Path { points, closed: false, fill: None, stroke: Some(stroke(style)) })
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let anchor = style.anchor();
        let vertical = match anchor.v_pos {
            VPos::Top => Anchor::Start,
            VPos::Center => Anchor::Middle,
            VPos::Bottom => Anchor::End,
        };
        let drop = (style.size() * base_line(vertical)).round() as i32;
        let (dx, dy) = style.transform().transform(0, drop);
        self.push(Shape::Text(Text {
            at: (x + dx, y + dy),
            anchor: match anchor.h_pos {
                HPos::Left => Anchor::Start,
                HPos::Center => Anchor::Middle,
                HPos::Right => Anchor::End,
            },
            size: style.size().round() as i32,
            weight: weight(style),
            color: paint(style.color()).color,
            rotation: match style.transform() {
                FontTransform::None => 0,
                FontTransform::Rotate90 => 90,
                FontTransform::Rotate180 => 180,
                FontTransform::Rotate270 => 270,
            },
            text: text.to_owned(),
        }))
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok((font::width(text, style.size(), weight(style)).ceil() as u32, style.size().ceil() as u32))
    }
}

fn weight(style: &impl BackendTextStyle) -> Weight {
    match style.style() {
        FontStyle::Bold => Weight::Bold,
        _ => Weight::Regular,
    }
}
