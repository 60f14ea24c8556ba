//! The laws can fail: each finds out an operation that breaks it.

use tensor::{Backward, Float, Grads, Op, Tensor};

use crate::op;
use crate::table::{self, Operation};

const SHAPES: &[&[&[usize]]] = &[&[&[3, 2]]];

/// y = x², with a backward pass that a test chooses.
struct Square<T: Float> {
    x: Tensor<T>,
    backward: fn(&Tensor<T>, &Tensor<T>) -> Tensor<T>,
}

impl<T: Float> Op<T> for Square<T> {
    fn name(&self) -> &'static str {
        "Square"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some((self.backward)(&self.x, cx.dy))]
    }
}

fn square<T: Float>(x: &Tensor<T>, backward: fn(&Tensor<T>, &Tensor<T>) -> Tensor<T>) -> Tensor<T> {
    x.detach().square().record(&[x], || Square { x: x.clone(), backward })
}

#[test]
fn a_wrong_value_is_found() {
    let wrong =
        Operation::new("wrong", SHAPES, op!(|x| x.square() * (1.0 + 1e-5)), |xs| xs[0].map(|x| x * x));
    assert!(!table::agrees_with_oracle(&wrong).is_empty());
}

#[test]
fn a_wrong_gradient_is_found() {
    let wrong = Operation::new("wrong", SHAPES, op!(|x| square(x, |x, dy| x * dy * 2.00001)), |xs| {
        xs[0].map(|x| x * x)
    });
    assert!(table::agrees_with_oracle(&wrong).is_empty());
    assert!(!table::gradient_is_the_oracles(&wrong).is_empty());
}

#[test]
fn a_wrong_second_derivative_is_found() {
    let wrong = Operation::new("wrong", SHAPES, op!(|x| square(x, |x, dy| x.detach() * dy * 2.0)), |xs| {
        xs[0].map(|x| x * x)
    });
    assert!(table::gradient_is_the_oracles(&wrong).is_empty());
    assert!(!table::second_derivative_is_the_firsts(&wrong).is_empty());
}

#[test]
fn a_result_that_depends_on_the_number_of_threads_is_found() {
    let wrong =
        Operation::new("wrong", SHAPES, op!(|x| x + rayon::current_num_threads() as f64), |xs| xs[0].clone());
    assert!(!table::bits_do_not_depend_on_threads(&wrong).is_empty());
}
