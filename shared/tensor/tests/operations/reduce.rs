//! Lines for reductions, softmax, cross-entropy and matrix products.

use crate::naive::Naive;
use crate::op;
use crate::table::{Operation, Values};

const SHAPES: &[&[&[usize]]] =
    &[&[&[2, 3, 4]], &[&[1, 1, 1]], &[&[3, 1, 5]], &[&[2, 0, 3]], &[&[0, 2, 2]], &[&[17, 2, 19]]];
/// Without the empty ones.
const NON_EMPTY: &[&[&[usize]]] = &[&[&[2, 3, 4]], &[&[1, 1, 1]], &[&[3, 1, 5]], &[&[7, 2, 9]]];
const MATRICES: &[&[&[usize]]] = &[
    &[&[3, 4], &[4, 5]],
    &[&[1, 1], &[1, 1]],
    &[&[0, 4], &[4, 5]],
    &[&[3, 0], &[0, 5]],
    &[&[3, 4], &[4, 0]],
    &[&[2, 3, 4], &[4, 5]],
    &[&[2, 3, 4], &[2, 4, 5]],
    &[&[2, 1, 3, 4], &[3, 4, 2]],
    &[&[3, 4], &[2, 4, 5]],
    &[&[17, 33], &[33, 9]],
];

fn sum(row: &[f64]) -> f64 {
    row.iter().sum()
}

fn mean(row: &[f64]) -> f64 {
    sum(row) / row.len() as f64
}

fn variance(row: &[f64], correction: usize) -> f64 {
    let mean = mean(row);
    row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (row.len() as f64 - correction as f64).max(0.0)
}

/// γ·(x − μ) / √(σ² + 0.1) + β, channel by channel.
fn batch_norm(xs: &[Naive]) -> Naive {
    let [x, weight, bias] = xs else { unreachable!() };
    let dims: Vec<usize> = (0..x.shape.len()).filter(|&dim| dim != 1).collect();
    let (mean, var) = (x.reduce(&dims, mean), x.reduce(&dims, |row| variance(row, 0)));
    Naive::from_fn(&x.shape, |index| {
        let c = &index[1..2];
        (x.at(index) - mean.at(c)) / (var.at(c) + 0.1).sqrt() * weight.at(c) + bias.at(c)
    })
}

/// x·wᵀ for the rows of x.
fn linear(x: &Naive, w: &Naive) -> Naive {
    let [outputs, inputs] = w.shape[..] else { unreachable!() };
    let mut shape = x.shape.clone();
    shape.pop();
    let rows = x.reshape(&[shape.iter().product(), inputs]);
    shape.push(outputs);
    rows.matmul(&w.permute(&[1, 0])).reshape(&shape)
}

fn logsumexp(row: &[f64]) -> f64 {
    row.iter().map(|x| x.exp()).sum::<f64>().ln()
}

fn softmax(row: &[f64]) -> Vec<f64> {
    row.iter().map(|x| x.exp() / row.iter().map(|x| x.exp()).sum::<f64>()).collect()
}

fn log_softmax(row: &[f64]) -> Vec<f64> {
    row.iter().map(|x| x - logsumexp(row)).collect()
}

