//! How the receptive field grows from layer to layer.

use lab_05_cnn::{Window, receptive_field};
use plots::{Diagram, Figure, Lettering, Style};

use crate::drawing::*;

/// Three layers with 3 taps, plain, with a stride, and dilated: what one output sees.
pub(crate) fn growth() -> Figure {
    let mut diagram = Diagram::new("The receptive field of one output after three layers", 760.0, 246.0);
    let line =
        |stride: usize, dilation: usize| Window::new([1, 3]).stride([1, stride]).dilation([1, dilation]);
    let stacks = [
        ("k = 3, three times", vec![line(1, 1), line(1, 1), line(1, 1)]),
        ("stride 2 in each layer", vec![line(2, 1), line(2, 1), line(2, 1)]),
        ("dilation 1, 2, 4", vec![line(1, 1), line(1, 2), line(1, 4)]),
    ];
    for (index, (title, layers)) in stacks.into_iter().enumerate() {
        let left = 20.0 + 246.0 * index as f64;
        panel(&mut diagram, left, title, &layers);
    }
    diagram.figure()
}

const INPUTS: usize = 17;

fn panel(diagram: &mut Diagram, left: f64, title: &str, layers: &[Window]) {
    heading(diagram, (left, 20.0), title);
    let gap = 13.4;
    let level = |layer: usize| 196.0 - 48.0 * layer as f64;
    // The nodes of every layer, as their places among the inputs: the middle of their field.
    let mut levels: Vec<Vec<f64>> = vec![(0..INPUTS).map(|place| place as f64).collect()];
    let mut edges: Vec<Vec<Vec<usize>>> = vec![Vec::new()];
    for window in layers {
        let below = levels.last().expect("the input is a level");
        let count = window.output_size(1, below.len());
        let sees: Vec<Vec<usize>> = (0..count)
            .map(|output| (0..3).filter_map(|tap| window.source(1, output, tap, below.len())).collect())
            .collect();
        levels.push(sees.iter().map(|taps| below[taps[1]]).collect());
        edges.push(sees);
    }
    // Everything that the middle output of the last layer depends on, from the top.
    let mut seen: Vec<Vec<bool>> = levels.iter().map(|nodes| vec![false; nodes.len()]).collect();
    let top = layers.len();
    let middle = levels[top].len() / 2;
    seen[top][middle] = true;
    for layer in (1..=top).rev() {
        for output in 0..levels[layer].len() {
            for &place in &edges[layer][output] {
                seen[layer - 1][place] |= seen[layer][output];
            }
        }
    }
    let at = |layer: usize, node: usize| (left + 6.0 + gap * levels[layer][node], level(layer));
    for wanted in [false, true] {
        for layer in 1..=top {
            for output in 0..levels[layer].len() {
                if seen[layer][output] == wanted {
                    let style =
                        if wanted { Style::line(ORANGE, 1.1) } else { Style::line(tint(SOFT, 0.25), 0.7) };
                    for &place in &edges[layer][output] {
                        diagram.line(&[at(layer, output), at(layer - 1, place)], style);
                    }
                }
            }
        }
    }
    for (layer, nodes) in seen.iter().enumerate() {
        let color = if layer == 0 { BLUE } else { GREEN };
        for (node, &is_seen) in nodes.iter().enumerate() {
            let fill = if is_seen { color } else { tint(SOFT, 0.22) };
            diagram.circle(at(layer, node), 4.2, Style::fill(fill).outline(WHITE, 1.0));
        }
    }
    let sizes: Vec<String> =
        (1..=top).map(|count| receptive_field(&layers[..count], 1).size.to_string()).collect();
    let caption = format!("r = {} after 1, 2, 3 layers", sizes.join(", "));
    diagram.text((left, 226.0), &caption, Lettering::size(13.0).from_left());
}
