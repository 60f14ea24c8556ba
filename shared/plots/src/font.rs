//! The one typeface of all figures, and the widths that layouts are computed from.
//!
//! It is a subset of Arimo, which has the same widths as Arial, Helvetica's usual stand-in: text that was laid out
//! here fits in every browser, which draws an SVG with whichever of them it has. The PNG is drawn from these outlines.

use std::sync::LazyLock;

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// The height of a capital letter, in units of the font size.
pub(crate) const CAP_HEIGHT: f64 = 0.716;
/// How far above the base line accents reach, and how far below it the tail of a g, in units of the font size.
pub(crate) const ASCENT: f64 = 0.80;
pub(crate) const DESCENT: f64 = 0.21;
/// The families to try in a browser; all have the same widths.
pub(crate) const FAMILY: &str = "Arimo,Arial,Helvetica,'Liberation Sans',sans-serif";

static REGULAR: LazyLock<Face<'static>> = LazyLock::new(|| {
    Face::parse(include_bytes!("../fonts/plots-sans-regular.ttf"), 0).expect("the embedded font is valid")
});
static BOLD: LazyLock<Face<'static>> = LazyLock::new(|| {
    Face::parse(include_bytes!("../fonts/plots-sans-bold.ttf"), 0).expect("the embedded font is valid")
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    fn face(self) -> &'static Face<'static> {
        match self {
            Weight::Regular => &REGULAR,
            Weight::Bold => &BOLD,
        }
    }
}

fn glyphs(face: &'static Face<'static>, text: &str) -> impl Iterator<Item = (GlyphId, f64)> {
    let units = f64::from(face.units_per_em());
    text.chars().map(move |character| {
        let glyph = face.glyph_index(character).unwrap_or(GlyphId(0));
        (glyph, f64::from(face.glyph_hor_advance(glyph).unwrap_or(0)) / units)
    })
}

/// The width of `text` at font size `size`, in the unit of `size`.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    size * glyphs(weight.face(), text).map(|(_, advance)| advance).sum::<f64>()
}

/// The outlines of `text` on a base line that starts at the origin, y downward. `None` for blank text.
pub(crate) fn outline(text: &str, size: f64, weight: Weight) -> Option<Path> {
    let face = weight.face();
    let mut pen =
        Pen { path: PathBuilder::new(), scale: (size / f64::from(face.units_per_em())) as f32, left: 0.0 };
    let mut left = 0.0;
    for (glyph, advance) in glyphs(face, text) {
        pen.left = left as f32;
        face.outline_glyph(glyph, &mut pen);
        left += size * advance;
    }
    pen.path.finish()
}

struct Pen {
    path: PathBuilder,
    scale: f32,
    left: f32,
}

impl Pen {
    fn x(&self, x: f32) -> f32 {
        self.left + x * self.scale
    }

    fn y(&self, y: f32) -> f32 {
        -y * self.scale
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x(x), self.y(y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x(x), self.y(y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.path.quad_to(self.x(x1), self.y(y1), self.x(x), self.y(y));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.path.cubic_to(self.x(x1), self.y(y1), self.x(x2), self.y(y2), self.x(x), self.y(y));
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_arial() {
        // Arial's advance widths, of 2048 units to the em: digits 1139, W 1933, i 455.
        assert!((width("0", 2048.0, Weight::Regular) - 1139.0).abs() < 1e-9);
        assert!((width("Wi", 2048.0, Weight::Regular) - (1933.0 + 455.0)).abs() < 1e-9);
    }

    #[test]
    fn the_letters_of_the_labs_have_outlines() {
        for character in "äß∇θφε−×·10⁻³₁‖→≤∞√ℒ∂∑".chars() {
            for weight in [Weight::Regular, Weight::Bold] {
                assert!(weight.face().glyph_index(character).is_some(), "{character} is missing");
            }
        }
        assert!(outline(" ", 12.0, Weight::Regular).is_none());
    }
}