fn max(row: &[f64]) -> f64 {
    row.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn min(row: &[f64]) -> f64 {
    row.iter().copied().fold(f64::INFINITY, f64::min)
}

fn products(xs: &[Naive]) -> Naive {
    xs[0].abs().matmul(&xs[1].abs())
}

macro_rules! over {
    ($name:literal, $method:ident($($argument:tt)*), $dims:expr, $f:expr) => {
        Operation::new(
            concat!($name, "(", stringify!($($argument)*), ")"),
            SHAPES,
            op!(|x| x.$method($($argument)*)),
            |xs| xs[0].reduce(&$dims, $f),
        )
        .sums(24, |xs| xs[0].abs().reduce(&$dims, sum))
        .large(&[&[40, 60, 70]])
    };
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        over!("sum", sum(..), [0, 1, 2], sum),
        over!("sum", sum(0), [0], sum),
        over!("sum", sum(1), [1], sum),
        over!("sum", sum(-1), [2], sum),
        over!("sum", sum([0, 2]), [0, 2], sum),
        over!("sum", sum([2, 1]), [1, 2], sum),
        over!("mean", mean([0, 1]), [0, 1], mean),
        over!("mean", mean(-1), [2], mean),
        over!("var", var([0, 2], 0), [0, 2], |row| variance(row, 0)).magnitude_of_squares(),
        over!("var", var(.., 1), [0, 1, 2], |row| variance(row, 1))
            .magnitude_of_squares()
            .shapes(NON_EMPTY_TWO),
        Operation::new("sum_keepdim([0, 2])", SHAPES, op!(|x| x.sum_keepdim([0, 2])), |xs| {
            let kept = [1, xs[0].shape[1], 1];
            xs[0].reduce(&[0, 2], sum).reshape(&kept)
        })
        .sums(24, |xs| xs[0].abs().reduce(&[0, 2], sum))
        .large(&[&[40, 60, 70]]),
        Operation::new("mean_keepdim(1)", NON_EMPTY, op!(|x| x.mean_keepdim(1)), |xs| {
            let kept = [xs[0].shape[0], 1, xs[0].shape[2]];
            xs[0].reduce(&[1], mean).reshape(&kept)
        })
        .sums(8, |xs| xs[0].abs().reduce(&[1], sum))
        .large(&[&[40, 60, 70]]),
        Operation::new("std(1)", NON_EMPTY_TWO, op!(|x| x.std([0, 2], 1)), |xs| {
            xs[0].reduce(&[0, 2], |row| variance(row, 1).sqrt())
        })
        .sums(24, |xs| xs[0].abs().reduce(&[0, 2], sum))
        .large(&[&[40, 60, 70]]),
        Operation::new("max(..)", NON_EMPTY, op!(|x| x.max(..)), |xs| xs[0].reduce(&[0, 1, 2], max))
            .values(Values::Distinct)
            .large(&[&[40, 60, 70]]),
        Operation::new("max([0, 1])", NON_EMPTY, op!(|x| x.max([0, 1])), |xs| xs[0].reduce(&[0, 1], max))
            .values(Values::Distinct)
            .large(&[&[40, 60, 70]]),
        Operation::new("max_keepdim(-1)", NON_EMPTY, op!(|x| x.max_keepdim(-1)), |xs| {
            let kept = [xs[0].shape[0], xs[0].shape[1], 1];
            xs[0].reduce(&[2], max).reshape(&kept)
        })
        .values(Values::Distinct)
        .large(&[&[40, 60, 70]]),
        Operation::new("min(1)", NON_EMPTY, op!(|x| x.min(1)), |xs| xs[0].reduce(&[1], min))
            .values(Values::Distinct)
            .large(&[&[40, 60, 70]]),
        Operation::new("logsumexp([0, 2])", NON_EMPTY, op!(|x| x.logsumexp([0, 2])), |xs| {
            xs[0].reduce(&[0, 2], logsumexp)
        })
        .sums(24, |xs| xs[0].abs().reduce(&[0, 2], |row| 1.0 + max(row)))
        .large(&[&[40, 60, 70]]),
        Operation::new("norm", NON_EMPTY, op!(|x| x.norm()), |xs| {
            xs[0].reduce(&[0, 1, 2], |row| row.iter().map(|x| x * x).sum::<f64>().sqrt())
        })
        .sums(24, |_| Naive::scalar(1.0))
        .large(&[&[40, 60, 70]]),
        Operation::new("softmax(-1)", SHAPES, op!(|x| x.softmax(-1)), |xs| xs[0].along(2, softmax))
            .roundings(64.0)
            .large(&[&[40, 60, 70]]),
        Operation::new("softmax(0)", SHAPES, op!(|x| x.softmax(0)), |xs| xs[0].along(0, softmax))
            .roundings(64.0)
            .large(&[&[40, 60, 70]]),
        Operation::new("log_softmax(1)", SHAPES, op!(|x| x.log_softmax(1)), |xs| xs[0].along(1, log_softmax))
            .sums(24, |_| Naive::scalar(4.0))
            .large(&[&[40, 60, 70]]),
        Operation::new(
            "cross_entropy",
            &[&[&[4, 3]], &[&[1, 1]], &[&[1, 5]], &[&[17, 2]]],
            op!(|x| x.cross_entropy(&(0..x.size(0)).map(|i| i % x.size(1)).collect::<Vec<_>>())),
            |xs| {
                let log_p = xs[0].along(1, log_softmax);
                let [rows, classes] = xs[0].shape[..] else { unreachable!() };
                let total: f64 = (0..rows).map(|i| log_p.at(&[i, i % classes])).sum();
                Naive::scalar(-total / rows as f64)
            },
        )
        .sums(24, |_| Naive::scalar(4.0))
        .large(&[&[3000, 40]]),
        Operation::new(
            "batch_norm",
            &[&[&[3, 2, 4], &[2], &[2]], &[&[2, 3, 1, 2], &[3], &[3]], &[&[5, 2], &[2], &[2]]],
            op!(|x, w, b| x.batch_norm(Some([w, b]), 0.1).0),
            batch_norm,
        )
        // Differences from the mean, over √0.1 at least, times 2.
        .sums(24, |_| Naive::scalar(32.0))
        .large(&[&[40, 16, 7, 7], &[16], &[16]]),
        Operation::new(
            "batch_norm, without γ and β",
            &[&[&[3, 2, 4]], &[&[5, 2]]],
            op!(|x| x.batch_norm(None, 0.1).0),
            |xs| {
                let channels = [xs[0].shape[1]];
                let ones = Naive::from_fn(&channels, |_| 1.0);
                batch_norm(&[xs[0].clone(), ones.clone(), ones.map(|_| 0.0)])
            },
        )
        .sums(24, |_| Naive::scalar(32.0))
        .large(&[&[40, 16, 7, 7]]),
        Operation::new(
            "linear",
            &[&[&[4, 3], &[5, 3], &[5]], &[&[2, 3, 2], &[4, 2], &[4]], &[&[1, 1], &[1, 1], &[1]]],
            op!(|x, w, b| x.linear(w, Some(b))),
            |xs| linear(&xs[0], &xs[1]).zip(&xs[2], |y, b| y + b),
        )
        .sums(8, |xs| linear(&xs[0].abs(), &xs[1].abs()).zip(&xs[2].abs(), |y, b| y + b))
        .large(&[&[300, 90], &[200, 90], &[200]]),
        Operation::new(
            "linear, without a bias",
            &[&[&[4, 3], &[5, 3]]],
            op!(|x, w| x.linear(w, None)),
            |xs| linear(&xs[0], &xs[1]),
        )
        .sums(8, |xs| linear(&xs[0].abs(), &xs[1].abs()))
        .large(&[&[300, 90], &[200, 90]]),
        Operation::new("matmul", MATRICES, op!(|x, y| x.matmul(y)), |xs| xs[0].matmul(&xs[1]))
            .sums(40, products)
            .large(&[&[300, 90], &[90, 200]]),
        Operation::new("matmul of transposes", MATRICES, op!(|x, y| y.t().matmul(&x.t())), |xs| {
            let y = xs[0].matmul(&xs[1]);
            let mut order: Vec<usize> = (0..y.shape.len()).collect();
            let last = order.len() - 1;
            order.swap(last - 1, last);
            y.permute(&order)
        })
        .sums(40, |xs| {
            let y = products(xs);
            let mut order: Vec<usize> = (0..y.shape.len()).collect();
            let last = order.len() - 1;
            order.swap(last - 1, last);
            y.permute(&order)
        })
        .large(&[&[300, 90], &[90, 200]]),
        Operation::new("matmul, batched", &MATRICES[5..9], op!(|x, y| x.matmul(y)), |xs| {
            xs[0].matmul(&xs[1])
        })
        .sums(40, products)
        .large(&[&[50, 60, 30], &[50, 30, 40]]),
        Operation::new(
            "matmul of vectors",
            &[&[&[4], &[4]], &[&[1], &[1]], &[&[0], &[0]]],
            op!(|x, y| x.matmul(y)),
            |xs| Naive::scalar(xs[0].data.iter().zip(&xs[1].data).map(|(a, b)| a * b).sum()),
        )
        .sums(8, |xs| Naive::scalar(xs[0].data.iter().zip(&xs[1].data).map(|(a, b)| (a * b).abs()).sum())),
        Operation::new(
            "matrix · vector",
            &[&[&[3, 4], &[4]], &[&[2, 3, 4], &[4]]],
            op!(|x, y| x.matmul(y)),
            |xs| {
                let column = xs[1].reshape(&[xs[1].shape[0], 1]);
                let kept = &xs[0].shape[..xs[0].shape.len() - 1];
                xs[0].matmul(&column).reshape(kept)
            },
        )
        .sums(8, |_| Naive::scalar(16.0)),
        Operation::new(
            "vector · matrix",
            &[&[&[4], &[4, 3]], &[&[4], &[2, 4, 3]]],
            op!(|x, y| x.matmul(y)),
            |xs| {
                let row = xs[0].reshape(&[1, xs[0].shape[0]]);
                let y = row.matmul(&xs[1]);
                let mut kept = y.shape.clone();
                kept.remove(kept.len() - 2);
                y.reshape(&kept)
            },
        )
        .sums(8, |_| Naive::scalar(16.0)),
    ]
}

/// With at least two numbers to each variance.
const NON_EMPTY_TWO: &[&[&[usize]]] = &[&[&[2, 3, 4]], &[&[3, 1, 5]], &[&[7, 2, 9]]];

impl Operation {
    /// Rounding relative to Σx², which is what a variance adds up.
    fn magnitude_of_squares(mut self) -> Self {
        self.magnitude = |xs| {
            let total = xs[0].data.iter().map(|x| x * x).sum::<f64>();
            Naive::scalar(total)
        };
        self
    }
}
