//! What a line of the operation table is, and the laws that hold for every line.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tensor::{Float, Generator, Tensor, grad, grad_create_graph};

use crate::naive::Naive;

/// One operation on inputs of several shapes, beside its slow twin.
pub(crate) struct Operation {
    pub(crate) name: String,
    /// The shapes of the inputs, one list per case.
    pub(crate) shapes: Vec<Vec<Vec<usize>>>,
    /// Shapes large enough to be worth several threads.
    pub(crate) large: Vec<Vec<usize>>,
    pub(crate) values: Values,
    pub(crate) single: fn(&[Tensor<f32>]) -> Tensor<f32>,
    pub(crate) double: fn(&[Tensor<f64>]) -> Tensor<f64>,
    pub(crate) oracle: fn(&[Naive]) -> Naive,
    /// A bound on the numbers that are added up on the way; rounding errors are relative to it.
    pub(crate) magnitude: fn(&[Naive]) -> Naive,
    /// Rounding errors per result, in units of ε · magnitude.
    pub(crate) roundings: f64,
    pub(crate) differentiable: bool,
}

/// Where inputs are drawn from.
#[derive(Clone, Copy)]
pub(crate) enum Values {
    /// Anywhere in the interval.
    Within(f64, f64),
    /// No two equal or nearly so, none near a whole number: for functions with kinks and ties.
    Distinct,
}

/// The same closure for both number types.
#[macro_export]
macro_rules! op {
    (|$($x:ident),+| $body:expr) => {
        (
            |xs: &[tensor::Tensor<f32>]| -> tensor::Tensor<f32> {
                let [$($x),+] = xs else { unreachable!() };
                $body
            },
            |xs: &[tensor::Tensor<f64>]| -> tensor::Tensor<f64> {
                let [$($x),+] = xs else { unreachable!() };
                $body
            },
        )
    };
}

type Both = (fn(&[Tensor<f32>]) -> Tensor<f32>, fn(&[Tensor<f64>]) -> Tensor<f64>);

impl Operation {
    pub(crate) fn new(
        name: &str,
        shapes: &[&[&[usize]]],
        (single, double): Both,
        oracle: fn(&[Naive]) -> Naive,
    ) -> Self {
        let shapes: Vec<Vec<Vec<usize>>> =
            shapes.iter().map(|case| case.iter().map(|shape| shape.to_vec()).collect()).collect();
        Self {
            name: name.to_owned(),
            large: shapes[0].clone(),
            shapes,
            values: Values::Within(-2.0, 2.0),
            single,
            double,
            oracle,
            magnitude: |_| Naive::scalar(0.0),
            roundings: 8.0,
            differentiable: true,
        }
    }

    pub(crate) fn values(mut self, values: Values) -> Self {
        self.values = values;
        self
    }

    /// Sums of up to `terms` numbers whose absolute values add up to `magnitude`.
    pub(crate) fn sums(mut self, terms: usize, magnitude: fn(&[Naive]) -> Naive) -> Self {
        self.roundings = 8.0 + terms as f64;
        self.magnitude = magnitude;
        self
    }

    pub(crate) fn roundings(mut self, roundings: f64) -> Self {
        self.roundings = roundings;
        self
    }

    /// Other shapes than those it was made with.
    pub(crate) fn shapes(mut self, shapes: &[&[&[usize]]]) -> Self {
        self.shapes = shapes.iter().map(|case| case.iter().map(|shape| shape.to_vec()).collect()).collect();
        self
    }

    pub(crate) fn constant(mut self) -> Self {
        self.differentiable = false;
        self
    }

    pub(crate) fn large(mut self, shapes: &[&[usize]]) -> Self {
        self.large = shapes.iter().map(|shape| shape.to_vec()).collect();
        self
    }
}

/// How an input lies in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View {
    Contiguous,
    /// The dimensions in reverse order in memory.
    Permuted,
    /// Every second element of a larger buffer, from an offset on.
    Sliced,
    /// The last dimension larger than 1 repeats one number.
    Expanded,
}

pub(crate) const VIEWS: [View; 4] = [View::Contiguous, View::Permuted, View::Sliced, View::Expanded];

impl Values {
    fn draw(self, generator: &mut Generator, n: usize) -> Vec<f64> {
        let mut drawn: Vec<f64> = match self {
            Self::Within(low, high) => (0..n).map(|_| low + (high - low) * generator.uniform()).collect(),
            // Multiples of 1/8 plus 1/16 are never whole; a shuffle makes their order random.
            Self::Distinct => (0..n).map(|i| (i as f64 - n as f64 / 2.0).floor() / 8.0 + 0.0625).collect(),
        };
        generator.shuffle(&mut drawn);
        // Both number types see the same inputs.
        drawn.iter().map(|&x| f64::from(x as f32)).collect()
    }
}

