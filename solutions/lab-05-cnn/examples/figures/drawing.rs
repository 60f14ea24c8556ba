//! What the diagrams have in common: inputs are blue, kernels orange, outputs green.

use plots::{Diagram, Lettering, Rgb, Style};

pub(crate) const SOFT: Rgb = Rgb(0x66, 0x66, 0x66);
pub(crate) const FAINT: Rgb = Rgb(0xb8, 0xb8, 0xb8);
pub(crate) const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);
pub(crate) const BLUE: Rgb = Rgb(0x00, 0x72, 0xb2);
pub(crate) const ORANGE: Rgb = Rgb(0xd5, 0x5e, 0x00);
pub(crate) const GREEN: Rgb = Rgb(0x00, 0x9e, 0x73);

pub(crate) type Place = (f64, f64);

/// A cell of a matrix in this colour, pale enough for a number on it.
pub(crate) fn cell(color: Rgb) -> Style {
    Style::fill(tint(color, 0.18)).outline(WHITE, 1.5)
}

/// The same, to be looked at.
pub(crate) fn strong_cell(color: Rgb) -> Style {
    Style::fill(tint(color, 0.5)).outline(WHITE, 1.5)
}

/// A place of the padding.
pub(crate) fn padding_cell() -> Style {
    Style::fill(WHITE).outline(FAINT, 0.8).dashed()
}

/// White with so much of a colour in it.
pub(crate) fn tint(Rgb(red, green, blue): Rgb, amount: f64) -> Rgb {
    let mix = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * amount).round() as u8;
    Rgb(mix(red), mix(green), mix(blue))
}

/// A matrix of cells, `columns` to a row, each with its text in the middle.
pub(crate) fn cells<S: AsRef<str>>(
    diagram: &mut Diagram,
    corner: Place,
    size: f64,
    columns: usize,
    texts: &[S],
    style: impl Fn(usize, usize) -> Style,
) {
    for (index, text) in texts.iter().enumerate() {
        let (row, column) = (index / columns, index % columns);
        let at = (corner.0 + column as f64 * size, corner.1 + row as f64 * size);
        diagram.rectangle(at, (size, size), style(row, column));
        let letters = Lettering::size((0.44 * size).clamp(9.0, 15.0));
        diagram.text((at.0 + size / 2.0, at.1 + size / 2.0), text.as_ref(), letters);
    }
}

/// The same without texts.
pub(crate) fn blank_cells(
    diagram: &mut Diagram,
    corner: Place,
    size: f64,
    (rows, columns): (usize, usize),
    style: impl Fn(usize, usize) -> Style,
) {
    cells(diagram, corner, size, columns, &vec![""; rows * columns], style);
}

/// Whole numbers as they are printed, with a true minus.
pub(crate) fn whole(values: &[f64]) -> Vec<String> {
    values.iter().map(|value| format!("{value}").replace('-', "−")).collect()
}

/// An outline of so many cells.
pub(crate) fn frame(diagram: &mut Diagram, corner: Place, size: (f64, f64), color: Rgb) {
    diagram.rectangle(corner, size, Style::line(color, 2.0));
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

/// A short arrow in grey.
pub(crate) fn step(diagram: &mut Diagram, from: Place, to: Place) {
    diagram.arrow(&[from, to], Style::line(SOFT, 1.3));
}

/// A symbol with an exponent: the typeface has no small capital T.
pub(crate) fn transposed(diagram: &mut Diagram, at: Place, symbol: &str) {
    let letters = Lettering::size(15.0).bold();
    let width = letters.width(symbol);
    diagram.text(at, symbol, letters);
    diagram.text((at.0 + width / 2.0 + 5.0, at.1 - 6.0), "T", Lettering::size(10.0).bold());
}
