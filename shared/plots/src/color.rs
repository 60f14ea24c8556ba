//! Colours that everybody can tell apart, in print and on screens.
//!
//! Classes take the palette of Okabe and Ito (*Color Universal Design*, 2008). Magnitudes take viridis (van der Walt
//! and Smith, 2015, CC0), whose lightness grows evenly. Signed values take Moreland's idea of a diverging map (*Diverging
//! Color Maps for Scientific Visualization*, 2009) with the anchors of ColorBrewer's RdBu (Brewer, 2003), blue below
//! zero, red above.

use plotters::style::RGBColor;

/// A colour, 8 bits for each of red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

pub(crate) const WHITE: Rgb = Rgb(255, 255, 255);
pub(crate) const INK: Rgb = Rgb(0x22, 0x22, 0x22);
pub(crate) const SOFT_INK: Rgb = Rgb(0x55, 0x55, 0x55);
pub(crate) const AXIS: Rgb = Rgb(0x66, 0x66, 0x66);
pub(crate) const MESH: Rgb = Rgb(0xe4, 0xe4, 0xe4);
pub(crate) const FAINT_MESH: Rgb = Rgb(0xf2, 0xf2, 0xf2);
/// Where a value is not finite.
pub(crate) const MISSING: Rgb = Rgb(0xd9, 0xd9, 0xd9);
pub(crate) const HIGHLIGHT: Rgb = Rgb(0xd5, 0x5e, 0x00);

/// Okabe and Ito's colours, in the order in which series and classes take them. Black comes last and their yellow is
/// darkened, since lines are drawn on white.
pub const CLASSES: [Rgb; 8] = [
    Rgb(0x00, 0x72, 0xb2),
    Rgb(0xd5, 0x5e, 0x00),
    Rgb(0x00, 0x9e, 0x73),
    Rgb(0xcc, 0x79, 0xa7),
    Rgb(0xe6, 0x9f, 0x00),
    Rgb(0x56, 0xb4, 0xe9),
    Rgb(0xb3, 0xa4, 0x1e),
    Rgb(0x00, 0x00, 0x00),
];

/// The colour of the class or series `index`; after eight they start again.
pub(crate) fn class(index: usize) -> Rgb {
    CLASSES[index % CLASSES.len()]
}

