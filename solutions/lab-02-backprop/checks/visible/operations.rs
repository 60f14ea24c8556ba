//! Step 1: operations and their partial derivatives.

use std::ops::RangeInclusive;

use grading::Draft;
use grading::prelude::*;
use grading::proptest::collection::vec;

use crate::cases::{Named, named};
use crate::contract::{Contract, Operation};
use crate::visible::Lab;

/// Multiples of ¼ in a range of quarters.
fn quarters(range: RangeInclusive<i32>) -> impl Strategy<Value = f64> {
    range.prop_map(|x| f64::from(x) / 4.0)
}

/// Numbers between −3 and 3 that are not 0.
fn not_zero() -> impl Strategy<Value = f64> {
    prop_oneof![quarters(1..=12), quarters(-12..=-1)]
}

/// A result and partial derivatives against plain arithmetic and forward mode. `suspects` are answers that are often
/// given for the partial derivatives.
fn compare(lab: Lab, operation: Operation, x: &[f64], suspects: &[(&str, Vec<f64>)]) -> Verdict {
    let (result, partials) = lab.apply(operation, x.to_vec())?;
    // A few operations each, on numbers up to e³ and their quotients down to ¼.
    let tolerance = Tolerance::operations(16).plus(Tolerance::sum_of(4));
    expect::close("the result", &result, &operation.of(x), tolerance)?;
    let expected: Vec<f64> = (0..x.len()).map(|operand| operation.partial(x, operand)).collect();
    expect::that(!partials.iter().any(|partial| partial.is_nan()), || {
        format!("the list of partial derivatives is {partials:?}, expected {expected:?}: 0·∞ and 0/0 are NaN")
    })?;
    let mut verdict = expect::close(
        "the list of partial derivatives, one for each operand,",
        &partials,
        &expected,
        tolerance,
    );
    for (mistake, answer) in suspects {
        verdict = verdict.suspect(mistake, || answer.clone());
    }
    verdict?;
    Ok(())
}

