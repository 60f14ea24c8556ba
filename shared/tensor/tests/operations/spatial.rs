//! Lines for convolutions, their transposes, windows and pooling.
//!
//! The slow twins loop over every output, filter, channel and tap. They are written for two dimensions behind batch
//! and channels; lines with one or three are brought there and back.

use tensor::{Convolution, Padding, Pooling};

use crate::naive::Naive;
use crate::op;
use crate::table::{Operation, Values};

/// A window as the slow twins see it: numbers only.
#[derive(Clone, Copy)]
struct Slow {
    stride: [usize; 3],
    /// Before and after.
    padding: [(usize, usize); 3],
    dilation: [usize; 3],
    groups: usize,
}

impl Slow {
    fn output(&self, dim: usize, input: usize, kernel: usize) -> usize {
        let (before, after) = self.padding[dim];
        (input + before + after - self.dilation[dim] * (kernel - 1) - 1) / self.stride[dim] + 1
    }

    /// Where tap k of the window at place o looks.
    fn place(&self, dim: usize, output: usize, tap: usize) -> isize {
        (output * self.stride[dim] + tap * self.dilation[dim]) as isize - self.padding[dim].0 as isize
    }

    /// y[n, f, o…] = Σ_c Σ_k x[n, c, place(o, k)…] · w[f, c, k…], as many loops as there are letters.
    fn conv(&self, x: &Naive, w: &Naive) -> Naive {
        let (x, w, dims) = (three(x), three(w), x.shape.len() - 2);
        let [n, _, ..] = x.shape[..] else { unreachable!() };
        let [filters, channels, ..] = w.shape[..] else { unreachable!() };
        let out: [usize; 3] = std::array::from_fn(|dim| self.output(dim, x.shape[dim + 2], w.shape[dim + 2]));
        let y = Naive::from_fn(&[n, filters, out[0], out[1], out[2]], |y| {
            let group = y[1] / (filters / self.groups);
            let mut sum = 0.0;
            for c in 0..channels {
                for k0 in 0..w.shape[2] {
                    for k1 in 0..w.shape[3] {
                        for k2 in 0..w.shape[4] {
                            let place: [isize; 3] =
                                std::array::from_fn(|dim| self.place(dim, y[dim + 2], [k0, k1, k2][dim]));
                            let channel = (group * channels + c) as isize;
                            sum += x.at_or_zero(&[y[0] as isize, channel, place[0], place[1], place[2]])
                                * w.at(&[y[1], c, k0, k1, k2]);
                        }
                    }
                }
            }
            sum
        });
        back(y, dims)
    }

    /// The transpose: every input adds its multiple of the kernel to a window of the output.
    fn conv_transpose(&self, y: &Naive, w: &Naive, size: &[usize]) -> Naive {
        let (y, w, dims) = (three(y), three(w), y.shape.len() - 2);
        let [filters, channels, ..] = w.shape[..] else { unreachable!() };
        let mut shape = vec![y.shape[0], channels * self.groups];
        shape.extend(std::iter::repeat_n(1, 3 - dims));
        shape.extend(size);
        let mut x = Naive::from_fn(&shape, |_| 0.0);
        for at in crate::naive::indices(&y.shape) {
            let group = at[1] / (filters / self.groups);
            for tap in crate::naive::indices(&w.shape[1..]) {
                let place: Vec<isize> =
                    (0..3).map(|dim| self.place(dim, at[dim + 2], tap[dim + 1])).collect();
                if place.iter().zip(&shape[2..]).all(|(&p, &n)| (0..n as isize).contains(&p)) {
                    let mut to = vec![at[0], group * channels + tap[0]];
                    to.extend(place.iter().map(|&p| p as usize));
                    let position = to.iter().zip(&shape).fold(0, |position, (i, n)| position * n + i);
                    x.data[position] += y.at(&at) * w.at(&[&[at[1]], &tap[..]].concat());
                }
            }
        }
        back(x, dims)
    }

