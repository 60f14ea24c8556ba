//! Reverse mode, forward mode and differences agree on random expressions; size is no matter.

use proptest::prelude::*;
use scalar::{Dual, Real, Tape, Var, draw};

/// A random expression of three inputs.
#[derive(Debug, Clone)]
enum Expression {
    Input(usize),
    Constant(f64),
    Add(Box<Expression>, Box<Expression>),
    Sub(Box<Expression>, Box<Expression>),
    Mul(Box<Expression>, Box<Expression>),
    /// a / (b² + 1), which has no pole.
    Div(Box<Expression>, Box<Expression>),
    Neg(Box<Expression>),
    Tanh(Box<Expression>),
    Sin(Box<Expression>),
    Cos(Box<Expression>),
    /// ln(1 + x²).
    Ln(Box<Expression>),
    /// √(1 + x²).
    Sqrt(Box<Expression>),
    /// e^(tanh x).
    Exp(Box<Expression>),
    Power(Box<Expression>),
}

impl Expression {
    fn evaluate<R: Real>(&self, inputs: &[R; 3]) -> R {
        let at = |expression: &Self| expression.evaluate(inputs);
        match self {
            Self::Input(i) => inputs[*i],
            Self::Constant(c) => inputs[0] * 0.0 + *c,
            Self::Add(a, b) => at(a) + at(b),
            Self::Sub(a, b) => at(a) - at(b),
            Self::Mul(a, b) => at(a) * at(b),
            Self::Div(a, b) => at(a) / (at(b).powi(2) + 1.0),
            Self::Neg(a) => -at(a),
            Self::Tanh(a) => at(a).tanh(),
            Self::Sin(a) => at(a).sin(),
            Self::Cos(a) => at(a).cos(),
            Self::Ln(a) => (at(a).powi(2) + 1.0).ln(),
            Self::Sqrt(a) => (at(a).powi(2) + 1.0).sqrt(),
            Self::Exp(a) => at(a).tanh().exp(),
            Self::Power(a) => at(a).tanh().powi(3),
        }
    }
}

fn expressions() -> impl Strategy<Value = Expression> {
    let leaf =
        prop_oneof![(0..3usize).prop_map(Expression::Input), (-2.0..2.0).prop_map(Expression::Constant)];
    leaf.prop_recursive(6, 64, 2, |inner| {
        let one = inner.clone().prop_map(Box::new);
        let two = (inner.clone().prop_map(Box::new), inner.prop_map(Box::new));
        prop_oneof![
            two.clone().prop_map(|(a, b)| Expression::Add(a, b)),
            two.clone().prop_map(|(a, b)| Expression::Sub(a, b)),
            two.clone().prop_map(|(a, b)| Expression::Mul(a, b)),
            two.prop_map(|(a, b)| Expression::Div(a, b)),
            one.clone().prop_map(Expression::Neg),
            one.clone().prop_map(Expression::Tanh),
            one.clone().prop_map(Expression::Sin),
            one.clone().prop_map(Expression::Cos),
            one.clone().prop_map(Expression::Ln),
            one.clone().prop_map(Expression::Sqrt),
            one.clone().prop_map(Expression::Exp),
            one.prop_map(Expression::Power),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn reverse_mode_is_forward_mode(expression in expressions(), at in prop::array::uniform3(-1.0..1.0f64)) {
        let tape = Tape::new();
        let inputs = at.map(|x| tape.var(x));
        let output = expression.evaluate(&inputs);
        let gradient = output.backward();
        prop_assert_eq!(output.value(), expression.evaluate(&at));
        for i in 0..3 {
            let mut duals = at.map(Dual::constant);
            duals[i] = Dual::variable(at[i]);
            let derivative = expression.evaluate(&duals).derivative;
            let got = gradient.wrt(inputs[i]);
            // At most 64 nodes, whose products are added in another order.
            let tolerance = 1e-12 * (1.0 + derivative.abs());
            prop_assert!((got - derivative).abs() <= tolerance, "input {}: {} is not {}", i, got, derivative);
        }
    }

    #[test]
    fn reverse_mode_is_the_limit_of_differences(
        expression in expressions(),
        at in prop::array::uniform3(-1.0..1.0f64),
    ) {
        let tape = Tape::new();
        let inputs = at.map(|x| tape.var(x));
        let gradient = expression.evaluate(&inputs).backward();
        for i in 0..3 {
            let value = |step: f64| {
                let mut moved = at;
                moved[i] += step;
                expression.evaluate(&moved)
            };
            // Three step sizes tell how far the differences can be trusted.
            let central = |h: f64| (value(h) - value(-h)) / (2.0 * h);
            let (coarse, fine) = (central(1e-4), central(5e-5));
            let best = (4.0 * fine - coarse) / 3.0;
            let scale = 1.0 + best.abs() + value(0.0).abs();
            let trust = 1e-8 * scale + (fine - coarse).abs();
            prop_assert!((gradient.wrt(inputs[i]) - best).abs() <= trust);
        }
    }
}

#[test]
fn a_number_used_twice_collects_both_derivatives() {
    let tape = Tape::new();
    let x = tape.var(3.0);
    assert_eq!((x * x + x).backward().wrt(x), 7.0);
    assert_eq!((x - x).backward().wrt(x), 0.0);
    assert_eq!((2.0 / x).backward().wrt(x), -2.0 / 9.0);
    assert_eq!((1.0 - x).backward().wrt(x), -1.0);
}

#[test]
fn what_comes_later_has_no_derivative() {
    let tape = Tape::new();
    let x = tape.var(1.0);
    let y = x * 2.0;
    let z = y * 3.0;
    assert_eq!(y.backward().wrt(z), 0.0);
    assert_eq!(y.backward().wrt(y), 1.0);
}

#[test]
#[should_panic(expected = "different tapes")]
fn numbers_of_two_tapes_do_not_mix() {
    let (one, two) = (Tape::new(), Tape::new());
    let _ = one.var(1.0) + two.var(2.0);
}

#[test]
fn a_million_numbers_need_no_stack() {
    std::thread::Builder::new()
        .stack_size(64 * 1024)
        .spawn(|| {
            let tape = Tape::new();
            let x = tape.var(1.0);
            let mut y = x;
            for _ in 0..1_000_000 {
                y = y * 1.000_001;
            }
            let derivative = y.backward().wrt(x);
            // 1.000001^1000000, with a million roundings on the way.
            assert!((derivative - 1.000_001_f64.powi(1_000_000)).abs() < 1e-9);
            assert_eq!(tape.len(), 1_000_001);
        })
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn the_picture_shows_every_number_it_depends_on_once() {
    let tape = Tape::new();
    let (a, b) = (tape.var(2.0), tape.var(-3.0));
    let unused: Var = tape.var(9.0);
    let svg = draw((a * b).tanh() + a.relu(), &[("a<", a), ("b", b), ("unused", unused)]);
    assert_eq!(svg.matches("<rect x=").count(), 6, "a, b, a·b, tanh, relu and the sum");
    assert_eq!(svg.matches("<line").count(), 6);
    assert!(svg.contains("a&lt;") && !svg.contains("unused"));
    assert_eq!(svg, draw((a * b).tanh() + a.relu(), &[("a<", a), ("b", b)]).as_str().to_owned());
}