fn step(name: &str) -> Draft {
    Check::new(name, "1")
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        step("record_keeps_data_parents_and_partials")
            .law("A recorded number has the data it was given, and its parents with their partial derivatives, in order.")
            .hints([
                "A node holds four things. Which of them does `record` get, and in which form?",
                "`parents` is a slice of pairs of a reference and a number; the node owns pairs of a `Value` and a \
                 number. Cloning a `Value` copies a pointer: the clone is the same node.",
                "let parents = parents.iter().map(|&(parent, partial)| (parent.clone(), partial)).collect(); \
                 Value::node(operation, data, parents), with an empty slice in place of `parents` if \
                 !is_grad_enabled()",
            ])
            .property((not_zero(), vec((not_zero(), not_zero()), 1..=3)), |lab: Lab, (data, parents): &(f64, Vec<(f64, f64)>)| {
                let (got_data, got_parents) = lab.record(*data, parents.clone())?;
                expect::equal("the data", got_data, *data)?;
                expect::equal("the list of parents, each with its partial derivative,", got_parents, parents.clone())
                    .suspect("nothing is recorded", Vec::new)
                    .suspect("the gradient of a parent stands where the partial derivative belongs", || {
                        parents.iter().map(|&(x, _)| (x, 0.0)).collect::<Vec<_>>()
                    })?;
                Ok(())
            }),
        step("sums_and_differences")
            .law("a + b, a − b and −a, with derivatives that are 1 or −1 whatever a and b are.")
            .hints([
                "How much does a + b change if b grows by a little? And a − b?",
                "∂(a + b)/∂a = ∂(a + b)/∂b = 1. In a − b, b counts negatively.",
                "Value::record(\"−\", a - b, &[(self, 1.0), (other, -1.0)]), and the same way for + and the sign",
            ])
            .property(
                (prop_oneof![Just(Operation::Add), Just(Operation::Sub), Just(Operation::Neg)], [quarters(-12..=12), quarters(-12..=12)]),
                |lab: Lab, &(operation, x): &(Operation, [f64; 2])| {
                    let x = &x[..operation.arity()];
                    compare(lab, operation, x, &[("the second derivative has the wrong sign", vec![1.0, 1.0])])
                },
            ),
        step("products_have_each_others_factor")
            .law("a·b, with ∂/∂a = b and ∂/∂b = a.")
            .hints([
                "Hold b fixed: a·b is then a straight line in a. Its slope?",
                "The derivative with respect to one factor is the other factor.",
                "Value::record(\"·\", a * b, &[(self, b), (other, a)])",
            ])
            .property([quarters(-12..=12), quarters(-12..=12)], |lab: Lab, &[a, b]: &[f64; 2]| {
                compare(lab, Operation::Mul, &[a, b], &[("each factor is its own derivative", vec![a, b])])
            }),
        step("quotients")
            .law("a/b, with ∂/∂a = 1/b and ∂/∂b = −a/b².")
            .hints([
                "Write a/b as a·b⁻¹ and differentiate each factor.",
                "∂(a·b⁻¹)/∂b = a·(−1)·b⁻². The minus is part of it.",
                "Value::record(\"/\", a / b, &[(self, 1.0 / b), (other, -a / (b * b))])",
            ])
            .property([quarters(-12..=12).boxed(), not_zero().boxed()], |lab: Lab, x: &[f64; 2]| {
                let &[a, b] = x;
                compare(
                    lab,
                    Operation::Div,
                    x,
                    &[
                        ("the minus of the second derivative is missing", vec![1.0 / b, a / (b * b)]),
                        ("the second derivative has b where b² belongs", vec![1.0 / b, -a / b]),
                        ("the first derivative is b, not 1/b", vec![b, -a / (b * b)]),
                    ],
                )
            }),
        step("powers")
            .law("aⁿ, with the derivative n·aⁿ⁻¹, for positive and negative n; a⁰ = 1 has the derivative 0, at a = 0 too.")
            .hints([
                "Which exponent is left after differentiating, and which factor comes down?",
                "For n = 0 the formula n·aⁿ⁻¹ reads 0·a⁻¹, which is 0·∞ = NaN at a = 0. A constant has the slope 0.",
                "let slope = if n == 0 { 0.0 } else { f64::from(n) * a.powi(n - 1) };",
            ])
            .property(
                prop_oneof![
                    1 => (named("a", Just(0.0)), named("n", 0..=2_i32)).boxed(),
                    4 => (named("a", quarters(-12..=12)), named("n", 0..=4_i32)).boxed(), 4 => (named("a", not_zero()), named("n", -3..=4_i32)).boxed()],
                |lab: Lab, (a, n): &(Named<f64>, Named<i32>)| {
                    let (a, n) = (a.value, n.value);
                    let n_as_f64 = f64::from(n);
                    compare(
                        lab,
                        Operation::Powi(n),
                        &[a],
                        &[
                            ("the exponent is not lowered", vec![n_as_f64 * a.powi(n)]),
                            ("the factor n is missing", vec![a.powi(n - 1)]),
                        ],
                    )
                },
            ),
        step("exponential_and_logarithm")
            .law("eᵃ is its own derivative; that of ln a is 1/a.")
            .hints([
                "The exponential is the function that equals its slope.",
                "∂eᵃ/∂a = eᵃ = y, which is already computed. ln is its inverse: ∂ln a/∂a = 1/a.",
                "Value::record(\"exp\", y, &[(self, y)]) and Value::record(\"ln\", a.ln(), &[(self, 1.0 / a)])",
            ])
            .property(
                prop_oneof![(Just(Operation::Exp), quarters(-12..=12)).boxed(), (Just(Operation::Ln), quarters(1..=12)).boxed()],
                |lab: Lab, &(operation, a): &(Operation, f64)| {
                    compare(lab, operation, &[a], &[("the derivative is the operand itself", vec![a])])
                },
            ),
        step("hyperbolic_tangent")
            .law("tanh a, with the derivative 1 − tanh² a.")
            .hints([
                "Differentiate sinh a / cosh a, with sinh' = cosh and cosh' = sinh.",
                "(cosh² − sinh²)/cosh² = 1 − tanh²: of the result y, not of a.",
                "Value::record(\"tanh\", y, &[(self, 1.0 - y * y)])",
            ])
            .property(named("a", quarters(-16..=16)), |lab: Lab, a: &Named<f64>| {
                let a = a.value;
                compare(
                    lab,
                    Operation::Tanh,
                    &[a],
                    &[
                        ("1 − a² stands where 1 − y² belongs", vec![1.0 - a * a]),
                        ("the square is missing: 1 − y", vec![1.0 - a.tanh()]),
                    ],
                )
            }),
        step("rectified_linear_unit")
            .law("max(a, 0), with the derivative 1 for a > 0, 0 for a < 0, and 0 at the kink.")
            .hints([
                "On which side is the function flat?",
                "For a > 0 it is a itself, slope 1; else it is 0, slope 0. At a = 0 everybody takes 0.",
                "Value::record(\"relu\", a.max(0.0), &[(self, if a > 0.0 { 1.0 } else { 0.0 })])",
            ])
            .property(named("a", quarters(-8..=8)), |lab: Lab, a: &Named<f64>| {
                let a = a.value;
                compare(
                    lab,
                    Operation::Relu,
                    &[a],
                    &[
                        ("the derivative at 0 is taken to be 1", vec![if a < 0.0 { 0.0 } else { 1.0 }]),
                        ("the derivative is 1 everywhere", vec![1.0]),
                    ],
                )
            }),
    ]
}
