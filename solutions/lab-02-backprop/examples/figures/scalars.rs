//! Graphs of single numbers.

use lab_02_backprop::{Value, no_grad};
use plots::{Diagram, Figure, Lettering, Style};

use crate::drawing::*;
use crate::graph::{draw, short};

/// A number that is used twice.
pub(crate) fn graph() -> Figure {
    let (a, b) = (Value::new(2.0), Value::new(3.0));
    let s = &a + &b;
    let y = &s * &b;
    y.backward();
    draw(
        "y = (a + b)·b with values, partial derivatives and gradients",
        &y,
        &[("a", &a), ("b", &b), ("s", &s), ("y", &y)],
    )
}

/// The same computation, recorded and not recorded.
pub(crate) fn recording() -> Figure {
    let w = Value::new(0.5);
    let x = Value::new(4.0);
    let y = &w * &x;
    let detached = no_grad(|| &w * &x);
    let mut diagram = Diagram::new("What is recorded outside of no_grad and inside", 700.0, 190.0);
    heading(&mut diagram, (24.0, 18.0), "w·x");
    diagram.place((10.0, 36.0), &draw("", &y, &[("w", &w), ("x", &x)]));
    heading(&mut diagram, (424.0, 18.0), "no_grad(|| w·x)");
    diagram.place((410.0, 70.0), &draw("", &detached, &[("no parents", &detached)]));
    note_from_left(&mut diagram, (424.0, 158.0), "the same number, and no way back");
    diagram.figure()
}

/// w → x → a → y with a short cut from x to y: what happens to w if x is dealt with before a.
pub(crate) fn order() -> Figure {
    let w = Value::new(1.0);
    let x = &w * 3.0;
    let a = &x * &x;
    let y = &a + &x;
    y.backward();
    let mut diagram = Diagram::new("The order of a backward pass matters", 760.0, 292.0);
    let places = [
        ("w", (70.0, 96.0), &w),
        ("x", (210.0, 96.0), &x),
        ("a", (350.0, 54.0), &a),
        ("y", (490.0, 96.0), &y),
    ];
    let edges = [(0, 1, "3"), (1, 2, "2x = 6"), (1, 3, "1"), (2, 3, "1")];
    for (from, to, partial) in edges {
        let (from, to): (Place, Place) = (places[from].1, places[to].1);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let step = (26.0 * (to.0 - from.0) / length, 26.0 * (to.1 - from.1) / length);
        arrow(&mut diagram, (from.0 + step.0, from.1 + step.1), (to.0 - step.0, to.1 - step.1), SOFT);
        let below = if partial == "1" && from.1 == to.1 { 14.0 } else { -11.0 };
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0 + below);
        diagram.text(middle, partial, Lettering::size(12.5).color(BLUE));
    }
    let formulas = ["w", "x = 3w", "a = x²", "y = a + x"];
    for ((name, center, value), formula) in places.into_iter().zip(formulas) {
        diagram.circle(center, 24.0, Style::fill(tint(BLUE, 0.12)).outline(INK, 1.2));
        diagram.text((center.0, center.1 - 7.0), name, Lettering::size(14.0).bold());
        diagram.text((center.0, center.1 + 9.0), &short(value.data()), Lettering::size(12.0));
        if formula != name {
            note(&mut diagram, (center.0, center.1 - 36.0), formula);
        }
    }
    heading(&mut diagram, (24.0, 166.0), "y, a, x, w: each after all that was computed from it");
    let text = format!(
        "y: 1  →  a: 1  →  x: 1 + 6·1 = 7  →  w: 3·7 = {}, which is the derivative of 9w² + 3w at w = 1",
        short(w.grad())
    );
    note_from_left(&mut diagram, (24.0, 188.0), &text);
    heading(&mut diagram, (24.0, 226.0), "y, x, w, a: x before a");
    note_from_left(
        &mut diagram,
        (24.0, 248.0),
        "y: 1  →  x: 1 so far  →  w: 3·1 = 3  →  a: 1, and 6·1 more for x, which has been dealt with: it never reaches w",
    );
    diagram.figure()
}
