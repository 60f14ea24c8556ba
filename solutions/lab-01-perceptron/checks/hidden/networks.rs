//! Layers, networks and their folding.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_01_perceptron::{Activation, Layer};
use tensor::Tensor;

use crate::cases::{OneLayer, Stack, layers, layers_and_batches, rounded, stacks};
use crate::contract::Contract;
use crate::hidden::{Lab, oracle};

/// Whole numbers in the place of four decimals, so that no product is rounded.
fn whole(layer: &Layer) -> Layer {
    let round = |x: &Tensor<f64>| x.map(|x| (4.0 * x).round());
    Layer { weight: round(&layer.weight), bias: round(&layer.bias), activation: layer.activation }
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("a_batch_is_its_rows", "2")
            .law(
                "The output of a batch is that of its samples, one by one, whatever their layout; an \
                 empty batch has none.",
            )
            .points(2)
            .hints(["Does one sample have any influence on another?"])
            .property(layers_and_batches(), |lab: Lab, OneLayer { layer, x }: &OneLayer| {
                let got = lab.layer(layer.clone(), x.clone())?;
                let (expected, sums) = oracle::layer(layer, x);
                // A step or a kink where a rounding decides is not what this is about.
                expect::assume(sums.to_vec().iter().all(|a| a.abs() > 1e-9))?;
                let tolerance = Tolerance::sum_of(x.size(1) + 1).times(2.0).plus(Tolerance::within(5e-11));
                expect::close("the output of the batch", &got, &expected, tolerance)?;
                for n in 0..x.size(0) {
                    let alone = lab.layer(layer.clone(), x.narrow(0, n, 1))?;
                    expect::close(
                        &format!("sample {n} alone"),
                        &alone,
                        &expected.narrow(0, n, 1),
                        tolerance,
                    )?;
                }
                let none = lab.layer(layer.clone(), x.narrow(0, 0, 0))?;
                expect::equal("the shape for an empty batch", none.shape(), [0, layer.bias.numel()])?;
                Ok(())
            }),
        Check::new("mlp_equals_loops", "4")
            .law(
                "A network is what the formulas say, layer after layer, with an activation of its own in \
                 each.",
            )
            .hints(["Compute the output for the input shown with pencil and paper."])
            .property(
                vec(1..=4_usize, 2..=5).prop_flat_map(|sizes| {
                    let x = tensors([2, sizes[0]]);
                    let smooth =
                        [Activation::Tanh, Activation::Swish, Activation::Identity, Activation::ELU(1.0)];
                    let each = sizes.windows(2).enumerate();
                    let stack: Vec<_> =
                        each.map(|(i, pair)| layers(pair[0], pair[1], Just(smooth[i % 4])).boxed()).collect();
                    (stack, x).prop_map(|(layers, x)| Stack { layers, x })
                }),
                |lab: Lab, Stack { layers, x }: &Stack| {
                    let tolerance = Tolerance::sum_of(20).times(5_f64.powi(layers.len() as i32));
                    let got = lab.mlp(layers.clone(), x.clone())?;
                    expect::close("the output", &got, &oracle::network(layers, x), tolerance)?;
                    Ok(())
                },
            ),
        Check::new("staircase_approximates", "4")
            .law(
                "A function with |f(x) − f(y)| ≤ L·|x − y| and the staircase of its values in the \
                 middles of n steps differ by at most L/2n on [0, 1]; it rises at k/n, and nowhere else.",
            )
            .points(2)
            .hints(["Right after k/n neuron k is on. Left of 0 everything is off, right of 1 all is on."])
            .property(
                (2..=64_usize, rounded(-3.0, 3.0), rounded(0.0, 6.0)),
                |lab: Lab, &(n, a, omega): &(usize, f64, f64)| {
                    let f = |x: f64| (omega * x).sin() + a * x;
                    let lipschitz = omega + a.abs();
                    let heights: Vec<f64> = (0..n).map(|k| f((k as f64 + 0.5) / n as f64)).collect();
                    let layers = lab.staircase(heights.clone())?;
                    let xs: Vec<f64> = (0..=250).map(|i| f64::from(i) / 250.0).collect();
                    let x = Tensor::from_vec(xs.clone(), [xs.len(), 1]);
                    let y = oracle::network(&layers, &x).to_vec();
                    // The rounding of a sum of n rises, and of x beside an edge.
                    let allowed = lipschitz / (2.0 * n as f64) + 1e-9;
                    for (x, y) in xs.iter().zip(&y) {
                        expect::that((y - f(*x)).abs() <= allowed, || {
                            format!(
                                "at x = {x} the staircase is {y}, and f is {}: more than {allowed} apart",
                                f(*x)
                            )
                        })?;
                    }
                    // Close to k/n on both sides; at k/n itself a rounding may decide.
                    for (beside, later) in [(-1e-9, 0), (1e-9, 1)] {
                        let edges: Vec<f64> = (1..n).map(|k| k as f64 / n as f64 + beside).collect();
                        let got = oracle::network(&layers, &Tensor::from_vec(edges, [n - 1, 1])).to_vec();
                        let expected = &heights[later..n - 1 + later];
                        let name = format!("the outputs at k/n {beside:+e}");
                        expect::close(&name, &got[..], expected, Tolerance::sum_of(n).times(10.0))?;
                    }
                    let outside = oracle::network(&layers, &Tensor::from([[-5.0], [7.0]])).to_vec();
                    let ends = [heights[0], heights[n - 1]];
                    expect::close(
                        "the outputs at −5 and 7",
                        &outside[..],
                        &ends[..],
                        Tolerance::sum_of(n).times(10.0),
                    )?;
                    Ok(())
                },
            ),
        Check::new("folding_is_exact", "5")
            .law(
                "On whole numbers a folded stack equals the stack to the last bit; one layer is its own \
                 folding; folding is associative.",
            )
            .points(3)
            .hints(["Which product of matrices comes first, and which biases go through which layers?"])
            .property(
                (vec(1..=4_usize, 2..=6), 1..=3_usize).prop_flat_map(|(sizes, batch)| {
                    (stacks(sizes.clone(), Activation::Identity), tensors([batch, sizes[0]]))
                        .prop_map(|(layers, x)| Stack { layers, x })
                }),
                |lab: Lab, Stack { layers, x }: &Stack| {
                    let layers: Vec<Layer> = layers.iter().map(whole).collect();
                    let x = x.map(|x| (8.0 * x).round());
                    let folded = lab.fold(layers.clone())?;
                    let (got, _) = oracle::layer(&folded, &x);
                    expect::close("the folded stack", &got, &oracle::network(&layers, &x), Tolerance::EXACT)?;
                    let first = lab.fold(layers[..1].to_vec())?;
                    expect::close("one layer's weight", &first.weight, &layers[0].weight, Tolerance::EXACT)?;
                    expect::close("one layer's bias", &first.bias, &layers[0].bias, Tolerance::EXACT)?;
                    if let [a, b, c, ..] = &layers[..] {
                        let left = lab.then(lab.then(a.clone(), b.clone())?, c.clone())?;
                        let right = lab.then(a.clone(), lab.then(b.clone(), c.clone())?)?;
                        expect::close(
                            "(AB)C's weight, against A(BC)'s,",
                            &left.weight,
                            &right.weight,
                            Tolerance::EXACT,
                        )?;
                        expect::close(
                            "(AB)C's bias, against A(BC)'s,",
                            &left.bias,
                            &right.bias,
                            Tolerance::EXACT,
                        )?;
                    }
                    Ok(())
                },
            ),
    ]
}
