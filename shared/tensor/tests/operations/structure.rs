//! Lines for operations that move numbers and do not change them.

use crate::naive::Naive;
use crate::op;
use crate::table::{Operation, Values};

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
                Naive::from_fn(&[a, 2, c], |i| xs[0].at(&[i[0], i[1] + 1, i[2]]))
            },
        )
        .large(&[&[40, 60, 70]]),
        Operation::new(
            "slice",
            &[&[&[3, 4, 5]], &[&[2, 3, 4]], &[&[2, 2, 2]]],
            op!(|x| x.slice((1, 1.., ..2))),
            |xs| {
                let [_, b, _] = xs[0].shape[..] else { unreachable!() };
                Naive::from_fn(&[b - 1, 2], |i| xs[0].at(&[1, i[0] + 1, i[1]]))
            },
        )
        .large(&[&[40, 60, 70]]),
        Operation::new(
            "select",
            &[&[&[3, 4, 5]], &[&[1, 3, 1]], &[&[0, 2, 2]]],
            op!(|x| x.select(1, 1)),
            |xs| {
                let [a, _, c] = xs[0].shape[..] else { unreachable!() };
                Naive::from_fn(&[a, c], |i| xs[0].at(&[i[0], 1, i[1]]))
            },
        )
        .large(&[&[40, 60, 70]]),
        Operation::new("step_by", SHAPES, op!(|x| x.step_by(-1, 2)), |xs| {
            let [a, b, c] = xs[0].shape[..] else { unreachable!() };
            Naive::from_fn(&[a, b, c.div_ceil(2)], |i| xs[0].at(&[i[0], i[1], 2 * i[2]]))
        })
        .large(&[&[40, 60, 70]]),
        Operation::new("split, cat", SHAPES, op!(|x| tensor::Tensor::cat(&x.split(2, 2), 1)), |xs| {
            let [a, b, c] = xs[0].shape[..] else { unreachable!() };
            if c == 1 {
                return xs[0].clone();
            }
            let parts = c / 2;
            Naive::from_fn(&[a, b * parts, 2], |i| xs[0].at(&[i[0], i[1] % b, 2 * (i[1] / b) + i[2]]))
        })
        .shapes(&[&[&[2, 3, 4]], &[&[1, 1, 1]], &[&[3, 1, 6]], &[&[2, 0, 2]]])
        .large(&[&[40, 60, 70]]),
        Operation::new("flip([0, 2])", SHAPES, op!(|x| x.flip([0, 2])), |xs| {
            let [a, _, c] = xs[0].shape[..] else { unreachable!() };
            Naive::from_fn(&xs[0].shape, |i| xs[0].at(&[a - 1 - i[0], i[1], c - 1 - i[2]]))
        })
        .large(&[&[40, 60, 70]]),
        Operation::new("roll", SHAPES, op!(|x| x.roll(2, 2)), |xs| {
            let c = xs[0].shape[2];
            Naive::from_fn(&xs[0].shape, |i| xs[0].at(&[i[0], i[1], (i[2] + 2 * c - 2) % c]))
        })
        .large(&[&[40, 60, 70]]),
        Operation::new("cumsum", SHAPES, op!(|x| x.cumsum(1)), |xs| {
            xs[0].along(1, |row| {
                row.iter()
                    .scan(0.0, |sum, x| {
                        *sum += x;
                        Some(*sum)
                    })
                    .collect()
            })
        })
        .sums(8, |_| Naive::scalar(8.0))
        .large(&[&[40, 60, 70]]),
        Operation::new("sort", SHAPES, op!(|x| x.sort(2).0), |xs| {
            xs[0].along(2, |row| {
                let mut row = row.to_vec();
                row.sort_by(f64::total_cmp);
                row
            })
        })
        .values(Values::Distinct)
        .large(&[&[40, 60, 70]]),
        Operation::new(
            "topk",
            &[&[&[2, 3, 4]], &[&[1, 2, 1]], &[&[0, 3, 2]]],
            op!(|x| x.topk(2, 1).0),
            |xs| {
                let sorted = xs[0].along(1, |row| {
                    let mut row = row.to_vec();
                    row.sort_by(|a, b| b.total_cmp(a));
                    row
                });
                let [a, _, c] = xs[0].shape[..] else { unreachable!() };
                Naive::from_fn(&[a, 2, c], |i| sorted.at(i))
            },
        )
        .values(Values::Distinct)
        .large(&[&[40, 60, 70]]),
        Operation::new("tril(1)", SHAPES, op!(|x| x.tril(1)), |xs| {
            Naive::from_fn(&xs[0].shape, |i| if i[2] <= i[1] + 1 { xs[0].at(i) } else { 0.0 })
        })
        .large(&[&[40, 60, 70]]),
        Operation::new("triu(0)", SHAPES, op!(|x| x.triu(0)), |xs| {
            Naive::from_fn(&xs[0].shape, |i| if i[2] >= i[1] { xs[0].at(i) } else { 0.0 })
        })
        .large(&[&[40, 60, 70]]),
        Operation::new("diag of a vector", &[&[&[4]], &[&[1]], &[&[0]]], op!(|x| x.diag()), |xs| {
            let n = xs[0].shape[0];
            Naive::from_fn(&[n, n], |i| if i[0] == i[1] { xs[0].at(&i[..1]) } else { 0.0 })
        }),
        Operation::new(
            "diag of a matrix",
            &[&[&[3, 4]], &[&[4, 2]], &[&[1, 1]], &[&[0, 3]]],
            op!(|x| x.diag()),
            |xs| {
                let n = xs[0].shape[0].min(xs[0].shape[1]);
                Naive::from_fn(&[n], |i| xs[0].at(&[i[0], i[0]]))
            },
        ),
        Operation::new(
            "index_select",
            &[&[&[2, 3, 4]], &[&[1, 3, 1]], &[&[0, 3, 2]]],
            op!(|x| x.index_select(1, &[2, 0, 2, 1])),
            |xs| {
                let [a, _, c] = xs[0].shape[..] else { unreachable!() };
                Naive::from_fn(&[a, 4, c], |i| xs[0].at(&[i[0], [2, 0, 2, 1][i[1]], i[2]]))
            },
        )
        .large(&[&[40, 60, 70]]),
        Operation::new(
            "index_add",
            &[&[&[2, 3, 4], &[2, 2, 4]], &[&[1, 3, 1], &[1, 2, 1]], &[&[0, 3, 2], &[0, 2, 2]]],
            op!(|x, y| x.index_add(1, &[1, 1], y)),
            |xs| {
                Naive::from_fn(&xs[0].shape, |i| {
                    let added = xs[1].at(&[i[0], 0, i[2]]) + xs[1].at(&[i[0], 1, i[2]]);
                    xs[0].at(i) + if i[1] == 1 { added } else { 0.0 }
                })
            },
        )
        .sums(4, |_| Naive::scalar(6.0))
        .large(&[&[40, 60, 70], &[40, 2, 70]]),
        Operation::new(
            "gather",
            &[&[&[2, 3]], &[&[2, 4]]],
            op!(|x| x.gather(1, &[2, 0, 1, 1, 0, 0], [2, 3])),
            |xs| {
                let index = [[2, 0, 1], [1, 0, 0]];
                Naive::from_fn(&[2, 3], |i| xs[0].at(&[i[0], index[i[0]][i[1]]]))
            },
        ),
        Operation::new(
            "scatter_add",
            &[&[&[2, 3], &[2, 3]], &[&[2, 4], &[2, 3]]],
            op!(|x, y| x.scatter_add(1, &[2, 0, 2, 1, 1, 1], y)),
            |xs| {
                let index = [[2, 0, 2], [1, 1, 1]];
                Naive::from_fn(&xs[0].shape, |i| {
                    let added = (0..3).filter(|&j| index[i[0]][j] == i[1]).map(|j| xs[1].at(&[i[0], j]));
                    xs[0].at(i) + added.sum::<f64>()
                })
            },
        )
        .sums(4, |_| Naive::scalar(8.0)),
        Operation::new(
            "cat",
            &[&[&[2, 3], &[2, 1]], &[&[1, 1], &[1, 0]], &[&[0, 2], &[0, 3]], &[&[2, 0], &[2, 2]]],
            op!(|x, y| tensor::Tensor::cat(&[x, y, x], -1)),
            |xs| {
                let [rows, a] = xs[0].shape[..] else { unreachable!() };
                let b = xs[1].shape[1];
                Naive::from_fn(&[rows, a + b + a], |i| match i[1] {
                    j if j < a => xs[0].at(&[i[0], j]),
                    j if j < a + b => xs[1].at(&[i[0], j - a]),
                    j => xs[0].at(&[i[0], j - a - b]),
                })
            },
        )
        .large(&[&[300, 200], &[300, 100]]),
        Operation::new(
            "stack",
            &[&[&[2, 3], &[2, 3]], &[&[1, 1], &[1, 1]], &[&[0, 2], &[0, 2]]],
            op!(|x, y| tensor::Tensor::stack(&[x, y], 1)),
            |xs| {
                let [a, b] = xs[0].shape[..] else { unreachable!() };
                Naive::from_fn(&[a, 2, b], |i| xs[i[1]].at(&[i[0], i[2]]))
            },
        )
        .large(&[&[300, 200], &[300, 200]]),
        Operation::new(
            "pad",
            &[&[&[2, 3]], &[&[1, 1]], &[&[0, 2]]],
            op!(|x| x.pad(&[(1, 0), (2, 1)], 0.5)),
            |xs| {
                let [a, b] = xs[0].shape[..] else { unreachable!() };
                Naive::from_fn(&[a + 1, b + 3], |i| {
                    let inside = i[0] >= 1 && (2..2 + b).contains(&i[1]);
                    if inside { xs[0].at(&[i[0] - 1, i[1] - 2]) } else { 0.5 }
                })
            },
        )
        .large(&[&[300, 200]]),
        Operation::new(
            "pad_reflect",
            &[&[&[2, 3]], &[&[4, 5]]],
            op!(|x| x.pad_reflect(&[(1, 0), (2, 1)])),
            |xs| {
                let [a, b] = xs[0].shape[..] else { unreachable!() };
                let mirror = |i: isize, n: isize| {
                    (if i < 0 {
                        -i
                    } else if i >= n {
                        2 * n - 2 - i
                    } else {
                        i
                    }) as usize
                };
                Naive::from_fn(&[a + 1, b + 3], |i| {
                    xs[0].at(&[mirror(i[0] as isize - 1, a as isize), mirror(i[1] as isize - 2, b as isize)])
                })
            },
        )
        .large(&[&[300, 200]]),
        Operation::new(
            "pad_replicate",
            &[&[&[2, 3]], &[&[1, 1]]],
            op!(|x| x.pad_replicate(&[(1, 0), (2, 1)])),
            |xs| {
                let [a, b] = xs[0].shape[..] else { unreachable!() };
                let edge = |i: isize, n: usize| i.clamp(0, n as isize - 1) as usize;
                Naive::from_fn(&[a + 1, b + 3], |i| {
                    xs[0].at(&[edge(i[0] as isize - 1, a), edge(i[1] as isize - 2, b)])
                })
            },
        )
        .large(&[&[300, 200]]),
    ]
}
