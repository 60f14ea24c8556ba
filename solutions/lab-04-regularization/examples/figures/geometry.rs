//! Where a pixel comes from.

use plots::{Diagram, Figure, Lettering, Style};

use crate::drawing::*;

/// A rotated grid over the pixels that it is looked up in, and the weights of four pixels.
pub(crate) fn bilinear() -> Figure {
    let mut diagram = Diagram::new("Bilinear interpolation", 760.0, 320.0);
    let (corner, side, n) = ((70.0, 62.0), 30.0, 7);
    let middle = |i: f64, j: f64| (corner.0 + side * (j + 0.5), corner.1 + side * (i + 0.5));
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
        let at = (corner.0 + side * f64::from(j), corner.1 + side * f64::from(i));
        diagram.rectangle(at, (side, side), Style::fill(tint(BLUE, 0.1)).outline(WHITE, 1.5));
    }
    let (sin, cos) = 20_f64.to_radians().sin_cos();
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (f64::from(i), f64::from(j)))) {
        let (y, x) = (i - 3.0, j - 3.0);
        let place = middle(3.0 + x * sin + y * cos, 3.0 + x * cos - y * sin);
        let chosen = (i, j) == (2.0, 5.0);
        diagram.circle(place, if chosen { 5.0 } else { 2.6 }, Style::fill(if chosen { RED } else { GREEN }));
    }
    diagram.text(
        (36.0, 20.0),
        "Where the pixels of a rotated image come from",
        Lettering::size(13.5).bold().from_left(),
    );
    note(&mut diagram, (corner.0 + 105.0, 306.0), "squares: the image; dots: middles of the result's pixels");

    let (u, v) = (0.35, 0.7);
    let (left, top, size) = (450.0, 66.0, 190.0);
    let at = |u: f64, v: f64| (left + size * v, top + size * u);
    let areas = [(0.0, 0.0, u, v), (0.0, v, u, 1.0 - v), (u, 0.0, 1.0 - u, v), (u, v, 1.0 - u, 1.0 - v)];
    // The rectangle that belongs to a pixel is the one opposite to it.
    let colors = [GREEN, ORANGE, RED, BLUE];
    for ((du, dv, height, width), color) in areas.into_iter().zip(colors) {
        diagram.rectangle(
            at(du, dv),
            (size * width, size * height),
            Style::fill(tint(color, 0.35)).outline(WHITE, 1.5),
        );
    }
    let pixels = [
        (0.0, 0.0, BLUE, "p[i, j]"),
        (0.0, 1.0, RED, "p[i, j+1]"),
        (1.0, 0.0, ORANGE, "p[i+1, j]"),
        (1.0, 1.0, GREEN, "p[i+1, j+1]"),
    ];
    for (du, dv, color, name) in pixels {
        let place = at(du, dv);
        diagram.circle(place, 9.0, Style::fill(color));
        let weight = (if du == 0.0 { 1.0 - u } else { u }) * (if dv == 0.0 { 1.0 - v } else { v });
        let shift = if du == 0.0 { -22.0 } else { 24.0 };
        let text = format!("{name} counts {weight:.3}");
        diagram.text((place.0, place.1 + shift), &text, Lettering::size(12.0).color(INK));
    }
    diagram.circle(at(u, v), 6.0, Style::fill(INK));
    note(
        &mut diagram,
        (left + size / 2.0, 306.0),
        "each pixel counts by the area of its colour; u = 0.35, v = 0.7",
    );
    heading(&mut diagram, (left - 60.0, 20.0), "What the four pixels around a place count");
    diagram.figure()
}
