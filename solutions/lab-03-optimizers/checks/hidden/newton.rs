//! Step 8: Newton's method.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_03_optimizers::Solve;
use tensor::Tensor;

use crate::cases::{length, matrix, positive_definite, rounded};
use crate::contract::{Contract, Landscape};
use crate::hidden::Lab;
use crate::visible::{EXACTLY, exponentials, systems, times, vector};

/// By rows.
type Matrix = Vec<Vec<f64>>;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What truncated conjugate gradients find, how many products they need, and whether a decision on the way was so close
/// that rounding could turn it.
fn truncated(a: &[Vec<f64>], b: &[f64], solve: Solve) -> (Vec<f64>, usize, bool) {
    let (mut x, mut residual) = (vec![0.0; b.len()], b.to_vec());
    let mut direction = b.to_vec();
    let mut close_call = false;
    for iteration in 0..solve.iterations {
        let goal = solve.tolerance * length(b);
        close_call |= (length(&residual) - goal).abs() < 1e-9 && goal > 0.0;
        if length(&residual) <= goal {
            return (x, iteration, close_call);
        }
        let ap = times(a, &direction);
        let curvature = dot(&direction, &ap);
        close_call |= curvature.abs() < 1e-9;
        if curvature <= 0.0 {
            let found = if iteration == 0 { b.to_vec() } else { x };
            return (found, iteration + 1, close_call);
        }
        // The lowest point along the direction, and a residual computed from x itself.
        let length_of_step = dot(&residual, &direction) / curvature;
        x.iter_mut().zip(&direction).for_each(|(x, p)| *x += length_of_step * p);
        residual = b.iter().zip(times(a, &x)).map(|(b, ax)| b - ax).collect();
        // Conjugate to the direction before, by its definition.
        let mixed = dot(&residual, &ap) / curvature;
        direction = residual.iter().zip(&direction).map(|(r, p)| r - mixed * p).collect();
    }
    (x, solve.iterations, close_call)
}

