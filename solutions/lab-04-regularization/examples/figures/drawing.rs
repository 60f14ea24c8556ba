//! What the diagrams have in common: data is blue, parameters orange, outputs green, gradients red.

use plots::{Diagram, Lettering, Rgb, Style};

pub(crate) const INK: Rgb = Rgb(0x22, 0x22, 0x22);
pub(crate) const SOFT: Rgb = Rgb(0x66, 0x66, 0x66);
pub(crate) const FAINT: Rgb = Rgb(0xc8, 0xc8, 0xc8);
pub(crate) const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);
pub(crate) const BLUE: Rgb = Rgb(0x00, 0x72, 0xb2);
pub(crate) const ORANGE: Rgb = Rgb(0xe6, 0x9f, 0x00);
pub(crate) const GREEN: Rgb = Rgb(0x00, 0x9e, 0x73);
pub(crate) const RED: Rgb = Rgb(0xd5, 0x5e, 0x00);

pub(crate) type Place = (f64, f64);

/// White with so much of a colour in it.
pub(crate) fn tint(Rgb(red, green, blue): Rgb, amount: f64) -> Rgb {
    let mix = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * amount).round() as u8;
    Rgb(mix(red), mix(green), mix(blue))
}

/// A small heading, from its left.
pub(crate) fn heading(diagram: &mut Diagram, at: Place, text: &str) {
    diagram.text(at, text, Lettering::size(13.5).bold().from_left());
}

/// A few words in grey, centred.
pub(crate) fn note(diagram: &mut Diagram, at: Place, text: &str) {
    diagram.text(at, text, Lettering::size(12.0).color(SOFT));
}

/// An arrow.
pub(crate) fn arrow(diagram: &mut Diagram, from: Place, to: Place, color: Rgb) {
    diagram.arrow(&[from, to], Style::line(color, 1.4));
}

/// A rounded word: a circle with a symbol in it.
pub(crate) fn node(diagram: &mut Diagram, center: Place, radius: f64, symbol: &str, color: Rgb) {
    diagram.circle(center, radius, Style::fill(tint(color, 0.22)).outline(color, 1.3));
    diagram.text(center, symbol, Lettering::size(14.0).bold().color(INK));
}
