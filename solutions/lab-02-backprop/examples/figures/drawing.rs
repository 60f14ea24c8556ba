//! What the diagrams have in common: data is blue, parameters orange, outputs green, gradients red.

use plots::{Diagram, Lettering, Rgb, Style};

pub(crate) const SOFT: Rgb = Rgb(0x66, 0x66, 0x66);
pub(crate) const INK: Rgb = Rgb(0x22, 0x22, 0x22);
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

/// A few words in grey, from their left.
pub(crate) fn note_from_left(diagram: &mut Diagram, at: Place, text: &str) {
    diagram.text(at, text, Lettering::size(12.0).color(SOFT).from_left());
}

/// An arrow.
pub(crate) fn arrow(diagram: &mut Diagram, from: Place, to: Place, color: Rgb) {
    diagram.arrow(&[from, to], Style::line(color, 1.4));
}

/// A box with a symbol in it.
pub(crate) fn block(diagram: &mut Diagram, corner: Place, size: (f64, f64), symbol: &str, color: Rgb) {
    diagram.rectangle(corner, size, Style::fill(tint(color, 0.22)).outline(color, 1.2));
    let center = (corner.0 + size.0 / 2.0, corner.1 + size.1 / 2.0);
    match symbol.strip_suffix('ᵀ') {
        Some(symbol) => transposed(diagram, center, symbol),
        None => {
            diagram.text(center, symbol, Lettering::size(15.0).bold());
        }
    }
}

/// A symbol with an exponent: the typeface has no small capital T.
fn transposed(diagram: &mut Diagram, at: Place, symbol: &str) {
    let letters = Lettering::size(15.0).bold();
    let width = letters.width(symbol);
    diagram.text(at, symbol, letters);
    diagram.text((at.0 + width / 2.0 + 5.0, at.1 - 6.0), "T", Lettering::size(10.0).bold());
}