/// A leaf with this shape and layout.
pub(crate) fn draw(generator: &mut Generator, values: Values, shape: &[usize], view: View) -> Tensor<f64> {
    let mut fresh = |shape: &[usize]| Tensor::from_vec(values.draw(generator, shape.iter().product()), shape);
    let x = match view {
        View::Contiguous => fresh(shape),
        View::Permuted => {
            let order: Vec<usize> = (0..shape.len()).rev().collect();
            let reversed: Vec<usize> = shape.iter().rev().copied().collect();
            fresh(&reversed).permute(&order[..])
        }
        View::Sliced => {
            let larger: Vec<usize> = shape.iter().map(|size| 2 * size + 1).collect();
            let mut x = fresh(&larger);
            for (dim, &size) in shape.iter().enumerate() {
                x = x.narrow(dim, 1, 2 * size).step_by(dim, 2);
            }
            x
        }
        View::Expanded => match shape.iter().rposition(|&size| size > 1) {
            Some(dim) => {
                let mut one = shape.to_vec();
                one[dim] = 1;
                fresh(&one).expand(shape)
            }
            None => fresh(shape),
        },
    };
    assert_eq!(x.shape(), shape);
    x.detach()
}

fn naive(x: &Tensor<f64>) -> Naive {
    Naive { shape: x.shape().to_vec(), data: x.to_vec() }
}

/// The largest inputs that are differentiated element by element.
const DIFFERENTIATED: usize = 100;

/// Calls `law` with every case of every view, and collects what fails instead of stopping at the first.
fn for_all(operation: &Operation, largest: usize, law: impl Fn(&[Tensor<f64>])) -> Vec<String> {
    let mut failures = Vec::new();
    for (i, shapes) in operation.shapes.iter().enumerate() {
        if shapes.iter().any(|shape| shape.iter().product::<usize>() > largest) {
            continue;
        }
        for view in VIEWS {
            let mut generator = Generator::seed(i as u64);
            let distinct_from_expanded =
                matches!((view, operation.values), (View::Expanded, Values::Distinct));
            // An expanded input has ties, which functions with kinks are not asked about.
            let view = if distinct_from_expanded { View::Permuted } else { view };
            let inputs: Vec<Tensor<f64>> =
                shapes.iter().map(|shape| draw(&mut generator, operation.values, shape, view)).collect();
            let label = format!("{} of {shapes:?}, {view:?}", operation.name);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| law(&inputs))) {
                let message = panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
                    .unwrap_or_default();
                failures.push(format!("{label}: {message}"));
            }
        }
    }
    failures
}

/// The values are those of the oracle, up to rounding.
pub(crate) fn agrees_with_oracle(operation: &Operation) -> Vec<String> {
    fn check<T: Float>(operation: &Operation, y: &Tensor<T>, inputs: &[Naive]) {
        let expected = (operation.oracle)(inputs);
        let magnitude = (operation.magnitude)(inputs);
        assert_eq!(y.shape(), expected.shape, "shape in {}", T::NAME);
        for (i, (got, want)) in y.to_vec().iter().zip(&expected.data).enumerate() {
            let got = got.as_f64();
            let scale = want.abs() + magnitude.data[i.min(magnitude.data.len() - 1)].abs();
            let tolerance = operation.roundings * T::EPSILON.as_f64() * scale + f64::MIN_POSITIVE;
            let same = got == *want || (got.is_nan() && want.is_nan()) || (got - want).abs() <= tolerance;
            assert!(same, "element {i} in {}: got {got:e}, expected {want:e} ± {tolerance:e}", T::NAME);
        }
    }
    for_all(operation, usize::MAX, |inputs| {
        let expected: Vec<Naive> = inputs.iter().map(naive).collect();
        check(operation, &(operation.double)(inputs), &expected);
        // The view is made anew in f32, so that its strides are tried too.
        let single: Vec<Tensor<f32>> = inputs.iter().map(same_strides).collect();
        check(operation, &(operation.single)(&single), &expected);
    })
}

/// The same numbers in f32 under the same strides.
fn same_strides(x: &Tensor<f64>) -> Tensor<f32> {
    let mut order: Vec<usize> = (0..x.rank()).collect();
    order.sort_by_key(|&dim| std::cmp::Reverse(x.strides()[dim]));
    let mut inverse = vec![0; order.len()];
    order.iter().enumerate().for_each(|(i, &dim)| inverse[dim] = i);
    let mut sorted = x.permute(&order[..]);
    let full = sorted.shape().to_vec();
    for dim in 0..sorted.rank() {
        if sorted.strides()[dim] == 0 && sorted.size(dim) > 0 {
            sorted = sorted.narrow(dim, 0, 1);
        }
    }
    sorted.cast::<f32>().expand(&full[..]).permute(&inverse[..])
}

/// A fixed cotangent that differs from element to element.
fn cotangent(y: &Tensor<f64>) -> Tensor<f64> {
    Tensor::from_vec((0..y.numel()).map(|i| (1.0 + i as f64).sin()).collect(), y.shape())
}

