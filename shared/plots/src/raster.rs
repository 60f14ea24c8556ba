//! A scene as pixels: smoothed by tiny-skia, without any threads, clocks or system fonts, so that the same figure is
//! the same bytes everywhere.

use tiny_skia::{
    Color, FillRule, FilterQuality, IntSize, LineCap, LineJoin, Mask, Paint as SkiaPaint, Path, PathBuilder,
    Pixmap, PixmapPaint, Rect, Stroke as SkiaStroke, StrokeDash, Transform,
};

use crate::color::Rgb;
use crate::scene::{Anchor, Bitmap, Paint, Point, Scene, Shape, Stroke, Text, UNIT};
use crate::{Error, Result, font, svg};

/// The most pixels a PNG may have: 400 MB of memory while it is drawn.
const MAX_PIXELS: u64 = 100_000_000;

/// Draws `scene` with `scale` device pixels to the CSS pixel.
pub(crate) fn draw(scene: &Scene, scale: f64) -> Result<Bitmap> {
    let scale = scale / f64::from(UNIT);
    let size = |units: i32| ((f64::from(units) * scale).round() as u64).max(1);
    let (width, height) = (size(scene.width), size(scene.height));
    let too_large = || Error::TooLarge { width, height };
    if width.saturating_mul(height) > MAX_PIXELS {
        return Err(too_large());
    }
    let mut pixmap = Pixmap::new(width as u32, height as u32).ok_or_else(too_large)?;
    pixmap.fill(Color::WHITE);
    let mut canvas = Canvas { pixmap, scale: Transform::from_scale(scale as f32, scale as f32), mask: None };
    for shape in &scene.shapes {
        canvas.shape(shape);
    }
    // The background is opaque, so the premultiplied colours are the colours.
    let rgba = canvas.pixmap.take();
    let pixels = rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Ok(Bitmap { width: width as usize, height: height as usize, pixels })
}

/// A PNG, in shades of grey if there is no colour in it.
pub(crate) fn encode_bitmap(bitmap: &Bitmap) -> Result<Vec<u8>> {
    let is_gray = bitmap.pixels.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, bitmap.width as u32, bitmap.height as u32);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(if is_gray { png::ColorType::Grayscale } else { png::ColorType::Rgb });
    let mut writer = encoder.write_header()?;
    if is_gray {
        let gray: Vec<u8> = bitmap.pixels.iter().step_by(3).copied().collect();
        writer.write_image_data(&gray)?;
    } else {
        writer.write_image_data(&bitmap.pixels)?;
    }
    writer.finish()?;
    Ok(bytes)
}

struct Canvas {
    pixmap: Pixmap,
    scale: Transform,
    mask: Option<Mask>,
}

impl Canvas {
    fn shape(&mut self, shape: &Shape) {
        let smooth = !shape.is_crisp();
        match shape {
            Shape::Path { points, closed, fill, stroke } => {
                self.path(polygon(points, *closed), *fill, *stroke, smooth);
            }
            Shape::Rectangle { low, high, fill, stroke } => {
                self.path(rectangle(*low, *high), *fill, *stroke, smooth);
            }
            Shape::Circle { center, radius, fill, stroke } => {
                let path = PathBuilder::from_circle(center.0 as f32, center.1 as f32, *radius as f32);
                self.path(path, *fill, *stroke, smooth);
            }
            Shape::Text(text) => self.text(text),
            Shape::Image { low, high, bitmap, smooth } => self.image(*low, *high, bitmap, *smooth),
            Shape::Clip { low, high } => {
                let mask = Mask::new(self.pixmap.width(), self.pixmap.height());
                self.mask = mask.zip(rectangle(*low, *high)).map(|(mut mask, path)| {
                    mask.fill_path(&path, FillRule::Winding, false, self.scale);
                    mask
                });
            }
            Shape::Unclip => self.mask = None,
        }
    }

    fn path(&mut self, path: Option<Path>, fill: Option<Paint>, stroke: Option<Stroke>, smooth: bool) {
        let Some(path) = path else { return };
        if let Some(fill) = fill {
            self.pixmap.fill_path(
                &path,
                &skia_paint(fill, smooth),
                FillRule::Winding,
                self.scale,
                self.mask.as_ref(),
            );
        }
        if let Some(stroke) = stroke {
            let dash = stroke.dashed.then(|| svg::dashes(stroke.width).map(|length| length as f32));
            let pen = SkiaStroke {
                width: stroke.width as f32,
                line_cap: LineCap::Butt,
                line_join: LineJoin::Round,
                dash: dash.and_then(|lengths| StrokeDash::new(lengths.to_vec(), 0.0)),
                ..SkiaStroke::default()
            };
            self.pixmap.stroke_path(
                &path,
                &skia_paint(stroke.paint, smooth),
                &pen,
                self.scale,
                self.mask.as_ref(),
            );
        }
    }

    fn text(&mut self, text: &Text) {
        let size = f64::from(text.size);
        let Some(path) = font::outline(&text.text, size, text.weight) else { return };
        let width = font::width(&text.text, size, text.weight);
        let left = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -width / 2.0,
            Anchor::End => -width,
        };
        let transform = self
            .scale
            .pre_translate(text.at.0 as f32, text.at.1 as f32)
            .pre_concat(Transform::from_rotate(text.rotation as f32))
            .pre_translate(left as f32, 0.0);
        let paint = skia_paint(Paint { color: text.color, alpha: 1.0 }, true);
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, transform, self.mask.as_ref());
    }

    fn image(&mut self, low: Point, high: Point, bitmap: &Bitmap, smooth: bool) {
        let rgba = bitmap.pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
        let source = IntSize::from_wh(bitmap.width as u32, bitmap.height as u32)
            .and_then(|size| Pixmap::from_vec(rgba, size));
        let Some(source) = source else { return };
        let transform = self.scale.pre_translate(low.0 as f32, low.1 as f32).pre_scale(
            (high.0 - low.0) as f32 / bitmap.width as f32,
            (high.1 - low.1) as f32 / bitmap.height as f32,
        );
        let paint = PixmapPaint {
            quality: if smooth { FilterQuality::Bilinear } else { FilterQuality::Nearest },
            ..PixmapPaint::default()
        };
        self.pixmap.draw_pixmap(0, 0, source.as_ref(), &paint, transform, self.mask.as_ref());
    }
}

fn polygon(points: &[Point], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    path.move_to(first.0 as f32, first.1 as f32);
    for point in rest {
        path.line_to(point.0 as f32, point.1 as f32);
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn rectangle(low: Point, high: Point) -> Option<Path> {
    Rect::from_ltrb(low.0 as f32, low.1 as f32, high.0 as f32, high.1 as f32).map(PathBuilder::from_rect)
}

fn skia_paint(paint: Paint, smooth: bool) -> SkiaPaint<'static> {
    let Rgb(red, green, blue) = paint.color;
    let mut skia = SkiaPaint::default();
    skia.set_color_rgba8(red, green, blue, (paint.alpha.clamp(0.0, 1.0) * 255.0).round() as u8);
    skia.anti_alias = smooth;
    skia
}
