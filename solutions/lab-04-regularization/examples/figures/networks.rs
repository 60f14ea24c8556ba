//! Early stopping, dropout, and what depends on what in batch normalization.

use data::{Batches, Mnist};
use lab_04_regularization::EarlyStopping;
use nn::{Adam, Module, Optimizer};
use plots::{Curves, Diagram, Figure, Lettering, Style};
use tensor::{Tensor, manual_seed, no_grad};

use crate::Result;
use crate::drawing::*;
use crate::remedies::REMEDIES;

/// Training and validation loss of a network that learns 1,000 digits by heart, and where it should have stopped.
pub(crate) fn early_stopping() -> Result<Figure> {
    let mnist = Mnist::load()?.standardized();
    let (digits, held_out) = mnist.train.take(2000).split(1000);
    let (train, held_out) = (digits.all(), held_out.all());
    manual_seed(0);
    let network = REMEDIES[0].network();
    let mut optimizer = Adam::new(network.parameters(), 3e-4);
    let loss = |(x, labels): &(Tensor, Vec<usize>)| {
        no_grad(|| f64::from(network.forward(&x.flatten(1)).cross_entropy(labels).item()))
    };
    let (mut training, mut validation) = (Vec::new(), Vec::new());
    let mut stopping = EarlyStopping::new(10);
    let mut stopped = None;
    for epoch in 0..60 {
        for (x, labels) in Batches::of(&digits, 50).shuffled(0).epoch(epoch) {
            optimizer.zero_grad();
            network.forward(&x.flatten(1)).cross_entropy(&labels).backward();
            optimizer.step();
        }
        training.push(loss(&train));
        validation.push(loss(&held_out));
        if stopping.observe(validation[epoch as usize], &network) {
            stopped.get_or_insert(epoch + 1);
        }
    }
    // The course goes on after the stop, to show what is missed.
    let end = stopped.map_or(validation.len(), |epoch| epoch as usize);
    let best = (0..end).min_by(|&a, &b| validation[a].total_cmp(&validation[b])).unwrap_or(0) + 1;
    Ok(Curves::new("A network learns 1,000 digits by heart")
        .x_label("epoch")
        .y_label("cross-entropy")
        .series("1,000 training digits", &training)
        .series("1,000 validation digits", &validation)
        .mark(best as f64, "best")
        .mark(end as f64, "patience of 10 used up")
        .y_range(0.0, 1.0)
        .size(720.0, 330.0)
        .figure()?)
}

/// A network, and two of the smaller ones inside.
pub(crate) fn dropout() -> Figure {
    let mut diagram = Diagram::new("Dropout", 760.0, 232.0);
    let layers = [4, 6, 6, 3];
    let missing: [&[(usize, usize)]; 3] =
        [&[], &[(1, 1), (1, 4), (1, 5), (2, 0), (2, 2)], &[(1, 0), (1, 2), (2, 1), (2, 3), (2, 4), (1, 3)]];
    let names = ["evaluation: everybody", "one training step, p = ½", "the next one"];
    for (index, (missing, name)) in missing.iter().zip(names).enumerate() {
        let left = 40.0 + 252.0 * index as f64;
        let at = |layer: usize, unit: usize| {
            let count = layers[layer] as f64;
            (left + 58.0 * layer as f64, 112.0 + 29.0 * (unit as f64 - (count - 1.0) / 2.0))
        };
        let gone = |layer: usize, unit: usize| missing.contains(&(layer, unit));
        for layer in 1..layers.len() {
            for (from, to) in
                (0..layers[layer - 1]).flat_map(|from| (0..layers[layer]).map(move |to| (from, to)))
            {
                if !gone(layer - 1, from) && !gone(layer, to) {
                    diagram.line(&[at(layer - 1, from), at(layer, to)], Style::line(tint(SOFT, 0.5), 0.7));
                }
            }
        }
        for (layer, &count) in layers.iter().enumerate() {
            let color = [BLUE, ORANGE, ORANGE, GREEN][layer];
            for unit in 0..count {
                let style = if gone(layer, unit) {
                    Style::fill(WHITE).outline(FAINT, 1.0).dashed()
                } else {
                    Style::fill(tint(color, 0.4)).outline(color, 1.2)
                };
                diagram.circle(at(layer, unit), 9.0, style);
            }
        }
        note(&mut diagram, (left + 87.0, 216.0), name);
    }
    diagram.figure()
}

/// The graph of batch normalization for three samples: how one input reaches all outputs.
pub(crate) fn batch_norm() -> Figure {
    let mut diagram = Diagram::new("What depends on what in batch normalization", 760.0, 270.0);
    let rows = [70.0, 150.0, 230.0];
    let (x, stats, hat, y) = (70.0, 290.0, 510.0, 680.0);
    let (mean, var) = ((stats, 110.0), (stats, 190.0));
    let faint = tint(SOFT, 0.45);
    // From edge to edge of two circles.
    let mut link = |from: Place, to: Place, color| {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let share = 19.0 / dx.hypot(dy);
        let start = (from.0 + share * dx, from.1 + share * dy);
        arrow(&mut diagram, start, (to.0 - share * dx, to.1 - share * dy), color);
    };
    // What x₁ does not move first, so that the rest lies on top.
    for (index, &row) in rows.iter().enumerate().rev() {
        let color = if index == 0 { RED } else { faint };
        for to in [(hat, row), mean, var] {
            link((x, row), to, color);
        }
    }
    link(mean, var, RED);
    for row in rows {
        link(mean, (hat, row), RED);
        link(var, (hat, row), RED);
        link((hat, row), (y, row), RED);
    }
    for (row, index) in rows.into_iter().zip(["₁", "₂", "₃"]) {
        node(&mut diagram, (x, row), 18.0, &format!("x{index}"), BLUE);
        node(&mut diagram, (hat, row), 18.0, &format!("x{index}"), BLUE);
        // The typeface has no x with a hat.
        let tip = (hat - 3.0, row - 11.0);
        diagram.line(&[(tip.0 - 3.5, tip.1 + 4.0), tip, (tip.0 + 3.5, tip.1 + 4.0)], Style::line(INK, 1.5));
        node(&mut diagram, (y, row), 18.0, &format!("y{index}"), GREEN);
    }
    node(&mut diagram, mean, 18.0, "μ", ORANGE);
    node(&mut diagram, var, 18.0, "σ²", ORANGE);
    for (at, text) in [(x, "batch"), (stats, "statistics"), (hat, "standardized"), (y, "output")] {
        diagram.text((at, 24.0), text, Lettering::size(13.0).bold());
    }
    note(&mut diagram, ((hat + y) / 2.0, 56.0), "γ, β");
    diagram.figure()
}
