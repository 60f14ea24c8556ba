//! Step 7: LeNet-5.

use std::f64::consts::SQRT_2;

use grading::prelude::*;
use lab_05_cnn::Window;
use tensor::Tensor;
use tensor::random::{self, Generator};

use crate::cases::{inner, one_hot, windows};
use crate::contract::Contract;
use crate::visible::Lab;

/// The shapes of LeNet-5's parameters, with their names.
pub(crate) const LENET: [(&str, &[usize]); 10] = [
    ("conv1.weight", &[6, 1, 5, 5]),
    ("conv1.bias", &[6]),
    ("conv2.weight", &[16, 6, 5, 5]),
    ("conv2.bias", &[16]),
    ("linear1.weight", &[120, 400]),
    ("linear1.bias", &[120]),
    ("linear2.weight", &[84, 120]),
    ("linear2.bias", &[84]),
    ("linear3.weight", &[10, 84]),
    ("linear3.bias", &[10]),
];

/// Random parameters and images for LeNet-5. Weights are as large as keeps the activations near 1.
pub(crate) fn lenet_inputs(seed: u64, batch: usize, biases: bool) -> (Vec<Tensor<f64>>, Tensor<f64>) {
    random::with(Generator::seed(seed), || {
        let parameters = LENET.iter().map(|(name, shape)| {
            let inputs: usize = shape[1..].iter().product();
            let bound =
                if name.ends_with("bias") { f64::from(biases) } else { SQRT_2 / (inputs as f64).sqrt() };
            Tensor::uniform(*shape, -bound, bound)
        });
        (parameters.collect(), Tensor::uniform([batch, 1, 28, 28], -1.0, 1.0))
    })
}

