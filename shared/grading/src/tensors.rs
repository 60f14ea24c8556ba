//! Tensors in checks: compared up to a tolerance, and drawn in every layout that a view can have.
//!
//! A function that is right on contiguous tensors only is wrong, and a student does not think of it. So what
//! [`tensors`] draws is as often as not a transposed, sliced or repeated view; shrinking turns it into a
//! contiguous tensor of small whole numbers, unless the layout is what the failure needs.

use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;
use tensor::{Float, Shape, Tensor};

use crate::approximate::{Approximate, Difference, difference_of_entries};
use crate::tolerance::Tolerance;

impl<T: Float> Approximate for Tensor<T> {
    fn difference(&self, expected: &Self, tolerance: Tolerance) -> Option<Difference> {
        if self.shape() != expected.shape() {
            return Some(Difference::Shape {
                got: self.shape().to_vec(),
                expected: expected.shape().to_vec(),
            });
        }
        difference_of_entries(&wide(self), &wide(expected), self.shape(), tolerance)
    }

    fn show(&self) -> String {
        format!("{self:?}")
    }
}

impl Tolerance {
    /// [`sum_of`](Tolerance::sum_of) `n` products of an entry of `a` and one of `b`, whose sizes are taken
    /// from their largest.
    pub fn products<T: Float>(n: usize, a: &Tensor<T>, b: &Tensor<T>) -> Tolerance {
        Tolerance::sum_of(n).times(largest(a) * largest(b))
    }
}

fn wide<T: Float>(x: &Tensor<T>) -> Vec<f64> {
    x.to_vec().into_iter().map(T::as_f64).collect()
}

fn largest<T: Float>(x: &Tensor<T>) -> f64 {
    wide(x).into_iter().fold(0.0, |m, v| v.abs().max(m))
}

/// Tensors of this shape with entries from [-1, 1] (to four decimals), in any layout.
///
/// ```
/// use grading::prelude::*;
/// use tensor::Tensor;
///
/// /// A matrix and a vector that fit.
/// fn matrix_and_vector() -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>)> {
///     (1..4_usize, 1..4_usize).prop_flat_map(|(n, m)| (tensors([n, m]), tensors([m])))
/// }
/// # matrix_and_vector();
/// ```
pub fn tensors(shape: impl Into<Shape>) -> Tensors<f64> {
    tensors_of(shape)
}

/// [`tensors`] of either precision.
pub fn tensors_of<T: Float>(shape: impl Into<Shape>) -> Tensors<T> {
    Tensors { shape: shape.into().to_vec(), every_layout: true, number: std::marker::PhantomData }
}

/// The strategy behind [`tensors`].
#[derive(Debug, Clone)]
pub struct Tensors<T> {
    shape: Vec<usize>,
    every_layout: bool,
    number: std::marker::PhantomData<fn() -> T>,
}

impl<T> Tensors<T> {
    /// Contiguous tensors only.
    #[must_use]
    pub fn contiguous(mut self) -> Self {
        self.every_layout = false;
        self
    }
}

impl<T: Float> Strategy for Tensors<T> {
    type Tree = TensorTree<T>;
    type Value = Tensor<T>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let rng = runner.rng();
        let entries = self.shape.iter().product();
        let mut values: Vec<f64> =
            (0..entries).map(|_| f64::from(rng.random_range(-10_000..=10_000_i32)) / 1e4).collect();
        let mut view = View::contiguous(self.shape.len());
        if self.every_layout && rng.random_bool(0.5) {
            view = View::any(self.shape.len(), rng);
            if let Some(dim) = view.repeated {
                repeat_along(dim, &self.shape, &mut values);
            }
        }
        Ok(TensorTree {
            shape: self.shape.clone(),
            now: State { view, values },
            before: None,
            edits: edits(entries),
            number: std::marker::PhantomData,
        })
    }
}

/// How a tensor lies in memory.
#[derive(Debug, Clone, PartialEq)]
struct View {
    /// The dimensions from the slowest to the fastest in memory.
    order: Vec<usize>,
    /// How many places are left out before and after, along each dimension.
    margins: Vec<(usize, usize)>,
    /// The dimension along which one slice stands for all.
    repeated: Option<usize>,
}