/// Σ oracle(x) · cotangent.
fn oracle_loss(operation: &Operation, inputs: &[Naive]) -> f64 {
    let y = (operation.oracle)(inputs);
    y.data.iter().enumerate().map(|(i, y)| y * (1.0 + i as f64).sin()).sum()
}

/// The gradient is that of the oracle by central differences, to 1e-6 relative.
pub(crate) fn gradient_is_the_oracles(operation: &Operation) -> Vec<String> {
    for_all(operation, DIFFERENTIATED, |inputs| {
        let leaves: Vec<Tensor<f64>> = inputs.iter().map(|x| x.clone().requires_grad_()).collect();
        let y = (operation.double)(&leaves);
        if y.numel() == 0 {
            return;
        }
        assert!(y.requires_grad(), "nothing was recorded");
        let loss = (&y * cotangent(&y)).sum(..);
        let gradients = grad(&loss, &leaves.iter().collect::<Vec<_>>());
        let at: Vec<Naive> = inputs.iter().map(naive).collect();
        for (which, gradient) in gradients.iter().enumerate() {
            assert_eq!(gradient.shape(), inputs[which].shape());
            for (i, got) in gradient.to_vec().into_iter().enumerate() {
                let want = difference(|step| {
                    let mut moved = at.clone();
                    moved[which].data[i] += step;
                    oracle_loss(operation, &moved)
                });
                let close = (got - want).abs() <= 1e-6 * (1.0 + got.abs().max(want.abs()));
                assert!(close, "gradient {i} of input {which}: got {got}, differences say {want}");
            }
        }
    })
}

/// f'(0) by Richardson's extrapolation of central differences: the error is of order h⁴.
fn difference(f: impl Fn(f64) -> f64) -> f64 {
    let central = |h: f64| (f(h) - f(-h)) / (2.0 * h);
    let h = 1e-3;
    (4.0 * central(h / 2.0) - central(h)) / 3.0
}

/// The gradient of ⟨gradient, direction⟩ is what differences of the gradient say.
pub(crate) fn second_derivative_is_the_firsts(operation: &Operation) -> Vec<String> {
    for_all(operation, DIFFERENTIATED, |inputs| {
        let gradients = |inputs: &[Tensor<f64>], graph: bool| {
            let y = (operation.double)(inputs);
            let loss = (&y * cotangent(&y)).sum(..);
            let leaves: Vec<&Tensor<f64>> = inputs.iter().collect();
            if graph { grad_create_graph(&loss, &leaves) } else { grad(&loss, &leaves) }
        };
        let leaves: Vec<Tensor<f64>> = inputs.iter().map(|x| x.clone().requires_grad_()).collect();
        if (operation.double)(&leaves).numel() == 0 {
            return;
        }
        let along = |gradients: &[Tensor<f64>]| {
            gradients.iter().map(|g| (g * cotangent(g)).sum(..)).reduce(|a, b| a + &b).expect("an input")
        };
        let directional = along(&gradients(&leaves, true));
        let seconds: Vec<Tensor<f64>> = if directional.requires_grad() {
            grad(&directional, &leaves.iter().collect::<Vec<_>>())
        } else {
            leaves.iter().map(Tensor::zeros_like).collect()
        };
        for (which, second) in seconds.iter().enumerate() {
            for (i, got) in second.to_vec().into_iter().enumerate() {
                let want = difference(|step| {
                    let moved: Vec<Tensor<f64>> = inputs
                        .iter()
                        .enumerate()
                        .map(|(k, x)| {
                            let mut data = x.to_vec();
                            if k == which {
                                data[i] += step;
                            }
                            Tensor::from_vec(data, x.shape()).requires_grad_()
                        })
                        .collect();
                    along(&gradients(&moved, false)).item()
                });
                let close = (got - want).abs() <= 1e-6 * (1.0 + got.abs().max(want.abs()));
                assert!(close, "second derivative {i} of input {which}: got {got}, differences say {want}");
            }
        }
    })
}

/// The same bits with one thread and with several, forward and backward.
pub(crate) fn bits_do_not_depend_on_threads(operation: &Operation) -> Vec<String> {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a thread pool");
        pool.install(|| {
            let mut generator = Generator::seed(1);
            let leaves: Vec<Tensor<f32>> = operation
                .large
                .iter()
                .map(|shape| {
                    draw(&mut generator, operation.values, shape, View::Contiguous).cast().requires_grad_()
                })
                .collect();
            let y = (operation.single)(&leaves);
            let mut bits: Vec<u32> = y.to_vec().iter().map(|x| x.to_bits()).collect();
            if operation.differentiable && y.numel() > 0 {
                for gradient in grad(&y.square().mean(..), &leaves.iter().collect::<Vec<_>>()) {
                    bits.extend(gradient.to_vec().iter().map(|x| x.to_bits()));
                }
            }
            bits
        })
    };
    let one = run(1);
    let differing = [2, 3].into_iter().find(|&threads| run(threads) != one);
    differing
        .map(|threads| format!("{}: other bits with {threads} threads", operation.name))
        .into_iter()
        .collect()
}
