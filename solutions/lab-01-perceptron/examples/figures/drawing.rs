//! What the diagrams have in common: inputs are blue, weights orange, outputs green.

use plots::{Diagram, Lettering, Rgb, Style};

pub(crate) const INK: Rgb = Rgb(0x22, 0x22, 0x22);
pub(crate) const SOFT: Rgb = Rgb(0x66, 0x66, 0x66);
pub(crate) const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);
pub(crate) const BLUE: Rgb = Rgb(0x00, 0x72, 0xb2);
pub(crate) const ORANGE: Rgb = Rgb(0xd5, 0x5e, 0x00);
pub(crate) const GREEN: Rgb = Rgb(0x00, 0x9e, 0x73);

pub(crate) type Place = (f64, f64);

/// White with so much of a colour in it.
pub(crate) fn tint(Rgb(red, green, blue): Rgb, amount: f64) -> Rgb {
    let mix = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * amount).round() as u8;
    Rgb(mix(red), mix(green), mix(blue))
}

/// A few words in grey, centred.
pub(crate) fn note(diagram: &mut Diagram, at: Place, text: &str) {
    diagram.text(at, text, Lettering::size(12.0).color(SOFT));
}

/// A unit of a network, with its name in it.
pub(crate) fn unit(diagram: &mut Diagram, at: Place, radius: f64, color: Rgb, text: &str) {
    diagram.circle(at, radius, Style::fill(tint(color, 0.2)).outline(color, 1.4));
    diagram.text(at, text, Lettering::size(0.8 * radius));
}
