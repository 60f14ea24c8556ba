//! The graph of a value as a picture: each number with its operation, its data and its gradient, and on each edge the
//! partial derivative.

use std::collections::HashMap;

use lab_02_backprop::{Value, topological_order};
use plots::{Diagram, Figure, Lettering, Rgb, Style};

const WIDTH: f64 = 92.0;
const HEIGHT: f64 = 54.0;
const ACROSS: f64 = 146.0;
const DOWN: f64 = 68.0;
const MARGIN: f64 = 14.0;

const INK: Rgb = Rgb(0x22, 0x22, 0x22);
const GRAY: Rgb = Rgb(0x99, 0x99, 0x99);
const BLUE: Rgb = Rgb(0x00, 0x72, 0xb2);
const ORANGE: Rgb = Rgb(0xd5, 0x5e, 0x00);
const PAPER: Rgb = Rgb(0xf6, 0xf8, 0xfa);
const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);

/// Draws what `root` was computed from; `names` are those of some of its numbers. Gradients are those that a backward
/// pass has left.
pub(crate) fn draw(title: &str, root: &Value, names: &[(&str, &Value)]) -> Figure {
    let order = topological_order(root);
    let place: HashMap<usize, usize> =
        order.iter().enumerate().map(|(place, value)| (value.id(), place)).collect();
    let parents = |value: &Value| -> Vec<(usize, f64)> {
        value.parents().iter().map(|(parent, partial)| (place[&parent.id()], *partial)).collect()
    };

    // A number stands to the right of all its parents, one without parents just to the left of what needs it first.
    let mut columns = vec![0_usize; order.len()];
    for (at, value) in order.iter().enumerate() {
        columns[at] = parents(value).iter().map(|&(parent, _)| columns[parent] + 1).max().unwrap_or(0);
    }
    let mut nearest = vec![usize::MAX; order.len()];
    for (at, value) in order.iter().enumerate() {
        for (parent, _) in parents(value) {
            nearest[parent] = nearest[parent].min(columns[at] - 1);
        }
    }
    for (at, value) in order.iter().enumerate() {
        if value.parents().is_empty() && nearest[at] != usize::MAX {
            columns[at] = nearest[at];
        }
    }
    // Numbers without parents one below the other, as the formula is read; others in the middle of their parents, but
    // never on top of one another.
    let mut heights: Vec<f64> = vec![-1.0; order.len()];
    let mut leaves = 0.0;
    let mut stack = vec![order.len() - 1];
    while let Some(at) = stack.pop() {
        let above = parents(&order[at]);
        if above.is_empty() && heights[at] < 0.0 {
            heights[at] = leaves;
            leaves += 1.0;
        }
        stack.extend(above.iter().rev().map(|&(parent, _)| parent));
    }
    let mut taken: Vec<(usize, f64)> = Vec::new();
    for (at, value) in order.iter().enumerate() {
        let above = parents(value);
        if !above.is_empty() {
            heights[at] = above.iter().map(|&(parent, _)| heights[parent]).sum::<f64>() / above.len() as f64;
        }
        while taken
            .iter()
            .any(|&(column, height)| column == columns[at] && (height - heights[at]).abs() < 0.95)
        {
            heights[at] += 0.5;
        }
        taken.push((columns[at], heights[at]));
    }

    let rows = heights.iter().copied().fold(0.0, f64::max);
    let last = columns.iter().copied().max().unwrap_or(0) as f64;
    let mut diagram =
        Diagram::new(title, 2.0 * MARGIN + last * ACROSS + WIDTH, 2.0 * MARGIN + rows * DOWN + HEIGHT);
    let corner = |at: usize| (MARGIN + columns[at] as f64 * ACROSS, MARGIN + heights[at] * DOWN);
    let edges: Vec<(usize, usize, f64)> = order
        .iter()
        .enumerate()
        .flat_map(|(at, value)| {
            parents(value).into_iter().map(move |(parent, partial)| (parent, at, partial))
        })
        .collect();
    // An edge that passes columns goes level with its parent as far as the last of them.
    let way = |parent: usize, at: usize| -> Vec<(f64, f64)> {
        let (from, to) = (corner(parent), corner(at));
        let mut points = vec![(from.0 + WIDTH, from.1 + HEIGHT / 2.0)];
        if columns[at] > columns[parent] + 1 {
            points.push((to.0 - ACROSS + WIDTH, from.1 + HEIGHT / 2.0));
        }
        points.push((to.0, to.1 + HEIGHT / 2.0));
        points
    };
    for &(parent, at, _) in &edges {
        diagram.arrow(&way(parent, at), Style::line(GRAY, 1.1));
    }
    for &(parent, at, partial) in &edges {
        let points = way(parent, at);
        let (from, to) = (points[points.len() - 2], points[points.len() - 1]);
        let middle = (0.5 * (from.0 + to.0), 0.5 * (from.1 + to.1));
        let lettering = Lettering::size(11.5).color(BLUE);
        let text = short(partial);
        let half = 0.5 * lettering.width(&text) + 2.0;
        diagram.rectangle((middle.0 - half, middle.1 - 7.0), (2.0 * half, 14.0), Style::fill(WHITE));
        diagram.text(middle, &text, lettering);
    }
    for (at, value) in order.iter().enumerate() {
        let (left, top) = corner(at);
        let name = names.iter().find(|(_, named)| named.id() == value.id()).map(|(name, _)| *name);
        let name = match (name, value.parents().is_empty()) {
            (Some(name), false) => format!("{name}:  {}", value.operation()),
            (Some(name), true) => name.to_owned(),
            (None, true) => "constant".to_owned(),
            (None, false) => value.operation().to_owned(),
        };
        diagram.rectangle((left, top), (WIDTH, HEIGHT), Style::fill(PAPER).outline(INK, 1.0));
        let middle = left + WIDTH / 2.0;
        diagram.text((middle, top + 12.0), &name, Lettering::size(13.0).bold());
        diagram.text((middle, top + 28.0), &short(value.data()), Lettering::size(12.5));
        let grad = format!("grad {}", short(value.grad()));
        diagram.text((middle, top + 43.0), &grad, Lettering::size(12.0).color(ORANGE));
    }
    diagram.figure()
}

/// Three decimals, without zeros at the end, with a true minus.
pub(crate) fn short(x: f64) -> String {
    let text = format!("{x:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
}
