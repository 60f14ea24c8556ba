//! Step 8: Newton's method.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_03_optimizers::Solve;
use tensor::Tensor;

use crate::cases::{matrix, positive_definite, rounded};
use crate::contract::{Contract, Landscape};
use crate::visible::Lab;

/// Exact up to rounding.
pub(crate) const EXACTLY: Solve = Solve { iterations: 40, tolerance: 1e-13 };

/// A positive definite matrix with two vectors.
pub(crate) fn systems(
    sizes: std::ops::RangeInclusive<usize>,
) -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<f64>, Vec<f64>)> {
    sizes.prop_flat_map(|n| {
        (positive_definite(n, 0.2), vec(rounded(-1.0, 1.0), n), vec(rounded(-1.0, 1.0), n))
    })
}

pub(crate) fn vector(numbers: &[f64]) -> Tensor<f64> {
    Tensor::from_slice(numbers, [numbers.len()])
}

pub(crate) fn times(matrix: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum()).collect()
}

/// The factors c and the slopes a of a sum of exponentials, and a place.
pub(crate) fn exponentials() -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Vec<f64>)> {
    (1..=4_usize)
        .prop_flat_map(|n| (vec(rounded(0.5, 1.5), n), vec(rounded(0.5, 2.0), n), vec(rounded(-1.0, 1.0), n)))
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("hessian_of_a_bowl_is_its_matrix", "8")
            .law("On ½⟨x − m, A(x − m)⟩ the product is A·v, wherever x is.")
            .points(2)
            .hints([
                "⟨∇f(x), v⟩ is a number that depends on x. What is its gradient?",
                "gradient * v, summed over all entries by .sum(..), is that number; grad(&number, &[&x]) is a list with \
                 its gradient.",
                "let inner = (gradient * v.detach()).sum(..); grad(&inner, &[&x]).remove(0).detach()",
            ])
            .property(systems(1..=4), |lab: Lab, (a, m, v): &(Vec<Vec<f64>>, Vec<f64>, Vec<f64>)| {
                let n = m.len();
                let bowl = Landscape::Bowl { matrix: matrix(a), minimum: vector(m) };
                let x = Tensor::full([n], 0.5);
                let got = lab.hessian_vector_product(bowl, x, vector(v))?;
                expect::close("H·v", &got, &vector(&times(a, v)), Tolerance::sum_of(n + 2).times(4.0))
                    .suspect("it is v itself", || vector(v))
                    .suspect("it is the gradient", || {
                        let away: Vec<f64> = m.iter().map(|m| 0.5 - m).collect();
                        vector(&times(a, &away))
                    })?;
                Ok(())
            }),
        Check::new("hessian_depends_on_the_place", "8")
            .law("On Σ exp(cᵢxᵢ) − ⟨a, x⟩ entry i of the product is cᵢ²·exp(cᵢxᵢ)·vᵢ.")
            .hints([
                "Is the gradient computed at x itself?",
                "Is its graph kept? grad_create_graph keeps it, grad does not.",
                "let gradient = grad_create_graph(&f(&x), &[&x]).remove(0);",
            ])
            .property(exponentials(), |lab: Lab, (c, a, x): &(Vec<f64>, Vec<f64>, Vec<f64>)| {
                let landscape = Landscape::Exponentials { c: vector(c), a: vector(a) };
                let got = lab.hessian_vector_product(landscape, vector(x), vector(a))?;
                let expected: Vec<f64> = c.iter().zip(x).zip(a).map(|((c, x), a)| c * c * (c * x).exp() * a).collect();
                expect::close("H·v", &got, &vector(&expected), Tolerance::operations(16))?;
                Ok(())
            }),
        Check::new("hessian_of_a_plane_is_zero", "8")
            .law("On ⟨a, x⟩ the product is 0, in the shape of x.")
            .hints([
                "The gradient of a plane is the same everywhere, so it is no function of x.",
                "grad(&inner, &[&x]) has zeros for an x on which `inner` does not depend. What is returned?",
                "let inner = (gradient * v.detach()).sum(..); grad(&inner, &[&x]).remove(0).detach()",
            ])
            .property(
                (1..=3_usize, 1..=3_usize).prop_flat_map(|(n, m)| (tensors([n, m]), tensors([n, m]), tensors([n, m]))),
                |lab: Lab, (a, x, v): &(Tensor<f64>, Tensor<f64>, Tensor<f64>)| {
                    let got = lab.hessian_vector_product(Landscape::Plane { a: a.clone() }, x.clone(), v.clone())?;
                    expect::close("H·v", &got, &x.zeros_like(), Tolerance::EXACT)
                        .suspect("it is the gradient", || a.clone())?;
                    Ok(())
                },
            ),
        Check::new("conjugate_gradients_solve_the_equations", "8")
            .law("A·x = b holds in the end, for a positive definite A of n rows after at most n iterations, up to rounding.")
            .points(3)
            .hints([
                "Along the direction p, ½⟨x, A·x⟩ − ⟨b, x⟩ is a parabola. Where is its lowest point?",
                "The step length is ‖r‖²/⟨p, A·p⟩. The new residual is the old one minus length·A·p; the new direction is \
                 the new residual plus ‖r new‖²/‖r old‖² of the old direction.",
                "x = x + &direction * length; residual = residual - ap * length; let next = inner(&residual, &residual); \
                 direction = &residual + direction * (next / square); square = next;",
            ])
            .property(systems(1..=4), |lab: Lab, (a, solution, _): &(Vec<Vec<f64>>, Vec<f64>, Vec<f64>)| {
                let b = times(a, solution);
                let solve = Solve { iterations: solution.len(), tolerance: 1e-12 };
                let (x, products) = lab.conjugate_gradient(matrix(a), vector(&b), solve)?;
                expect::that(products <= solve.iterations, || {
                    format!("{products} products in at most {} iterations", solve.iterations)
                })?;
                // Eigenvalues from 0.2 to 5: rounding errors are amplified 25 times, in each of four iterations.
                expect::close("x", &x, &vector(solution), Tolerance::within(1e-9))
                    .suspect("it goes along the residual each time, which is steepest descent", || {
                        steepest(a, &b, solve.iterations)
                    })
                    .suspect("x is never changed", || x.zeros_like())
                    .suspect("it is b", || vector(&b))?;
                Ok(())
            }),
        Check::new("newton_needs_one_step_in_a_bowl", "8")
            .law("On a quadratic function one step leads to the minimum, from anywhere.")
            .points(2)
            .hints([
                "The minimum of a bowl is where the gradient is 0: x − H⁻¹g.",
                "conjugate_gradient wants a function that multiplies by the Hessian: |p| hessian_vector_product(&f, x, p).",
                "let direction = conjugate_gradient(|p| hessian_vector_product(&f, x, p), &gradient, solve); x.detach() - \
                 direction",
            ])
            .property(systems(1..=4), |lab: Lab, (a, m, x): &(Vec<Vec<f64>>, Vec<f64>, Vec<f64>)| {
                let bowl = Landscape::Bowl { matrix: matrix(a), minimum: vector(m) };
                let got = lab.newton_step(bowl, vector(x), EXACTLY)?;
                // The condition number of at most 25, of a solution of size 2.
                expect::close("the place after one step", &got, &vector(m), Tolerance::within(1e-9))
                    .suspect("it goes uphill", || vector(x) * 2.0 - vector(m))
                    .suspect("the direction is returned, not the new place", || vector(x) - vector(m))?;
                Ok(())
            }),
        Check::new("newton_doubles_the_digits", "8")
            .law("Near a minimum each step of Newton's method squares the error: |e| ← at most C·e².")
            .hints([
                "The Hessian has to be that of the place where you are.",
                "Is the gradient that of x, and the Hessian that of x too?",
                "Do the checks before this one pass?",
            ])
            .property(exponentials(), |lab: Lab, (c, a, offset): &(Vec<f64>, Vec<f64>, Vec<f64>)| {
                // Each number by itself: c·exp(c·x) = a at the minimum. With x = x* + e a step leaves the error
                // e − (1 − exp(−c·e))/c, which is c·e²/2 up to higher powers.
                let minimum: Vec<f64> = c.iter().zip(a).map(|(c, a)| (a / c).ln() / c).collect();
                let start: Vec<f64> = minimum.iter().zip(offset).map(|(x, e)| x + 0.5 * e).collect();
                let landscape = Landscape::Exponentials { c: vector(c), a: vector(a) };
                let got = lab.newton_step(landscape, vector(&start), EXACTLY)?;
                let errors: Vec<f64> = got.to_vec().iter().zip(&minimum).map(|(x, m)| x - m).collect();
                let expected: Vec<f64> =
                    c.iter().zip(offset).map(|(c, e)| 0.5 * e + (-c * 0.5 * e).exp_m1() / c).collect();
                expect::close("the errors after one step", &errors, &expected, Tolerance::within(1e-8))?;
                Ok(())
            }),
    ]
}

/// Steepest descent with the best length of each step.
fn steepest(a: &[Vec<f64>], b: &[f64], iterations: usize) -> Tensor<f64> {
    let dot = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| x * y).sum() };
    let mut x = vec![0.0; b.len()];
    let mut residual = b.to_vec();
    for _ in 0..iterations {
        let ap = times(a, &residual);
        let length = dot(&residual, &residual) / dot(&residual, &ap).max(f64::MIN_POSITIVE);
        x.iter_mut().zip(&residual).for_each(|(x, r)| *x += length * r);
        residual.iter_mut().zip(ap).for_each(|(r, ap)| *r -= length * ap);
    }
    vector(&x)
}
