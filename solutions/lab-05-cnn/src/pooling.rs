//! Pooling: one number for each window, channel by channel.
//!
//! Max pooling keeps the strongest match of a filter, whatever its exact place; average pooling blurs and thins out.
//! Neither has parameters. What lies in the padding counts as −∞ for the maximum, which therefore never takes it, and
//! as 0 for the average, which still divides by all kh·kw taps (PyTorch's `count_include_pad=True`).

use tensor::{Backward, Float, Grads, Op, Tensor};

use crate::Window;

/// The largest number under each window: images \[N, C, H, W\] become \[N, C, OH, OW\].
///
/// # Panics
/// If the window does not fit, or sees nothing but padding somewhere.
#[track_caller]
pub fn max_pool2d<T: Float>(x: &Tensor<T>, window: &Window) -> Tensor<T> {
    let [batch, channels, height, width] = x.dims();
    let [oh, ow] = window.output_shape([height, width]);
    let blind = [(0, height), (1, width)].iter().any(|&(dim, n)| window.places(dim, n).contains(&vec![]));
    assert!(
        !blind,
        "max_pool2d: {window:?} sees nothing but padding at some place of an input of shape {:?}; use less padding",
        x.shape()
    );
    let (largest, places) = largest_of_windows(x, window);
    let y = Tensor::from_vec(largest, [batch, channels, oh, ow]);
    y.record(&[x], || MaxPool2d { places, shape: [batch, channels, height, width] })
}

/// The largest number under each window, and its place in `x.as_slice()`, in the order of the output
/// \[N, C, OH, OW\]. Of several equally large numbers the first counts, row by row.
///
/// Every window is known to see at least one number.
fn largest_of_windows<T: Float>(x: &Tensor<T>, window: &Window) -> (Vec<T>, Vec<usize>) {
    let [batch, channels, height, width] = x.dims();
    let (rows_seen, columns_seen) = (window.places(0, height), window.places(1, width));
    let x = x.as_slice();
    // BEGIN SOLUTION 5.1: the largest number that each window sees, and its place in x
    //> let (mut largest, mut places): (Vec<T>, Vec<usize>) = (Vec::new(), Vec::new());
    //> for plane in 0..batch * channels {
    //>     for rows in &rows_seen {
    //>         for columns in &columns_seen {
    //>             // This window sees x[(plane * height + row) * width + column] for its rows and columns.
    //>         }
    //>     }
    //> }
    let (mut largest, mut places): (Vec<T>, Vec<usize>) = (Vec::new(), Vec::new());
    for plane in 0..batch * channels {
        for rows in &rows_seen {
            for columns in &columns_seen {
                let mut best = None;
                for row in rows {
                    for column in columns {
                        let place = (plane * height + row) * width + column;
                        if best.is_none_or(|best| x[place] > x[best]) {
                            best = Some(place);
                        }
                    }
                }
                let place = best.expect("every window sees a number");
                largest.push(x[place]);
                places.push(place);
            }
        }
    }
    (largest, places)
    // END SOLUTION
}

/// Max pooling as an operation of the graph.
struct MaxPool2d {
    /// Where the maximum of each window is in the input, in row-major order of the output.
    places: Vec<usize>,
    /// The input's shape.
    shape: [usize; 4],
}

impl<T: Float> Op<T> for MaxPool2d {
    fn name(&self) -> &'static str {
        "MaxPool2d"
    }

    /// y = x\[place\] has the derivative 1 at that place and 0 elsewhere: each dy goes where its maximum came from.
    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let mut dx = Tensor::zeros(self.shape);
        let dy = cx.dy.as_slice();
        // BEGIN SOLUTION 5.2: add each number of dy at the place of its maximum; windows may share one
        //> let slots = dx.data_mut();
        let slots = dx.data_mut();
        for (&place, &dy) in self.places.iter().zip(dy.iter()) {
            slots[place] += dy;
        }
        // END SOLUTION
        vec![Some(dx)]
    }
}

/// The average under each window: images \[N, C, H, W\] become \[N, C, OH, OW\].
///
/// # Panics
/// If the window does not fit.
#[track_caller]
pub fn avg_pool2d<T: Float>(x: &Tensor<T>, window: &Window) -> Tensor<T> {
    let shape = x.dims();
    let y = average_of_windows(x, window);
    y.record(&[x], || AvgPool2d { window: *window, shape })
}

/// The sum of what each window sees, divided by its kh·kw taps.
fn average_of_windows<T: Float>(x: &Tensor<T>, window: &Window) -> Tensor<T> {
    let [batch, channels, height, width] = x.dims();
    let (rows_seen, columns_seen) = (window.places(0, height), window.places(1, width));
    let [kh, kw] = window.kernel;
    let share = T::from_f64(1.0 / (kh * kw) as f64);
    let x = x.as_slice();
    // BEGIN SOLUTION 5.3: the loops of the maximum, with a sum in its place
    //> let mut y: Vec<T> = Vec::new();
    let mut y: Vec<T> = Vec::new();
    for plane in 0..batch * channels {
        for rows in &rows_seen {
            for columns in &columns_seen {
                let mut sum = T::zero();
                for row in rows {
                    for column in columns {
                        sum += x[(plane * height + row) * width + column];
                    }
                }
                y.push(sum * share);
            }
        }
    }
    Tensor::from_vec(y, [batch, channels, rows_seen.len(), columns_seen.len()])
    // END SOLUTION
}

/// Average pooling as an operation of the graph.
struct AvgPool2d {
    window: Window,
    /// The input's shape.
    shape: [usize; 4],
}

impl<T: Float> Op<T> for AvgPool2d {
    fn name(&self) -> &'static str {
        "AvgPool2d"
    }

    /// Every number that a window sees has the share 1/(kh·kw) in its average, and gets that share of dy.
    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let AvgPool2d { window, shape: [batch, channels, height, width] } = *self;
        let (rows_seen, columns_seen) = (window.places(0, height), window.places(1, width));
        let [kh, kw] = window.kernel;
        let share = T::from_f64(1.0 / (kh * kw) as f64);
        let dy = cx.dy.as_slice();
        let mut dx = Tensor::zeros(self.shape);
        // BEGIN SOLUTION 5.4: add its share of each number of dy to everything that its window sees
        //> let slots = dx.data_mut();
        //> let mut dy = dy.iter();
        let slots = dx.data_mut();
        let mut dy = dy.iter();
        for plane in 0..batch * channels {
            for rows in &rows_seen {
                for columns in &columns_seen {
                    let dy = *dy.next().expect("one number for each window");
                    for row in rows {
                        for column in columns {
                            slots[(plane * height + row) * width + column] += dy * share;
                        }
                    }
                }
            }
        }
        // END SOLUTION
        vec![Some(dx)]
    }
}