    /// What the windows of `kernel` see, as `f` of a row of numbers; places outside are `None`.
    fn pool(&self, x: &Naive, kernel: [usize; 3], f: impl Fn(&[Option<f64>]) -> f64) -> Naive {
        let (x, dims) = (three(x), x.shape.len() - 2);
        let out: [usize; 3] = std::array::from_fn(|dim| self.output(dim, x.shape[dim + 2], kernel[dim]));
        let y = Naive::from_fn(&[x.shape[0], x.shape[1], out[0], out[1], out[2]], |y| {
            let seen: Vec<Option<f64>> = crate::naive::indices(&kernel)
                .iter()
                .map(|tap| {
                    let place: Vec<isize> = (0..3).map(|dim| self.place(dim, y[dim + 2], tap[dim])).collect();
                    let inside = place.iter().zip(&x.shape[2..]).all(|(&p, &n)| (0..n as isize).contains(&p));
                    inside
                        .then(|| x.at(&[y[0], y[1], place[0] as usize, place[1] as usize, place[2] as usize]))
                })
                .collect();
            f(&seen)
        });
        back(y, dims)
    }
}

/// [n, c, …] with leading dimensions of size 1, so that three stand behind the first two.
fn three(x: &Naive) -> Naive {
    let missing = 5 - x.shape.len();
    let shape = [&x.shape[..2], &[1, 1, 1][..missing], &x.shape[2..]].concat();
    x.reshape(&shape)
}

fn back(x: Naive, dims: usize) -> Naive {
    let shape = [&x.shape[..2], &x.shape[5 - dims..]].concat();
    x.reshape(&shape)
}