impl View {
    fn contiguous(rank: usize) -> View {
        View { order: (0..rank).collect(), margins: vec![(0, 0); rank], repeated: None }
    }

    fn any(rank: usize, rng: &mut impl RngExt) -> View {
        let mut view = View::contiguous(rank);
        if rank == 0 {
            return view;
        }
        // Fisher and Yates.
        for i in (1..rank).rev() {
            view.order.swap(i, rng.random_range(0..=i));
        }
        for margin in &mut view.margins {
            *margin = (rng.random_range(0..2), rng.random_range(0..2));
        }
        // Repeated slices make special values, so they are rarer.
        if rng.random_bool(0.25) {
            view.repeated = Some(rng.random_range(0..rank));
        }
        view
    }

    /// The tensor with these values, in row-major order of `shape`, that lies so. Places outside the view
    /// hold NaN: whoever reads them notices.
    fn lay_out<T: Float>(&self, shape: &[usize], values: &[f64]) -> Tensor<T> {
        let stored = |dim: usize| match self.repeated {
            Some(repeated) if repeated == dim => shape[dim].min(1),
            _ => shape[dim],
        };
        let memory: Vec<usize> =
            self.order.iter().map(|&dim| self.margins[dim].0 + stored(dim) + self.margins[dim].1).collect();
        let mut data = vec![T::from_f64(f64::NAN); memory.iter().product()];
        let mut index = vec![0; shape.len()];
        for &value in values {
            if (0..shape.len()).all(|dim| index[dim] < stored(dim)) {
                let place = self
                    .order
                    .iter()
                    .zip(&memory)
                    .fold(0, |place, (&dim, size)| place * size + index[dim] + self.margins[dim].0);
                data[place] = T::from_f64(value);
            }
            advance(&mut index, shape);
        }
        let mut tensor = Tensor::from_vec(data, &memory[..]);
        if !shape.is_empty() {
            let mut inverse = vec![0; shape.len()];
            for (place, &dim) in self.order.iter().enumerate() {
                inverse[dim] = place;
            }
            tensor = tensor.permute(&inverse[..]);
        }
        for (dim, &(before, after)) in self.margins.iter().enumerate() {
            if before + after > 0 {
                tensor = tensor.narrow(dim, before, stored(dim));
            }
        }
        if self.repeated.is_some() {
            tensor = tensor.expand(shape);
        }
        tensor
    }
}

/// The next index in row-major order.
fn advance(index: &mut [usize], shape: &[usize]) {
    for (i, &size) in index.iter_mut().zip(shape).rev() {
        *i += 1;
        if *i < size {
            return;
        }
        *i = 0;
    }
}

/// Makes all slices along `dim` equal to the first.
fn repeat_along(dim: usize, shape: &[usize], values: &mut [f64]) {
    let inner: usize = shape[dim + 1..].iter().product();
    for place in 0..values.len() {
        let along = place / inner % shape[dim];
        values[place] = values[place - along * inner];
    }
}

/// One way to make a tensor simpler.
#[derive(Debug, Clone, Copy)]
enum Edit {
    Contiguous,
    /// Sets a block of entries to 0.
    Clear(usize, usize),
    /// Rounds a block of entries away from 0, to ±1.
    Round(usize, usize),
    /// Makes a block of entries positive.
    Unsign(usize, usize),
}

/// All edits, boldest first: a law that fails mostly fails on nearly nothing, and tries are few. Blocks halve
/// from the whole tensor to single entries, as in delta debugging (Zeller and Hildebrandt 2002).
fn edits(entries: usize) -> std::vec::IntoIter<Edit> {
    let mut edits = vec![Edit::Contiguous];
    for edit in [Edit::Clear, Edit::Round, Edit::Unsign] {
        let mut size = entries;
        while size > 0 {
            edits.extend((0..entries).step_by(size).map(|start| edit(start, (start + size).min(entries))));
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
    }
    edits.into_iter()
}

#[derive(Debug, Clone, PartialEq)]
struct State {
    view: View,
    values: Vec<f64>,
}

impl State {
    fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Contiguous => self.view = View::contiguous(self.view.order.len()),
            Edit::Clear(start, end) => self.values[start..end].fill(0.0),
            Edit::Round(start, end) => {
                for value in self.values[start..end].iter_mut().filter(|v| **v != 0.0) {
                    *value = value.signum();
                }
            }
            Edit::Unsign(start, end) => {
                for value in &mut self.values[start..end] {
                    *value = value.abs();
                }
            }
        }
    }
}