/// Symmetric matrices of any signs.
fn symmetric(n: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    vec(vec(rounded(-1.0, 1.0), n), n)
        .prop_map(move |b| (0..n).map(|i| (0..n).map(|j| (b[i][j] + b[j][i]) / 2.0).collect()).collect())
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("hessian_is_symmetric_and_linear", "8")
            .law("⟨u, H·v⟩ = ⟨v, H·u⟩ and H·(2v) = 2·H·v, also where the caller records nothing.")
            .points(2)
            .hints(["Second derivatives do not care about the order."])
            .property(
                ([rounded(-1.0, 1.0), rounded(-1.0, 1.0)], [rounded(-1.0, 1.0), rounded(-1.0, 1.0)], [rounded(-1.0, 1.0), rounded(-1.0, 1.0)]),
                |lab: Lab, (x, u, v): &([f64; 2], [f64; 2], [f64; 2])| {
                    let product = |v: &[f64]| lab.hessian_vector_product(Landscape::Rosenbrock, vector(x), vector(v));
                    let [hu, hv] = [product(u)?.to_vec(), product(v)?.to_vec()];
                    // Entries up to 1602, of sums of four products.
                    let tolerance = Tolerance::sum_of(8).times(3000.0);
                    expect::close("⟨u, H·v⟩", &dot(u, &hv), &dot(v, &hu), tolerance)?;
                    let doubled = product(&v.map(|v| 2.0 * v))?;
                    let twice: Vec<f64> = hv.iter().map(|x| 2.0 * x).collect();
                    expect::close("H·(2v)", &doubled.to_vec(), &twice, tolerance)?;
                    let [x0, y0] = *x;
                    let mixed = -400.0 * x0;
                    let exact = vec![
                        (2.0 - 400.0 * (y0 - x0 * x0) + 800.0 * x0 * x0) * v[0] + mixed * v[1],
                        mixed * v[0] + 200.0 * v[1],
                    ];
                    expect::close("H·v of Rosenbrock's function", &hv, &exact, tolerance)?;
                    let unrecorded =
                        lab.hessian_vector_product_unrecorded(Landscape::Rosenbrock, vector(x), vector(v))?;
                    expect::close("H·v without recording", &unrecorded.to_vec(), &hv, Tolerance::EXACT)?;
                    Ok(())
                },
            ),
        Check::new("hessian_of_parameters_of_any_shape", "8")
            .law("x and v may be matrices and views; the product has their shape.")
            .hints(["⟨∇f, v⟩ sums over all entries, whatever the shape: .sum(..)."])
            .property(
                (1..=3_usize, 1..=3_usize).prop_flat_map(|(n, m)| (tensors([n, m]), tensors([n, m]), tensors([n, m]))),
                |lab: Lab, (c, x, v): &(Tensor<f64>, Tensor<f64>, Tensor<f64>)| {
                    let landscape = Landscape::Exponentials { c: c.clone(), a: v.clone() };
                    let got = lab.hessian_vector_product(landscape, x.clone(), v.clone())?;
                    let expected = c.square() * (c * x).exp() * v;
                    expect::close("H·v", &got, &expected, Tolerance::sum_of(8).times(3.0))?;
                    Ok(())
                },
            ),
        Check::new("conjugate_gradients_stop_when_told", "8")
            .law("They stop at the tolerance, at the number of iterations, and at a direction without positive curvature, and return what they have.")
            .points(3)
            .cases(96)
            .hints(["The three ends stand in the comment above the function."])
            .property(
                (
                    (1..=4_usize).prop_flat_map(|n| {
                        let matrices = prop_oneof![positive_definite(n, 0.2).boxed(), symmetric(n).boxed()];
                        (matrices, vec(rounded(-1.0, 1.0), n))
                    }),
                    0..=5_usize,
                    prop_oneof![Just(1e-6), rounded(0.05, 0.9)],
                ),
                |lab: Lab, ((a, b), iterations, tolerance): &((Matrix, Vec<f64>), usize, f64)| {
                    let solve = Solve { iterations: *iterations, tolerance: *tolerance };
                    let (expected, products, close_call) = truncated(a, b, solve);
                    expect::assume(!close_call)?;
                    let (x, asked) = lab.conjugate_gradient(matrix(a), vector(b), solve)?;
                    expect::equal("the number of products", asked, products)?;
                    // Curvatures near 0 make long steps: up to 1e9 by what counts as a close call. The scale is that of x.
                    let size = 1.0 + length(&expected) * length(&expected);
                    expect::close("x", &x.to_vec(), &expected, Tolerance::within(1e-8).times(size))?;
                    Ok(())
                },
            ),
        Check::new("conjugate_gradients_on_nothing", "8")
            .law("b = 0 has the solution 0, without a product; with a tolerance of 1 nothing needs to be done.")
            .hints(["0/0 is NaN: look at the residual before you divide."])
            .property(
                (systems(1..=3), any::<bool>()),
                |lab: Lab, ((a, b, _), zero): &((Matrix, Vec<f64>, Vec<f64>), bool)| {
                    let n = b.len();
                    let (b, tolerance) = if *zero { (vec![0.0; n], 1e-9) } else { (b.clone(), 1.0) };
                    let solve = Solve { iterations: 10, tolerance };
                    let (x, products) = lab.conjugate_gradient(matrix(a), vector(&b), solve)?;
                    expect::close("x", &x.to_vec(), &vec![0.0; n], Tolerance::EXACT)?;
                    expect::equal("the number of products", products, 0)?;
                    Ok(())
                },
            ),
        Check::new("newton_on_rosenbrocks_function", "8")
            .law("Where the Hessian is positive definite the step solves H·d = g.")
            .points(2)
            .hints(["x − d, with H and g at x."])
            .property((rounded(-1.5, 1.5), rounded(0.1, 2.0)), |lab: Lab, &(x, below): &(f64, f64)| {
                // Positive definite where y < x² + 1/200.
                let y = x * x - below;
                let gradient = [-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)];
                let (a, b, d) = (2.0 - 400.0 * (y - x * x) + 800.0 * x * x, -400.0 * x, 200.0);
                let determinant = a * d - b * b;
                let step = [
                    (d * gradient[0] - b * gradient[1]) / determinant,
                    (a * gradient[1] - b * gradient[0]) / determinant,
                ];
                let got = lab.newton_step(Landscape::Rosenbrock, vector(&[x, y]), EXACTLY)?;
                // The condition number is at most about 3000² / det = 100; conjugate gradients lose it twice.
                expect::close("the place after one step", &got.to_vec(), &vec![x - step[0], y - step[1]], Tolerance::within(1e-6))?;
                Ok(())
            }),
        Check::new("newton_on_a_hill_goes_down", "8")
            .law("Where the function curves downwards the step is one along the gradient, x − g.")
            .hints(["conjugate_gradient returns b if its first direction has no positive curvature."])
            .property(systems(1..=3), |lab: Lab, (a, m, x): &(Vec<Vec<f64>>, Vec<f64>, Vec<f64>)| {
                let hill: Vec<Vec<f64>> = a.iter().map(|row| row.iter().map(|a| -a).collect()).collect();
                let away: Vec<f64> = x.iter().zip(m).map(|(x, m)| x - m).collect();
                let gradient = times(&hill, &away);
                let expected: Vec<f64> = x.iter().zip(&gradient).map(|(x, g)| x - g).collect();
                let landscape = Landscape::Bowl { matrix: matrix(&hill), minimum: vector(m) };
                let got = lab.newton_step(landscape, vector(x), EXACTLY)?;
                expect::close("the place after one step", &got.to_vec(), &expected, Tolerance::sum_of(8).times(8.0))?;
                Ok(())
            }),
        Check::new("newton_converges_from_afar_on_exponentials", "8")
            .law("On a convex function of this kind a dozen steps find the minimum from any start on the far side.")
            .hints(["Each step needs the Hessian of the place where it begins."])
            .property(exponentials(), |lab: Lab, (c, a, offset): &(Vec<f64>, Vec<f64>, Vec<f64>)| {
                let minimum: Vec<f64> = c.iter().zip(a).map(|(c, a)| (a / c).ln() / c).collect();
                // To the right of the minimum Newton's method on an exponential comes nearer in each step.
                let start: Vec<f64> = minimum.iter().zip(offset).map(|(m, o)| m + o.abs()).collect();
                let landscape = Landscape::Exponentials { c: vector(c), a: vector(a) };
                let mut x = vector(&start);
                for _ in 0..12 {
                    x = lab.newton_step(landscape.clone(), x, EXACTLY)?;
                }
                expect::close("the place after twelve steps", &x.to_vec(), &minimum, Tolerance::within(1e-9))?;
                Ok(())
            }),
    ]
}