fn max(seen: &[Option<f64>]) -> f64 {
    seen.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn sum(seen: &[Option<f64>]) -> f64 {
    seen.iter().flatten().sum()
}

const PLAIN: Slow = Slow { stride: [1; 3], padding: [(0, 0); 3], dilation: [1; 3], groups: 1 };
const STRIDED: Slow =
    Slow { stride: [1, 2, 3], padding: [(0, 0), (1, 1), (2, 2)], dilation: [1; 3], groups: 1 };
const DILATED: Slow =
    Slow { stride: [1; 3], padding: [(0, 0), (1, 1), (2, 2)], dilation: [1, 2, 3], groups: 1 };
const GROUPED: Slow =
    Slow { stride: [1, 1, 2], padding: [(0, 0), (1, 1), (1, 1)], dilation: [1; 3], groups: 2 };
const SAME: Slow = Slow { stride: [1; 3], padding: [(0, 0), (1, 1), (0, 1)], dilation: [1; 3], groups: 1 };
const SAME_DILATED: Slow =
    Slow { stride: [1; 3], padding: [(0, 0), (2, 2), (1, 1)], dilation: [1, 2, 2], groups: 1 };
const LINE: Slow =
    Slow { stride: [1, 1, 2], padding: [(0, 0), (0, 0), (1, 1)], dilation: [1, 1, 2], groups: 1 };
const VOLUME: Slow =
    Slow { stride: [2, 1, 1], padding: [(1, 1), (0, 0), (1, 1)], dilation: [1; 3], groups: 1 };

/// Images and kernels 3 × 2.
const IMAGES: &[&[&[usize]]] = &[
    &[&[2, 2, 5, 6], &[3, 2, 3, 2]],
    &[&[1, 1, 3, 4], &[1, 1, 3, 2]],
    &[&[0, 2, 5, 6], &[3, 2, 3, 2]],
    &[&[1, 3, 7, 7], &[2, 3, 3, 2]],
];
const GROUPS: &[&[&[usize]]] =
    &[&[&[2, 4, 4, 5], &[6, 2, 3, 2]], &[&[1, 2, 3, 3], &[2, 1, 3, 2]], &[&[0, 2, 3, 3], &[2, 1, 3, 2]]];
const LARGE: &[&[usize]] = &[&[20, 4, 30, 31], &[8, 4, 3, 2]];
const ONE_IMAGE: &[&[&[usize]]] = &[&[&[2, 2, 5, 6]], &[&[1, 1, 4, 4]], &[&[0, 2, 5, 6]], &[&[1, 3, 7, 7]]];

macro_rules! conv {
    ($name:literal, $method:ident, $shapes:expr, $large:expr, $settings:expr, $slow:expr) => {
        Operation::new($name, $shapes, op!(|x, w| x.$method(w, &$settings)), |xs| $slow.conv(&xs[0], &xs[1]))
            .sums(64, |xs| $slow.conv(&xs[0].abs(), &xs[1].abs()))
            .large($large)
    };
}

macro_rules! transposed {
    ($name:literal, $method:ident, $shapes:expr, $large:expr, $settings:expr, $slow:expr, $size:expr) => {
        Operation::new($name, $shapes, op!(|y, w| y.$method(w, &$settings)), |xs| {
            let size: fn(&[usize], &[usize]) -> Vec<usize> = $size;
            $slow.conv_transpose(&xs[0], &xs[1], &size(&xs[0].shape[2..], &xs[1].shape[2..]))
        })
        .sums(64, |xs| {
            let size: fn(&[usize], &[usize]) -> Vec<usize> = $size;
            $slow.conv_transpose(&xs[0].abs(), &xs[1].abs(), &size(&xs[0].shape[2..], &xs[1].shape[2..]))
        })
        .large($large)
    };
}

pub(crate) fn operations() -> Vec<Operation> {
    let mut all = convolutions();
    all.extend(transposes());
    all.extend(windows());
    all.extend(pools());
    all
}

fn convolutions() -> Vec<Operation> {
    vec![
        conv!("conv2d", conv2d, IMAGES, LARGE, Convolution::default(), PLAIN),
        conv!(
            "conv2d, strided",
            conv2d,
            IMAGES,
            LARGE,
            Convolution::default().stride([2, 3]).padding([1, 2]),
            STRIDED
        ),
        conv!(
            "conv2d, dilated",
            conv2d,
            IMAGES,
            LARGE,
            Convolution::default().dilation([2, 3]).padding([1, 2]),
            DILATED
        ),
        conv!(
            "conv2d, grouped",
            conv2d,
            GROUPS,
            &[&[20, 4, 30, 31], &[8, 2, 3, 2]],
            Convolution::default().groups(2).padding(1).stride([1, 2]),
            GROUPED
        ),
        conv!("conv2d, same", conv2d, IMAGES, LARGE, Convolution::default().padding(Padding::Same), SAME),
        conv!(
            "conv2d, same, dilated",
            conv2d,
            IMAGES,
            LARGE,
            Convolution::default().padding(Padding::Same).dilation(2),
            SAME_DILATED
        ),
        conv!(
            "conv2d, 1 × 1",
            conv2d,
            &[&[&[2, 3, 4, 2], &[2, 3, 1, 1]], &[&[1, 1, 1, 1], &[1, 1, 1, 1]]],
            &[&[20, 8, 30, 31], &[8, 8, 1, 1]],
            Convolution::default(),
            PLAIN
        ),
        conv!(
            "conv1d",
            conv1d,
            &[&[&[2, 2, 9], &[3, 2, 3]], &[&[1, 1, 5], &[1, 1, 3]], &[&[0, 1, 5], &[1, 1, 3]]],
            &[&[20, 4, 900], &[8, 4, 5]],
            Convolution::default().stride(2).padding(1).dilation(2),
            LINE
        ),
        conv!(
            "conv3d",
            conv3d,
            &[&[&[1, 2, 3, 3, 3], &[2, 2, 2, 2, 3]], &[&[1, 1, 2, 2, 1], &[1, 1, 2, 1, 2]]],
            &[&[4, 3, 12, 13, 14], &[4, 3, 3, 2, 3]],
            Convolution::default().stride([2, 1, 1]).padding([1, 0, 1]),
            VOLUME
        ),
    ]
}

fn transposes() -> Vec<Operation> {
    vec![
        transposed!(
            "conv_transpose2d",
            conv_transpose2d,
            &[
                &[&[2, 2, 3, 4], &[2, 3, 3, 2]],
                &[&[1, 1, 1, 1], &[1, 1, 2, 2]],
                &[&[0, 2, 3, 4], &[2, 3, 3, 2]]
            ],
            &[&[20, 8, 20, 21], &[8, 4, 3, 2]],
            Convolution::default(),
            PLAIN,
            |y, k| vec![y[0] + k[0] - 1, y[1] + k[1] - 1]
        ),
        transposed!(
            "conv_transpose2d, strided",
            conv_transpose2d,
            &[&[&[2, 2, 3, 4], &[2, 3, 3, 5]], &[&[1, 1, 2, 2], &[1, 1, 3, 5]]],
            &[&[20, 8, 20, 21], &[8, 4, 3, 5]],
            Convolution::default().stride([2, 3]).padding([1, 2]).output_padding([1, 2]),
            STRIDED,
            |y, k| vec![(y[0] - 1) * 2 + k[0] - 2 + 1, (y[1] - 1) * 3 + k[1] - 4 + 2]
        ),
        transposed!(
            "conv_transpose2d, grouped",
            conv_transpose2d,
            &[&[&[2, 4, 3, 3], &[4, 2, 3, 4]], &[&[1, 2, 2, 2], &[2, 1, 3, 3]]],
            &[&[20, 8, 20, 21], &[8, 2, 3, 3]],
            Convolution::default().groups(2).padding(1).stride([1, 2]),
            GROUPED,
            |y, k| vec![y[0] - 1 + k[0] - 2, (y[1] - 1) * 2 + k[1] - 2]
        ),
        transposed!(
            "conv_transpose1d",
            conv_transpose1d,
            &[&[&[2, 2, 5], &[2, 3, 3]], &[&[1, 1, 2], &[1, 1, 2]]],
            &[&[20, 8, 500], &[8, 4, 5]],
            Convolution::default().stride(2).padding(1).dilation(2),
            LINE,
            |y, k| vec![(y[0] - 1) * 2 + 2 * (k[0] - 1) + 1 - 2]
        ),
        transposed!(
            "conv_transpose3d",
            conv_transpose3d,
            &[&[&[1, 2, 2, 2, 2], &[2, 1, 3, 2, 3]]],
            &[&[4, 4, 8, 9, 10], &[4, 3, 3, 2, 3]],
            Convolution::default().stride([2, 1, 1]).padding([1, 0, 1]),
            VOLUME,
            |y, k| vec![(y[0] - 1) * 2 + k[0] - 2, y[1] - 1 + k[1], y[2] - 1 + k[2] - 2]
        ),
    ]
}

fn windows() -> Vec<Operation> {
    vec![
        Operation::new(
            "unfold",
            ONE_IMAGE,
            op!(|x| x.unfold([3, 2], &Convolution::default().stride([2, 3]).padding([1, 2]))),
            |xs| {
                let x = &xs[0];
                let [n, c, h, w] = x.shape[..] else { unreachable!() };
                let (rows, columns) = (STRIDED.output(1, h, 3), STRIDED.output(2, w, 2));
                Naive::from_fn(&[n, c * 6, rows * columns], |i| {
                    let (channel, tap, place) = (i[1] / 6, i[1] % 6, i[2]);
                    let y = STRIDED.place(1, place / columns, tap / 2);
                    let z = STRIDED.place(2, place % columns, tap % 2);
                    x.at_or_zero(&[i[0] as isize, channel as isize, y, z])
                })
            },
        )
        .large(&[&[20, 4, 30, 31]]),
        Operation::new(
            "fold",
            &[&[&[2, 12, 9]], &[&[1, 6, 9]], &[&[0, 6, 9]]],
            op!(|x| x.fold([5, 6], [3, 2], &Convolution::default().stride([2, 3]).padding([1, 2]))),
            |xs| {
                let [n, rows, _] = xs[0].shape[..] else { unreachable!() };
                let mut y = Naive::from_fn(&[n, rows / 6, 5, 6], |_| 0.0);
                for i in crate::naive::indices(&xs[0].shape) {
                    let (channel, tap) = (i[1] / 6, i[1] % 6);
                    let row = STRIDED.place(1, i[2] / 3, tap / 2);
                    let column = STRIDED.place(2, i[2] % 3, tap % 2);
                    if (0..5).contains(&row) && (0..6).contains(&column) {
                        let position =
                            ((i[0] * (rows / 6) + channel) * 5 + row as usize) * 6 + column as usize;
                        y.data[position] += xs[0].at(&i);
                    }
                }
                y
            },
        )
        .sums(8, |_| Naive::scalar(8.0)),
    ]
}

/// Each place of an adaptive pool covers ⌊i·n/m⌋ up to ⌈(i + 1)·n/m⌉.
fn adaptive(x: &Naive, size: &[usize], f: impl Fn(&[Option<f64>]) -> f64) -> Naive {
    let space = &x.shape[2..];
    Naive::from_fn(&[&x.shape[..2], size].concat(), |place| {
        let start = |dim: usize| place[dim + 2] * space[dim] / size[dim];
        let end = |dim: usize| ((place[dim + 2] + 1) * space[dim]).div_ceil(size[dim]);
        let covered: Vec<usize> = (0..size.len()).map(|dim| end(dim) - start(dim)).collect();
        let seen: Vec<Option<f64>> = crate::naive::indices(&covered)
            .iter()
            .map(|offset| {
                let inside = offset.iter().enumerate().map(|(dim, i)| start(dim) + i);
                Some(x.at(&place[..2].iter().copied().chain(inside).collect::<Vec<_>>()))
            })
            .collect();
        f(&seen)
    })
}

const LINES: &[&[&[usize]]] = &[&[&[2, 2, 7]], &[&[1, 1, 3]], &[&[0, 1, 4]]];
const VOLUMES: &[&[&[usize]]] = &[&[&[1, 2, 3, 4, 2]], &[&[1, 1, 2, 3, 1]]];

fn pools() -> Vec<Operation> {
    let large: &[&[usize]] = &[&[20, 4, 30, 31]];
    vec![
        Operation::new("max_pool2d(2)", ONE_IMAGE, op!(|x| x.max_pool2d(2)), |xs| {
            Slow { stride: [1, 2, 2], ..PLAIN }.pool(&xs[0], [1, 2, 2], max)
        })
        .values(Values::Distinct)
        .large(large),
        Operation::new(
            "max_pool2d, overlapping",
            ONE_IMAGE,
            op!(|x| x.max_pool2d(Pooling::kernel([3, 2]).stride([2, 1]).padding([1, 0]))),
            |xs| {
                Slow { stride: [1, 2, 1], padding: [(0, 0), (1, 1), (0, 0)], ..PLAIN }.pool(
                    &xs[0],
                    [1, 3, 2],
                    max,
                )
            },
        )
        .values(Values::Distinct)
        .large(large),
        Operation::new(
            "max_pool1d",
            &[&[&[2, 2, 7]], &[&[1, 1, 3]]],
            op!(|x| x.max_pool1d(Pooling::kernel(3).stride(2))),
            |xs| Slow { stride: [1, 1, 2], ..PLAIN }.pool(&xs[0], [1, 1, 3], max),
        )
        .values(Values::Distinct),
        Operation::new(
            "max_pool3d",
            &[&[&[1, 2, 4, 4, 2]], &[&[1, 1, 2, 2, 2]]],
            op!(|x| x.max_pool3d(2)),
            |xs| Slow { stride: [2; 3], ..PLAIN }.pool(&xs[0], [2; 3], max),
        )
        .values(Values::Distinct),
        Operation::new("avg_pool2d(2)", ONE_IMAGE, op!(|x| x.avg_pool2d(2)), |xs| {
            Slow { stride: [1, 2, 2], ..PLAIN }.pool(&xs[0], [1, 2, 2], |seen| sum(seen) / 4.0)
        })
        .sums(4, |_| Naive::scalar(2.0))
        .large(large),
        Operation::new(
            "avg_pool2d, padded",
            ONE_IMAGE,
            op!(|x| x.avg_pool2d(Pooling::kernel([3, 2]).stride([2, 1]).padding([1, 0]))),
            |xs| {
                Slow { stride: [1, 2, 1], padding: [(0, 0), (1, 1), (0, 0)], ..PLAIN }.pool(
                    &xs[0],
                    [1, 3, 2],
                    |seen| sum(seen) / 6.0,
                )
            },
        )
        .sums(8, |_| Naive::scalar(2.0))
        .large(large),
        Operation::new(
            "avg_pool2d, padding excluded",
            ONE_IMAGE,
            op!(|x| x.avg_pool2d(Pooling::kernel([3, 2]).stride([2, 1]).padding([1, 0]).exclude_padding())),
            |xs| {
                Slow { stride: [1, 2, 1], padding: [(0, 0), (1, 1), (0, 0)], ..PLAIN }.pool(
                    &xs[0],
                    [1, 3, 2],
                    |seen| sum(seen) / seen.iter().flatten().count() as f64,
                )
            },
        )
        .sums(8, |_| Naive::scalar(2.0))
        .large(large),
        Operation::new("adaptive_avg_pool2d", ONE_IMAGE, op!(|x| x.adaptive_avg_pool2d([2, 3])), |xs| {
            adaptive(&xs[0], &[2, 3], |seen| sum(seen) / seen.len() as f64)
        })
        .sums(16, |_| Naive::scalar(2.0))
        .large(large),
        Operation::new("adaptive_max_pool2d", ONE_IMAGE, op!(|x| x.adaptive_max_pool2d([2, 3])), |xs| {
            adaptive(&xs[0], &[2, 3], max)
        })
        .values(Values::Distinct)
        .large(large),
        Operation::new(
            "avg_pool1d",
            &[&[&[2, 2, 7]], &[&[1, 1, 3]]],
            op!(|x| x.avg_pool1d(Pooling::kernel(3).stride(2))),
            |xs| Slow { stride: [1, 1, 2], ..PLAIN }.pool(&xs[0], [1, 1, 3], |seen| sum(seen) / 3.0),
        )
        .sums(4, |_| Naive::scalar(2.0)),
        Operation::new(
            "avg_pool3d",
            &[&[&[1, 2, 4, 4, 2]], &[&[1, 1, 2, 2, 2]]],
            op!(|x| x.avg_pool3d(2)),
            |xs| Slow { stride: [2; 3], ..PLAIN }.pool(&xs[0], [2; 3], |seen| sum(seen) / 8.0),
        )
        .sums(8, |_| Naive::scalar(2.0)),
        Operation::new("adaptive_avg_pool1d", LINES, op!(|x| x.adaptive_avg_pool1d(3)), |xs| {
            adaptive(&xs[0], &[3], |seen| sum(seen) / seen.len() as f64)
        })
        .sums(8, |_| Naive::scalar(2.0)),
        Operation::new("adaptive_max_pool1d", LINES, op!(|x| x.adaptive_max_pool1d(3)), |xs| {
            adaptive(&xs[0], &[3], max)
        })
        .values(Values::Distinct),
        Operation::new("adaptive_avg_pool3d", VOLUMES, op!(|x| x.adaptive_avg_pool3d([2, 3, 1])), |xs| {
            adaptive(&xs[0], &[2, 3, 1], |seen| sum(seen) / seen.len() as f64)
        })
        .sums(16, |_| Naive::scalar(2.0)),
        Operation::new("adaptive_max_pool3d", VOLUMES, op!(|x| x.adaptive_max_pool3d([2, 3, 1])), |xs| {
            adaptive(&xs[0], &[2, 3, 1], max)
        })
        .values(Values::Distinct),
    ]
}