/// LeNet-5's parameters such that each layer copies one number, times its sign: the middle tap of a kernel, then
/// feature `feature` of 400, then the first unit.
fn copying_lenet(signs: [f64; 5], feature: usize) -> Vec<Tensor<f64>> {
    let channel = feature / 25;
    let places: [&[usize]; 5] = [&[0, 0, 2, 2], &[channel, 0, 2, 2], &[0, feature], &[0, 0], &[0, 0]];
    let weight = |layer: usize| one_hot(LENET[2 * layer].1, places[layer]) * signs[layer];
    (0..5).flat_map(|layer| [weight(layer), Tensor::zeros(LENET[2 * layer + 1].1)]).collect()
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("conv_layer_starts_uniform", "7")
            .law("New weights and biases are uniform on [−1/√K, 1/√K), K = C/G·kh·kw: within the bound, and filling it.")
            .cases(8)
            .hints([
                "K is the number of products in each output. PyTorch calls it fan_in.",
                "Tensor::uniform(shape, low, high) draws the numbers; Parameter::new makes them learnable.",
                "let bound = 1.0 / ((channels / groups * kh * kw) as f64).sqrt(); and weights and bias from \
                 Tensor::uniform(…, -bound, bound)",
            ])
            .property((any::<u64>(), windows(), 1..=2_usize), |lab: Lab, &(seed, window, groups): &(u64, Window, usize)| {
                let (channels, out) = (4, 128);
                let (weight, bias) = lab.conv_layer(seed, channels, out, window, groups)?;
                let [kh, kw] = window.kernel;
                expect::equal("the shape of the weight", weight.shape(), [out, channels / groups, kh, kw])?;
                expect::equal("the shape of the bias", bias.shape(), [out])?;
                let inputs = channels / groups * kh * kw;
                let bound = 1.0 / (inputs as f64).sqrt();
                for (name, values) in [("weight", weight.to_vec()), ("bias", bias.to_vec())] {
                    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
                    expect::that(-bound <= smallest && largest < bound, || {
                        format!("the {name} runs from {smallest} to {largest}, outside ±1/√{inputs} = ±{bound}")
                    })?;
                    // The largest of 128 uniform numbers is below 0.7 of the bound with probability 0.85¹²⁸ < 1e-9.
                    expect::that(smallest < -0.7 * bound && 0.7 * bound < largest, || {
                        format!("the {name} runs from {smallest} to {largest} and does not fill ±1/√{inputs} = ±{bound}")
                    })?;
                }
                Ok(())
            }),
        Check::new("lenet_has_61706_parameters", "7")
            .law("LeNet-5 has five layers with parameters, 61,706 numbers in all.")
            .hints([
                "Two convolutions, three linear layers. Which sizes does the handout's table give them?",
                "After the second pooling, each image has 16 channels of 5 × 5: 400 features.",
                "Conv2d::new(1, 6, …, 1), Conv2d::new(6, 16, …, 1), Linear::new(400, 120), Linear::new(120, 84), \
                 Linear::new(84, 10), with 5 × 5 windows",
            ])
            .example(|lab: Lab| {
                let shapes = lab.lenet_shapes(0)?;
                let expected: Vec<(String, Vec<usize>)> =
                    LENET.iter().map(|(name, shape)| (name.to_string(), shape.to_vec())).collect();
                expect::equal("the list of parameters", &shapes, &expected)?;
                let count: usize = shapes.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
                expect::equal("the number of parameters", count, 61_706)?;
                Ok(())
            }),
        Check::new("lenet_copies_the_brightest_pixel", "7")
            .law(
                "If every layer copies one number, a logit is the brightest pixel of a 4 × 4 block; if two layers \
                 that follow one another turn the sign, the ReLU between them leaves 0; the logit itself may be \
                 negative.",
            )
            .points(3)
            .cases(16)
            .hints([
                "Follow the shapes through your forward pass: 28 → 14 → 10 → 5. Each pooling comes after a ReLU, and \
                 the second convolution has no padding.",
                "ReLU stands after every layer with parameters but the last. Flattening keeps the batch: \
                 x.flatten(1).",
                "features: max_pool2d(&self.conv1.forward(x).relu(), &Window::tiles([2, 2])), and the same with \
                 conv2; forward: linear1, relu, linear2, relu, linear3",
            ])
            .property(
                (any::<u64>(), 0..400_usize),
                |lab: Lab, &(seed, feature): &(u64, usize)| {
                    let image: Tensor<f64> =
                        random::with(Generator::seed(seed), || Tensor::uniform([1, 1, 28, 28], 0.1, 1.0));
                    // Convolution 2 cuts two of the 14 rows off, and pooling halves twice.
                    let (row, column) = (feature / 5 % 5, feature % 5);
                    let block = image.narrow(2, 4 * row + 4, 4).narrow(3, 4 * column + 4, 4);
                    let (brightest, mean) = (block.max(..).item(), block.mean(..).item());
                    let logit = |signs: [f64; 5]| -> Result<f64, Fault> {
                        Ok(lab.lenet_logits(copying_lenet(signs, feature), image.clone())?.get([0, 0]))
                    };
                    expect::close("logit 0", &logit([1.0; 5])?, &brightest, Tolerance::EXACT)
                        .suspect("the pooling averages", || mean)?;
                    for layer in 0..4 {
                        let mut signs = [1.0; 5];
                        signs[layer] = -1.0;
                        signs[layer + 1] = -1.0;
                        let between = ["conv1 and conv2", "conv2 and linear1", "linear1 and linear2", "linear2 and linear3"];
                        let got = logit(signs)?;
                        expect::that(got == 0.0, || {
                            format!("logit 0 is {got}, not 0: is there a ReLU between {}?", between[layer])
                        })?;
                    }
                    let turned = logit([1.0, 1.0, 1.0, 1.0, -1.0])?;
                    expect::close("logit 0 with its last weights negated", &turned, &-brightest, Tolerance::EXACT)
                        .suspect("there is a ReLU after the logits", || 0.0)?;
                    Ok(())
                },
            ),
        Check::new("lenet_sees_each_image_alone", "7")
            .law("The logits of a batch are the logits of its images, one by one.")
            .cases(4)
            .hints([
                "Which dimension is the batch, and does any step mix it with another?",
                "flatten(1) begins at dimension 1 and leaves the batch; flatten(0) would not.",
                "self.features(x).flatten(1)",
            ])
            .property((any::<u64>(), 1..=3_usize), |lab: Lab, &(seed, batch): &(u64, usize)| {
                let (parameters, x) = lenet_inputs(seed, batch, true);
                let logits = lab.lenet_logits(parameters.clone(), x.clone())?;
                expect::equal("the shape of the logits", logits.shape(), [batch, 10])?;
                for n in 0..batch {
                    let alone = lab.lenet_logits(parameters.clone(), x.narrow(0, n, 1))?;
                    // Sums of at most 400 products, through five layers whose activations stay below 10.
                    let tolerance = Tolerance::sum_of(5 * 400).times(10.0);
                    let name = format!("the logits of image {n}");
                    expect::close(&name, &logits.narrow(0, n, 1), &alone, tolerance)?;
                }
                Ok(())
            }),
        Check::new("lenet_gradient_reaches_every_layer", "7")
            .law(
                "Without biases the logits are homogeneous in each layer's weights W, so that by Euler's theorem \
                 ⟨W, dℒ/dW⟩ = ℒ for ℒ = ⟨logits, c⟩ and every layer.",
            )
            .points(2)
            .cases(4)
            .hints([
                "Doubling one layer's weights doubles the logits, because ReLU and pooling do not mind a factor. \
                 Does the gradient of every layer arrive?",
                "A layer without a gradient was computed outside the graph: is there a detach, a to_vec or a \
                 no_grad on its way?",
                "Use the layers' own forward, relu and max_pool2d; each of them records itself.",
            ])
            .property((any::<u64>(), 1..=2_usize), |lab: Lab, &(seed, batch): &(u64, usize)| {
                let (parameters, x) = lenet_inputs(seed, batch, false);
                let c = random::with(Generator::seed(!seed), || Tensor::uniform([batch, 10], -1.0, 1.0));
                let loss = inner(&lab.lenet_logits(parameters.clone(), x.clone())?, &c);
                let gradients = lab.lenet_gradients(parameters.clone(), x, c)?;
                for (layer, (name, _)) in LENET.iter().enumerate().filter(|(_, (name, _))| name.ends_with("weight")) {
                    let got = inner(&parameters[layer], &gradients[layer]);
                    // Rounding as above, once more through the backward pass, over all logits.
                    let tolerance = Tolerance::sum_of(10 * 400).times(100.0 * batch as f64);
                    expect::close(&format!("⟨W, dW⟩ of {name}"), &got, &loss, tolerance)
                        .suspect("no gradient arrives there", || 0.0)?;
                }
                Ok(())
            }),
    ]
}