/// A drawn tensor, which can be made simpler.
#[derive(Debug, Clone)]
pub struct TensorTree<T> {
    shape: Vec<usize>,
    now: State,
    /// Before the latest edit, to take it back.
    before: Option<State>,
    edits: std::vec::IntoIter<Edit>,
    number: std::marker::PhantomData<fn() -> T>,
}

impl<T: Float> ValueTree for TensorTree<T> {
    type Value = Tensor<T>;

    fn current(&self) -> Tensor<T> {
        self.now.view.lay_out(&self.shape, &self.now.values)
    }

    fn simplify(&mut self) -> bool {
        for edit in self.edits.by_ref() {
            let mut next = self.now.clone();
            next.edit(edit);
            // A repeated dimension keeps its slices equal.
            if let Some(dim) = next.view.repeated {
                repeat_along(dim, &self.shape, &mut next.values);
            }
            if next != self.now {
                self.before = Some(std::mem::replace(&mut self.now, next));
                return true;
            }
        }
        self.before = None;
        false
    }

    /// Takes the latest edit back and, to spare a try on what is known to fail, makes the next one at once.
    fn complicate(&mut self) -> bool {
        let Some(before) = self.before.take() else {
            return false;
        };
        self.now = before;
        self.simplify();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::{self, Suspect};
    use crate::{Check, Token};

    fn runner(case: u32) -> TestRunner {
        crate::property::runner_of(&Token {
            lab: "lab-00".into(),
            check: "tensors".into(),
            base_seed: 0,
            case,
        })
    }

    fn draw(shape: &[usize], case: u32) -> TensorTree<f64> {
        tensors(shape).new_tree(&mut runner(case)).unwrap()
    }

    #[test]
    fn every_layout_holds_the_drawn_values() {
        for shape in [&[][..], &[1], &[4], &[2, 3], &[0, 3], &[2, 1, 3], &[2, 2, 2, 2]] {
            for case in 0..200 {
                let tree = draw(shape, case);
                let x = tree.current();
                assert_eq!(x.shape(), shape);
                assert_eq!(x.to_vec(), tree.now.values, "{:?}", tree.now.view);
            }
        }
    }

    #[test]
    fn all_kinds_of_views_are_drawn() {
        let views: Vec<View> = (0..100).map(|case| draw(&[2, 3], case).now.view).collect();
        let contiguous = View::contiguous(2);
        assert!(views.contains(&contiguous));
        assert!(views.iter().any(|v| v.order == [1, 0]));
        assert!(views.iter().any(|v| v.margins != contiguous.margins));
        assert!(views.iter().any(|v| v.repeated.is_some()));
        let strided = (0..100).filter(|&case| !draw(&[2, 3], case).current().is_contiguous());
        assert!(strided.count() > 30);
        for case in 0..100 {
            let tree = tensors([2, 3]).contiguous().new_tree(&mut runner(case));
            assert!(tree.unwrap().current().is_contiguous());
        }
    }

    /// Shrinks as the engine does.
    fn shrink(mut tree: TensorTree<f64>, fails: impl Fn(&Tensor<f64>) -> bool) -> Tensor<f64> {
        let mut simplest = tree.current();
        assert!(fails(&simplest));
        let mut goes_on = tree.simplify();
        while goes_on {
            let x = tree.current();
            goes_on = if fails(&x) {
                simplest = x;
                tree.simplify()
            } else {
                tree.complicate()
            };
        }
        simplest
    }

    #[test]
    fn shrinking_ends_at_small_whole_numbers_in_order() {
        for case in 0..50 {
            let tree = draw(&[3, 4], case);
            let x = shrink(tree, |x| x.to_vec()[7] != 0.0);
            assert!(x.is_contiguous());
            let mut expected = vec![0.0; 12];
            expected[7] = 1.0;
            assert_eq!(x.to_vec(), expected);
        }
    }

    #[test]
    fn a_layout_that_the_failure_needs_is_kept() {
        let tree =
            (0..100).map(|case| draw(&[3, 4], case)).find(|tree| !tree.current().is_contiguous()).unwrap();
        let x = shrink(tree, |x| !x.is_contiguous());
        assert!(!x.is_contiguous());
        assert!(x.to_vec().iter().all(|&v| v == 0.0));
    }

    #[test]
    fn tensors_are_compared_by_shape_and_entry() {
        let x = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0], [2, 2]);
        let y = Tensor::from_vec(vec![1.0, 2.0, 3.0, 5.0], [2, 2]);
        assert_eq!(x.difference(&x.permute([1, 0]).permute([1, 0]), Tolerance::EXACT), None);
        let Some(Difference::Values(text)) = x.difference(&y, Tolerance::EXACT) else {
            panic!("4 is not 5");
        };
        assert!(text.starts_with("first at [1, 1]: got 4.0, expected 5.0"));
        let flat = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0], [4]);
        let shapes = Difference::Shape { got: vec![2, 2], expected: vec![4] };
        assert_eq!(x.difference(&flat, Tolerance::within(9.0)), Some(shapes));
    }

    #[test]
    fn the_tolerance_of_products_grows_with_the_factors() {
        let a = Tensor::from_vec(vec![1.0, -20.0], [2]);
        let b = Tensor::from_vec(vec![3.0, 0.5], [2]);
        let tolerance = Tolerance::products(2, &a, &b);
        assert_eq!(tolerance, Tolerance::sum_of(2).times(60.0));
    }

    crate::contract! {
        /// A lab whose student mistook rows for columns.
        trait Sums {
            /// The sum of each row, as a column.
            fn row_sums(x: Tensor<f64>) -> Tensor<f64> { sums(&x, 1) }
        }
    }

    /// Sums over rows (0) or columns (1).
    fn sums(x: &Tensor<f64>, over: usize) -> Tensor<f64> {
        let [rows, columns] = x.dims();
        let kept = if over == 0 { columns } else { rows };
        let mut sums = vec![0.0; kept];
        for row in 0..rows {
            for column in 0..columns {
                sums[if over == 0 { column } else { row }] += x.get([row, column]);
            }
        }
        Tensor::from_vec(sums, [kept, 1])
    }

    #[test]
    fn a_law_about_tensors_shrinks_shape_and_entries() {
        let matrix = (1..6_usize, 1..6_usize).prop_flat_map(|(n, m)| tensors([n, m]));
        let expects_columns: Check<dyn Sums> =
            Check::new("row_sums", "1").property(matrix, |lab: &dyn Sums, x: &Tensor<f64>| {
                let got = lab.row_sums(x.clone())?;
                expect::close("sums", &got, &sums(x, 0), Tolerance::sum_of(x.numel()))
                    .suspect("rows are taken for columns", || sums(x, 1))?;
                Ok(())
            });
        let session = crate::property::Session {
            lab: "lab-00",
            check: "row_sums",
            base_seed: 0,
            cases: None,
            replay: None,
            limit: std::time::Duration::from_secs(10),
            patience: std::time::Duration::from_secs(60),
            announce: None,
            watchdog: None,
            started: std::time::Instant::now(),
        };
        let failure = expects_columns.run(&InProcess, &session).unwrap_err();
        assert_eq!(failure.mistake.as_deref(), Some("rows are taken for columns"));
        assert_eq!(failure.message, "sums has the shape [2, 1], expected [1, 1]");
        let smallest: Tensor<f64> = Tensor::zeros([2, 1]);
        assert_eq!(failure.input, Some(format!("{smallest:?}")));
    }
}
