//! Step 6: the gradient check.

use grading::prelude::*;
use grading::proptest::sample::select;
use lab_02_backprop::{FLOOR, TOLERANCE};
use tensor::Tensor;

use crate::cases::{Named, functions, multiples, named, shapes};
use crate::contract::{Contract, Function};
use crate::visible::Lab;

/// A function with an input between −2 and 2.
pub(crate) fn inputs() -> impl Strategy<Value = (Function, Tensor<f64>)> {
    (functions(), shapes())
        .prop_flat_map(|(function, shape)| (Just(function), tensors(shape.as_slice()).prop_map(|x| x * 2.0)))
}

/// How far a right central difference may be from the derivative, for the functions of these checks.
///
/// With h = ε^⅓·max(1, |x|), |x| ≤ 2: the truncation is h²/6·|f'''| ≤ 2.5e-11·|f'''|, rounding ε·|f|/h ≤ 3.7e-11·|f| for a
/// value that is computed to the last place, and up to 27 terms make it 30 times as much. |f| and |f'''| are at most
/// 27·e² = 200.
pub(crate) const DIFFERENCES: Tolerance = Tolerance::within(3e-7);

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("step_is_the_cube_root_of_epsilon", "6")
            .law("h = ε^⅓·max(1, |x|): about 6e-6 near 0, and growing with |x|.")
            .hints([
                "The handout derives the exponent: where do truncation and rounding balance?",
                "f64::EPSILON is 2⁻⁵²; there is a method for the cube root. The step is never smaller than at |x| = 1.",
                "f64::EPSILON.cbrt() * x.abs().max(1.0)",
            ])
            .property(multiples("x", -40..=40, 0.25), |lab: Lab, x: &Named<f64>| {
                let x = x.value;
                let expected = f64::EPSILON.powf(1.0 / 3.0) * x.abs().max(1.0);
                // The power's exponent 1/3 is itself rounded: 36·ε more.
                expect::close("h", &lab.step_size(x)?, &expected, Tolerance::operations(64))
                    .suspect("it is the square root of ε, which is best for one-sided differences", || {
                        f64::EPSILON.sqrt() * x.abs().max(1.0)
                    })
                    .suspect("it does not grow with |x|", || f64::EPSILON.cbrt())
                    .suspect("it becomes 0 at x = 0", || f64::EPSILON.cbrt() * x.abs())?;
                Ok(())
            }),
        Check::new("central_difference_is_exact_on_parabolas", "6")
            .law("(f(x + h) − f(x − h)) / 2h is the slope of a parabola exactly, whatever h is: the errors cancel.")
            .points(2)
            .hints([
                "Evaluate f on both sides of x, at the same distance.",
                "The two places are 2h apart.",
                "(f(x + h) - f(x - h)) / (2.0 * h)",
            ])
            .property((prop_oneof![Just(Function::Linear), Just(Function::Square)], multiples("x", -8..=8, 0.25), multiples("h", 1..=8, 0.25)), |lab: Lab, &(function, x, h): &(Function, Named<f64>, Named<f64>)| {
                // Multiples of ¼: nothing is rounded.
                let (x, h, square) = (x.value, h.value, function == Function::Square);
                let slope = if square { 2.0 * x } else { 1.0 };
                expect::close("the slope", &lab.central_difference(function, x, h)?, &slope, Tolerance::EXACT)
                    .suspect("it is divided by h, not by 2h", || 2.0 * slope)
                    .suspect("it is a one-sided difference", || if square { slope + h } else { slope })
                    .suspect("the sign is wrong", || -slope)?;
                Ok(())
            }),
        Check::new("numerical_gradient_moves_one_entry_at_a_time", "6")
            .law("Each entry of the numerical gradient is the partial derivative with respect to that entry.")
            .points(2)
            .hints([
                "A partial derivative: one entry moves, all others stay where they are.",
                "For each place: a copy of the numbers with that one replaced, once by x + h and once by x − h.",
                "central_difference(|value| moved(place, value), number, step_size(number)) for each (place, &number)",
            ])
            .property(inputs(), |lab: Lab, (function, x): &(Function, Tensor<f64>)| {
                let got = lab.numerical_gradient(*function, x.clone())?;
                let expected = function.gradient(x);
                expect::close("the gradient", &got, &expected, DIFFERENCES).suspect(
                    "all entries move together: each entry is the sum of all partial derivatives",
                    || Tensor::full(x.shape(), expected.sum(..).item()),
                )?;
                Ok(())
            }),
        Check::new("relative_error_is_a_share_of_the_larger", "6")
            .law("|a − b| / max(|a|, |b|, FLOOR): symmetric, at most 2, and infinite where one of the two is not a number.")
            .hints([
                "Relative to what? Neither number is known to be the right one.",
                "To the larger of the two sizes, and to FLOOR if both are tiny. `f64::max` ignores NaN, and comparisons \
                 with NaN are false: ask whether the error is finite.",
                "let error = (a - b).abs() / a.abs().max(b.abs()).max(FLOOR); if error.is_finite() { error } else { \
                 f64::INFINITY }",
            ])
            .property((multiples("a", -40..=40, 1e-4), multiples("b", -40..=40, 1e-4)), |lab: Lab, (a, b): &(Named<f64>, Named<f64>)| {
                let (a, b) = (a.value, b.value);
                let got = lab.relative_error(a, b)?;
                let expected = (a - b).abs() / [a.abs(), b.abs(), FLOOR].into_iter().fold(0.0, f64::max);
                expect::close("the relative error", &got, &expected, Tolerance::operations(4))
                    .suspect("the difference is not divided", || (a - b).abs())
                    .suspect("it is divided by |a| + |b|", || (a - b).abs() / (a.abs() + b.abs()).max(FLOOR))
                    .suspect("the floor is missing", || (a - b).abs() / a.abs().max(b.abs()))?;
                for (a, b) in [(f64::NAN, b), (a, f64::NAN), (f64::INFINITY, b), (f64::INFINITY, f64::INFINITY)] {
                    expect::equal(&format!("the relative error of {a} and {b}"), lab.relative_error(a, b)?, f64::INFINITY)?;
                }
                Ok(())
            }),
        Check::new("gradient_check_accepts_right_gradients", "6")
            .law("A right gradient passes, whatever the function, the shape of x and its layout in memory.")
            .points(2)
            .hints([
                "Which error do you see for a right gradient, and is it below TOLERANCE?",
                "Compare entry by entry, in row-major order, and keep the largest relative error.",
                "passes: errors[place] <= TOLERANCE, where place is that of the largest error",
            ])
            .property(inputs(), |lab: Lab, (function, x): &(Function, Tensor<f64>)| {
                let check = lab.check_gradient(*function, x.clone(), function.gradient(x))?;
                expect::that(check.passes && check.error <= TOLERANCE, || {
                    format!("a right gradient is rejected: {check:?}")
                })
            }),
        Check::new("gradient_check_rejects_wrong_gradients", "6")
            .law("A gradient with a wrong sign, a factor, one wrong entry, a NaN or an ∞ fails, and the worst entry is named.")
            .points(3)
            .hints([
                "One wrong entry of many is enough. Which error do you report: the mean, the last, the largest?",
                "The largest relative error counts, and its place is that of the entry in row-major order. An error of NaN \
                 is never the largest, because comparisons with NaN are false: relative_error must make it ∞.",
                "(1..errors.len()).fold(0, |worst, place| if errors[place] > errors[worst] { place } else { worst })",
            ])
            .property(wrong_gradients(), |lab: Lab, (function, x, mistake, place): &(Function, Tensor<f64>, Mistake, Named<usize>)| {
                let (right, place) = (function.gradient(x), place.value);
                // Where the derivative is almost 0, so is the mistake.
                expect::assume(right.to_vec()[place].abs() > 0.05)?;
                let one_entry = |value: f64| {
                    let mut numbers = right.to_vec();
                    numbers[place] = value;
                    Tensor::from_vec(numbers, x.shape())
                };
                let wrong = match mistake {
                    Mistake::Sign => -&right,
                    Mistake::Factor => &right * x.numel().max(2) as f64,
                    Mistake::Percent => &right * 1.01,
                    Mistake::OneEntry => one_entry(right.to_vec()[place] + 0.01),
                    Mistake::NotANumber => one_entry(f64::NAN),
                    Mistake::Infinite => one_entry(f64::INFINITY),
                };
                let check = lab.check_gradient(*function, x.clone(), wrong.clone())?;
                expect::that(!check.passes, || format!("a wrong gradient passes: {check:?}"))?;
                expect::that(check.place < x.numel(), || format!("there is no entry {}", check.place))?;
                if matches!(mistake, Mistake::OneEntry | Mistake::NotANumber | Mistake::Infinite) {
                    expect::equal("the place of the largest error", check.place, place)?;
                }
                let entry = wrong.to_vec()[check.place];
                expect::that(check.gradient.total_cmp(&entry).is_eq(), || {
                    format!("the gradient's entry there is {entry}, not {}", check.gradient)
                })?;
                let difference = right.to_vec()[check.place];
                expect::close("the central difference there", &check.difference, &difference, DIFFERENCES)?;
                Ok(())
            }),
    ]
}

/// What may be wrong with a gradient.
#[derive(Debug, Clone, Copy)]
enum Mistake {
    Sign,
    Factor,
    /// All entries are 1 % too large.
    Percent,
    OneEntry,
    NotANumber,
    Infinite,
}

/// A function and its input, a mistake in the gradient, and the place of the mistakes that have one.
fn wrong_gradients() -> impl Strategy<Value = (Function, Tensor<f64>, Mistake, Named<usize>)> {
    use Mistake::{Factor, Infinite, NotANumber, OneEntry, Percent, Sign};
    let mistakes = [Sign, Factor, Percent, OneEntry, NotANumber, Infinite];
    (inputs(), select(mistakes.to_vec())).prop_flat_map(|((function, x), mistake)| {
        let place = named("place", 0..x.numel());
        (Just(function), Just(x), Just(mistake), place)
    })
}
