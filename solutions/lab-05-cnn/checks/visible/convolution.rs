//! Step 4: the convolution as a matrix product, with its gradient.

use grading::prelude::*;
use tensor::Tensor;

use crate::cases::{Convolution, convolutions, inner};
use crate::contract::Contract;
use crate::visible::Lab;

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("conv2d_equals_the_seven_loops", "4")
            .law("The matrix product gives what the seven loops give.")
            .points(2)
            .hints([
                "Every output channel is a row of W, every place a column of X. Which product is Y = W·X?",
                "`matmul` multiplies batches: [G, O/G, K] × [N, G, K, P] is [N, G, O/G, P]. The groups come out in \
                 the order of the output channels, and the bias is one number for each.",
                "self.weight.matmul(&self.columns).reshape([batch, out_channels, oh, ow]) + \
                 bias.reshape([out_channels, 1, 1])",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let Convolution { x, weight, bias, window, groups, .. } = case.clone();
                let loops = lab.conv2d_direct(x.clone(), weight.clone(), bias.clone(), window, groups)?;
                let y = lab.conv2d(x, weight, bias, window, groups)?;
                expect::close("the product", &y, &loops, Tolerance::sum_of(case.terms()))
                    .suspect("the bias is not added", || {
                        &loops - case.bias.reshape([case.bias.numel(), 1, 1])
                    })?;
                Ok(())
            }),
        Check::new("conv2d_input_gradient_is_the_adjoint", "4")
            .law("⟨conv(z), dy⟩ = ⟨z, dx⟩ for every image z, without the bias: dx is the transposed convolution of dy.")
            .points(2)
            .hints([
                "y = W·im2col(x) is linear in x. The gradient of a linear map is its transpose, applied to dy.",
                "The transpose of two maps after one another is the two transposes in reverse: first Wᵀ, then col2im.",
                "let columns = self.weight.t().matmul(dy).reshape([batch, channels * kh * kw, oh * ow]); \
                 then col2im(&columns, …)",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let z = tensors(case.x.shape());
                    (Just(case), z)
                }),
                |lab: Lab, (case, z): &(Convolution, Tensor<f64>)| {
                    let Convolution { x, weight, bias, window, groups, dy } = case.clone();
                    let y = lab.conv2d(z.clone(), weight.clone(), case.no_bias(), window, groups)?;
                    let [dx, _, _] = lab.conv2d_gradients(x, weight, bias, window, groups, dy.clone())?;
                    expect::equal("the shape of dx", dx.shape(), z.shape())?;
                    let tolerance = Tolerance::sum_of(dy.numel() * case.terms());
                    expect::close("⟨z, dx⟩", &inner(z, &dx), &inner(&y, &dy), tolerance)?;
                    Ok(())
                },
            ),
        Check::new("conv2d_kernel_gradient_is_the_adjoint", "4")
            .law("⟨conv with kernel v, dy⟩ = ⟨v, dw⟩ for every kernel v, without the bias.")
            .points(2)
            .hints([
                "Y = W·X is linear in W as well. What stands at W's place in ⟨W·X, dY⟩ = ⟨W, ?⟩?",
                "For one image it is dY·Xᵀ. The batch shares one W, so that every image adds to its gradient.",
                "dy.matmul(&self.columns.t()).sum(0).reshape([out_channels, channels / groups, kh, kw])",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let v = tensors(case.weight.shape());
                    (Just(case), v)
                }),
                |lab: Lab, (case, v): &(Convolution, Tensor<f64>)| {
                    let Convolution { x, weight, bias, window, groups, dy } = case.clone();
                    let of = |x: Tensor<f64>, dy: &Tensor<f64>| -> Result<f64, Fault> {
                        Ok(inner(&lab.conv2d(x, v.clone(), case.no_bias(), window, groups)?, dy))
                    };
                    let expected = of(x.clone(), &dy)?;
                    let [_, dw, _] = lab.conv2d_gradients(x.clone(), weight, bias, window, groups, dy.clone())?;
                    expect::equal("the shape of dw", dw.shape(), v.shape())?;
                    let last = x.size(0) - 1;
                    let of_image = |n: usize| of(x.narrow(0, n, 1), &dy.narrow(0, n, 1)).unwrap_or(f64::NAN);
                    let tolerance = Tolerance::sum_of(dy.numel() * case.terms());
                    expect::close("⟨v, dw⟩", &inner(v, &dw), &expected, tolerance)
                        .suspect("only the last image of the batch counts", || of_image(last))
                        .suspect("only the first image of the batch counts", || of_image(0))
                        .suspect("it is averaged over the batch, not summed", || expected / (last + 1) as f64)?;
                    Ok(())
                },
            ),
        Check::new("conv2d_bias_gradient_sums_images_and_places", "4")
            .law("b[o] is added to y[n, o, i, j] for all n, i, j; its gradient is the sum of dy over all three.")
            .hints([
                "How many outputs does one bias change, and by how much each?",
                "Which dimensions of dy [N, G, O/G, P] are not output channels? Sum over those.",
                "dy.sum([0, 3]).reshape(out_channels)",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let Convolution { x, weight, bias, window, groups, dy } = case.clone();
                let [_, _, db] = lab.conv2d_gradients(x, weight, bias, window, groups, dy.clone())?;
                let count = dy.numel() / dy.size(1);
                let expected = dy.sum([0, 2, 3]);
                expect::close("db", &db, &expected, Tolerance::sum_of(count))
                    .suspect("it is not summed over the batch", || dy.select(0, 0).sum([1, 2]))
                    .suspect("only the last image counts", || dy.select(0, dy.size(0) - 1).sum([1, 2]))
                    .suspect("it is averaged, not summed", || dy.mean([0, 2, 3]))?;
                Ok(())
            }),
        Check::new("conv2d_gradients_match_differences", "4")
            .law(
                "Along any direction, ½‖conv‖² rises by the inner product of its gradient and the direction, as \
                 central differences see it.",
            )
            .points(2)
            .hints([
                "The three gradients are right one by one if the checks before this one pass. Are they in the order \
                 x, weight, bias, each with the shape of its tensor?",
                "The gradient of ½‖y‖² with respect to y is y: the checks call your backward pass with dy = y.",
                "Compare with the formulas dx = col2im(Wᵀ·dY), dW = Σₙ dYₙ·Xₙᵀ, db = Σ dY.",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let directions = [tensors(case.x.shape()), tensors(case.weight.shape()), tensors(case.bias.shape())];
                    (Just(case), directions)
                }),
                |lab: Lab, (case, [u, v, r]): &(Convolution, [Tensor<f64>; 3])| {
                    let Convolution { x, weight, bias, window, groups, .. } = case.clone();
                    let at = |x: &Tensor<f64>, weight: &Tensor<f64>, bias: &Tensor<f64>| {
                        lab.conv2d(x.clone(), weight.clone(), bias.clone(), window, groups)
                    };
                    let loss = |y: Tensor<f64>| 0.5 * inner(&y, &y);
                    let y = at(&x, &weight, &bias)?;
                    let outputs = y.numel();
                    let [dx, dw, db] =
                        lab.conv2d_gradients(x.clone(), weight.clone(), bias.clone(), window, groups, y)?;
                    // The loss is a quadratic polynomial in each of the three alone, for which central differences
                    // have no error but rounding, however wide the step. With step 1 the entries of x ± u are at
                    // most 2 in size, |y| ≤ 2K, and the loss is a sum of `outputs` squares of that size.
                    let terms = case.terms();
                    let tolerance = Tolerance::sum_of(outputs * terms).times(8.0 * (terms * terms) as f64);
                    for (name, slope, up, down) in [
                        ("⟨dx, u⟩", inner(&dx, u), at(&(&x + u), &weight, &bias)?, at(&(&x - u), &weight, &bias)?),
                        ("⟨dw, v⟩", inner(&dw, v), at(&x, &(&weight + v), &bias)?, at(&x, &(&weight - v), &bias)?),
                        ("⟨db, r⟩", inner(&db, r), at(&x, &weight, &(&bias + r))?, at(&x, &weight, &(&bias - r))?),
                    ] {
                        expect::close(name, &slope, &((loss(up) - loss(down)) / 2.0), tolerance)?;
                    }
                    Ok(())
                },
            ),
    ]
}
