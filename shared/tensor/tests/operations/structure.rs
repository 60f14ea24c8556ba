//! Lines for operations that move numbers and do not change them.

use crate::op;
use crate::table::Operation;

const SHAPES: &[&[&[usize]]] = &[&[&[2, 3, 4]], &[&[1, 1, 1]], &[&[3, 1, 5]], &[&[2, 0, 3]]];

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            "reshape",
            &[&[&[2, 3, 4]], &[&[4, 6, 1]], &[&[24, 1, 1]]],
            op!(|x| x.reshape([4, 6])),
            |xs| xs[0].reshape(&[4, 6]),
        )
        .large(&[&[2, 3, 4]]),
        Operation::new("flatten(1)", SHAPES, op!(|x| x.flatten(1)), |xs| {
            xs[0].reshape(&[xs[0].shape[0], xs[0].shape[1] * xs[0].shape[2]])
        })
        .large(&[&[40, 60, 70]]),
        Operation::new("permute", SHAPES, op!(|x| x.permute([2, 0, 1])), |xs| xs[0].permute(&[2, 0, 1]))
            .large(&[&[40, 60, 70]]),
        Operation::new("permute, contiguous", SHAPES, op!(|x| x.permute([1, 2, 0]).contiguous()), |xs| {
            xs[0].permute(&[1, 2, 0])
        })
        .large(&[&[40, 60, 70]]),
        Operation::new("permute, reshape", SHAPES, op!(|x| x.permute([1, 2, 0]).flatten(0)), |xs| {
            let n = xs[0].data.len();
            xs[0].permute(&[1, 2, 0]).reshape(&[n])
        })
        .large(&[&[40, 60, 70]]),
        Operation::new("t", SHAPES, op!(|x| x.t()), |xs| xs[0].permute(&[0, 2, 1])).large(&[&[40, 60, 70]]),
        Operation::new("transpose(0, -1)", SHAPES, op!(|x| x.transpose(0, -1)), |xs| {
            xs[0].permute(&[2, 1, 0])
        })
        .large(&[&[40, 60, 70]]),
        Operation::new("unsqueeze(1)", SHAPES, op!(|x| x.unsqueeze(1)), |xs| {
            let [a, b, c] = xs[0].shape[..] else { unreachable!() };
            xs[0].reshape(&[a, 1, b, c])
        })
        .large(&[&[40, 60, 70]]),
        Operation::new(
            "squeeze(1)",
            &[&[&[2, 1, 3]], &[&[1, 1, 1]], &[&[0, 1, 2]]],
            op!(|x| x.squeeze(1)),
            |xs| {
                let [a, _, c] = xs[0].shape[..] else { unreachable!() };
                xs[0].reshape(&[a, c])
            },
        ),
        Operation::new(
            "expand",
            &[&[&[3, 1]], &[&[1]], &[&[1, 4]], &[&[]]],
            op!(|x| x.expand([2, 3, 4])),
            |xs| xs[0].expand(&[2, 3, 4]),
        ),
        Operation::new(
            "expand, square",
            &[&[&[3, 1]], &[&[4]]],
            op!(|x| x.expand([2, 3, 4]).square()),
            |xs| xs[0].expand(&[2, 3, 4]).map(|x| x * x),
        ),
        Operation::new("sum_to", SHAPES, op!(|x| x.sum_to([x.size(1), 1])), |xs| {
            let kept = [xs[0].shape[1], 1];
            xs[0].reduce(&[0, 2], |row| row.iter().sum()).reshape(&kept)
        })
        .sums(16, |xs| xs[0].abs().reduce(&[0, 2], |row| row.iter().sum()))
        .large(&[&[40, 60, 70]]),
        Operation::new(
            "narrow",
            &[&[&[2, 3, 4]], &[&[1, 3, 1]], &[&[0, 3, 2]]],
            op!(|x| x.narrow(1, 1, 2)),
            |xs| {
                let [a, _, c] = xs[0].shape[..] else { unreachable!() };
                crate::naive::Naive::from_fn(&[a, 2, c], |i| xs[0].at(&[i[0], i[1] + 1, i[2]]))
            },
        )
        .large(&[&[40, 60, 70]]),
    ]
}