impl Rgb {
    /// `self` and `other` mixed, `amount` of the latter.
    pub(crate) fn mix(self, other: Rgb, amount: f64) -> Rgb {
        let mix = |a: u8, b: u8| (a as f64 + (b as f64 - a as f64) * amount).round() as u8;
        Rgb(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// Ink or white, whichever is easier to read on this colour (its lightness by Rec. 601's weights).
    pub(crate) fn readable_on(self) -> Rgb {
        let lightness = 0.299 * self.0 as f64 + 0.587 * self.1 as f64 + 0.114 * self.2 as f64;
        if lightness > 140.0 { INK } else { WHITE }
    }
}

impl From<Rgb> for RGBColor {
    fn from(Rgb(red, green, blue): Rgb) -> Self {
        RGBColor(red, green, blue)
    }
}

/// A way from numbers in [0, 1] to colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorMap {
    /// Dark purple to yellow: magnitudes, densities.
    #[default]
    Viridis,
    /// Blue over white to red: signed values around 0.
    Diverging,
    /// White to dark blue: counts, attention weights.
    Blues,
    /// Black to white: pictures.
    Gray,
}

/// Every 16th of viridis' 256 colours.
const VIRIDIS: [Rgb; 17] = [
    Rgb(0x44, 0x01, 0x54),
    Rgb(0x48, 0x18, 0x6a),
    Rgb(0x47, 0x2d, 0x7b),
    Rgb(0x42, 0x40, 0x86),
    Rgb(0x3b, 0x52, 0x8b),
    Rgb(0x33, 0x63, 0x8d),
    Rgb(0x2c, 0x72, 0x8e),
    Rgb(0x26, 0x82, 0x8e),
    Rgb(0x21, 0x91, 0x8c),
    Rgb(0x1f, 0xa0, 0x88),
    Rgb(0x28, 0xae, 0x80),
    Rgb(0x3f, 0xbc, 0x73),
    Rgb(0x5e, 0xc9, 0x62),
    Rgb(0x84, 0xd4, 0x4b),
    Rgb(0xad, 0xdc, 0x30),
    Rgb(0xd8, 0xe2, 0x19),
    Rgb(0xfd, 0xe7, 0x25),
];

/// ColorBrewer's RdBu in eleven steps, from blue.
const RED_BLUE: [Rgb; 11] = [
    Rgb(0x05, 0x30, 0x61),
    Rgb(0x21, 0x66, 0xac),
    Rgb(0x43, 0x93, 0xc3),
    Rgb(0x92, 0xc5, 0xde),
    Rgb(0xd1, 0xe5, 0xf0),
    Rgb(0xff, 0xff, 0xff),
    Rgb(0xfd, 0xdb, 0xc7),
    Rgb(0xf4, 0xa5, 0x82),
    Rgb(0xd6, 0x60, 0x4d),
    Rgb(0xb2, 0x18, 0x2b),
    Rgb(0x67, 0x00, 0x1f),
];

/// ColorBrewer's Blues in nine steps, the first made white.
const BLUES: [Rgb; 9] = [
    Rgb(0xff, 0xff, 0xff),
    Rgb(0xde, 0xeb, 0xf7),
    Rgb(0xc6, 0xdb, 0xef),
    Rgb(0x9e, 0xca, 0xe1),
    Rgb(0x6b, 0xae, 0xd6),
    Rgb(0x42, 0x92, 0xc6),
    Rgb(0x21, 0x71, 0xb5),
    Rgb(0x08, 0x51, 0x9c),
    Rgb(0x08, 0x30, 0x6b),
];

const GRAY: [Rgb; 2] = [Rgb(0, 0, 0), WHITE];

impl ColorMap {
    /// The colour of `value`; below 0 and above 1 the end colours, grey for NaN.
    pub fn color(self, value: f64) -> Rgb {
        if value.is_nan() {
            return MISSING;
        }
        let anchors: &[Rgb] = match self {
            ColorMap::Viridis => &VIRIDIS,
            ColorMap::Diverging => &RED_BLUE,
            ColorMap::Blues => &BLUES,
            ColorMap::Gray => &GRAY,
        };
        let position = value.clamp(0.0, 1.0) * (anchors.len() - 1) as f64;
        let index = (position as usize).min(anchors.len() - 2);
        anchors[index].mix(anchors[index + 1], position - index as f64)
    }
}

/// The fraction of the way from `low` to `high` at which `value` lies; NaN stays NaN, a range without width has
/// everything in its middle.
pub(crate) fn fraction(value: f64, (low, high): (f64, f64)) -> f64 {
    if value.is_nan() {
        f64::NAN
    } else if value.is_infinite() {
        if value > 0.0 { 1.0 } else { 0.0 }
    } else if high > low {
        // Halved, so that the span of the largest numbers does not overflow.
        ((value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)).clamp(0.0, 1.0)
    } else {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_end_on_their_published_colours() {
        assert_eq!(ColorMap::Viridis.color(0.0), Rgb(0x44, 0x01, 0x54));
        assert_eq!(ColorMap::Viridis.color(1.0), Rgb(0xfd, 0xe7, 0x25));
        assert_eq!(ColorMap::Diverging.color(0.5), WHITE);
        assert_eq!(ColorMap::Gray.color(0.2), Rgb(51, 51, 51));
    }

    #[test]
    fn viridis_and_blues_change_lightness_evenly_enough_to_be_read_in_grey() {
        let lightness = |color: Rgb| 0.299 * color.0 as f64 + 0.587 * color.1 as f64 + 0.114 * color.2 as f64;
        for step in 0..100 {
            let (a, b) = (step as f64 / 100.0, (step + 1) as f64 / 100.0);
            // One level of rounding in each channel.
            assert!(lightness(ColorMap::Viridis.color(b)) >= lightness(ColorMap::Viridis.color(a)) - 1.0);
            assert!(lightness(ColorMap::Blues.color(b)) <= lightness(ColorMap::Blues.color(a)) + 1.0);
        }
    }

    #[test]
    fn values_outside_take_the_ends_and_nan_is_grey() {
        assert_eq!(ColorMap::Blues.color(-3.0), ColorMap::Blues.color(0.0));
        assert_eq!(ColorMap::Blues.color(f64::INFINITY), ColorMap::Blues.color(1.0));
        assert_eq!(ColorMap::Blues.color(f64::NAN), MISSING);
        assert_eq!(fraction(0.0, (f64::MIN, f64::MAX)), 0.5);
        assert_eq!(fraction(3.0, (3.0, 3.0)), 0.5);
    }
}
