//! The graph of a computation as a picture: values, partial derivatives and adjoints.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::{Gradient, Var};

const WIDTH: usize = 112;
const HEIGHT: usize = 58;
const ACROSS: usize = WIDTH + 74;
const DOWN: usize = HEIGHT + 26;
const MARGIN: usize = 16;

/// Draws what `output` was computed from as SVG: a box for each number with its operation or name, its value and its
/// adjoint ∂output/∂itself; a line from each parent with the partial derivative on it. Inputs stand on the left.
///
/// ```
/// use scalar::{Real, Tape, draw};
/// let tape = Tape::new();
/// let (x, y) = (tape.var(2.0), tape.var(3.0));
/// let svg = draw(x * y + x.sin(), &[("x", x), ("y", y)]);
/// assert!(svg.starts_with("<svg") && svg.contains(">x<"));
/// ```
pub fn draw(output: Var<'_>, names: &[(&str, Var<'_>)]) -> String {
    let gradient = output.backward();
    let names: BTreeMap<usize, &str> = names.iter().map(|(name, x)| (x.place(), *name)).collect();
    output.tape().with_nodes(|nodes| {
        // What the output depends on. Parents stand before their children, so one pass from the end finds all.
        let mut reached = vec![false; output.place() + 1];
        reached[output.place()] = true;
        for place in (0..=output.place()).rev() {
            if reached[place] {
                nodes[place].edges().for_each(|(parent, _)| reached[parent] = true);
            }
        }
        // A number stands one column to the right of its last parent.
        let mut columns = vec![0; output.place() + 1];
        let mut filled: Vec<usize> = Vec::new();
        let mut corners = BTreeMap::new();
        for place in (0..=output.place()).filter(|&place| reached[place]) {
            let column = nodes[place].edges().map(|(parent, _)| columns[parent] + 1).max().unwrap_or(0);
            columns[place] = column;
            filled.resize(filled.len().max(column + 1), 0);
            corners.insert(place, (MARGIN + column * ACROSS, MARGIN + filled[column] * DOWN));
            filled[column] += 1;
        }
        let width = 2 * MARGIN + filled.len() * ACROSS - (ACROSS - WIDTH);
        let rows = filled.iter().copied().max().unwrap_or(0);
        let height = 2 * MARGIN + rows * DOWN - (DOWN - HEIGHT);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\" text-anchor=\"middle\">\n\
             <title>The graph of a computation</title>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        );
        for (&place, &(x, y)) in &corners {
            for (parent, partial) in nodes[place].edges() {
                edge(&mut svg, corners[&parent], (x, y), partial);
            }
        }
        for (&place, &corner) in &corners {
            let name = names.get(&place).copied().unwrap_or(nodes[place].operation.symbol());
            number(&mut svg, corner, name, nodes[place].value, &gradient, place);
        }
        svg + "</svg>\n"
    })
}

fn edge(svg: &mut String, (x0, y0): (usize, usize), (x1, y1): (usize, usize), partial: f64) {
    let (from, to) = ((x0 + WIDTH, y0 + HEIGHT / 2), (x1, y1 + HEIGHT / 2));
    let middle = ((from.0 + 2 * to.0) / 3, (from.1 + 2 * to.1) / 3);
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"#999\"/>\
         <text x=\"{}\" y=\"{}\" font-size=\"11\" fill=\"#0072b2\" stroke=\"white\" stroke-width=\"3\" \
         paint-order=\"stroke\">{}</text>",
        from.0,
        from.1,
        to.0,
        to.1,
        middle.0,
        middle.1 + 4,
        short(partial)
    );
}

fn number(
    svg: &mut String,
    (x, y): (usize, usize),
    name: &str,
    value: f64,
    gradient: &Gradient,
    place: usize,
) {
    let centre = x + WIDTH / 2;
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\" fill=\"#f6f8fa\" stroke=\"#555\"/>\
         <text x=\"{centre}\" y=\"{}\" font-weight=\"bold\">{}</text>\
         <text x=\"{centre}\" y=\"{}\">{}</text>\
         <text x=\"{centre}\" y=\"{}\" fill=\"#d55e00\">adjoint {}</text>",
        y + 17,
        escaped(name),
        y + 34,
        short(value),
        y + 51,
        short(gradient.at(place))
    );
}

/// Four digits, without zeros at the end.
fn short(x: f64) -> String {
    if x != 0.0 && !(1e-3..1e5).contains(&x.abs()) {
        return format!("{x:.2e}");
    }
    let text = format!("{x:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
