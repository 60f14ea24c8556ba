//! The functions that are graded, with their signatures.

use lab_04_regularization as lab;
use lab_04_regularization::{
    BatchNorm1d, ColorJitter, Compose, Cutout, Dropout, EarlyStopping, RandomApply, RandomResizedCrop,
    Region, Transform,
};
use nn::{Adam, Buffer, Module, Optimizer, Parameter, Sgd, Visitor};
use serde::{Deserialize, Serialize};
use tensor::random::{self, Generator};
use tensor::{Tensor, no_grad};

grading::contract! {
    /// What students write.
    pub(crate) trait Contract {
        /// Whether a loss is an improvement.
        fn is_improvement(loss: f64, best: Option<f64>, min_delta: f64) -> bool {
            lab::is_improvement(loss, best, min_delta)
        }

        /// A training whose epochs have these losses, and after which the network has these weights; early stopping
        /// watches. How many epochs it lasted, and the weight and the buffer that are restored at its end.
        fn early_stopping(
            losses: Vec<f64>,
            weights: Vec<Tensor<f64>>,
            patience: usize,
            min_delta: f64,
        ) -> (usize, Tensor<f64>, Tensor<f64>) {
            let network = Learner::new(&weights[0]);
            let mut stopping = EarlyStopping::new(patience).min_delta(min_delta);
            let mut epochs = 0;
            for (loss, weight) in losses.into_iter().zip(&weights) {
                network.learn(weight);
                epochs += 1;
                if stopping.observe(loss, &network) {
                    break;
                }
            }
            stopping.restore(&network);
            (epochs, network.weight.get().detach(), network.running.get())
        }

        /// A mask for dropout.
        fn dropout_mask(seed: u64, shape: Vec<usize>, p: f64) -> Tensor<f64> {
            random::with(Generator::seed(seed), || lab::dropout_mask(&shape, p))
        }

        /// What dropout makes of x, so many times in a row.
        fn dropout(seed: u64, x: Tensor<f64>, p: f64, training: bool, calls: usize) -> Vec<Tensor<f64>> {
            let layer = Dropout::new(p);
            if !training {
                Module::<f64>::eval(&layer);
            }
            random::with(Generator::seed(seed), || (0..calls).map(|_| layer.forward(&x)).collect())
        }

        /// Dropout in training, and the gradient of its input from that of its output.
        fn dropout_gradient(seed: u64, x: Tensor<f64>, p: f64, dy: Tensor<f64>) -> (Tensor<f64>, Tensor<f64>) {
            let x = x.requires_grad_();
            let y = random::with(Generator::seed(seed), || Dropout::new(p).forward(&x));
            y.backward_with(&dy);
            (y.detach(), gradient(&x))
        }

        /// Which of a network's parameters, with these shapes, are its weights.
        fn weights_of(shapes: Vec<Vec<usize>>) -> Vec<usize> {
            let network = Bag(shapes.iter().map(|shape| Parameter::new(Tensor::zeros(&shape[..]))).collect());
            let place = |weight: &Parameter<f64>| network.0.iter().position(|parameter| parameter.is(weight));
            lab::weights_of(&network).iter().map(|weight| place(weight).unwrap_or(usize::MAX)).collect()
        }

        /// The L1 penalty and its gradient.
        fn l1_penalty(parameters: Vec<Tensor<f64>>) -> (f64, Vec<Tensor<f64>>) {
            penalty(parameters, lab::l1_penalty)
        }

        /// The L2 penalty and its gradient.
        fn l2_penalty(parameters: Vec<Tensor<f64>>) -> (f64, Vec<Tensor<f64>>) {
            penalty(parameters, lab::l2_penalty)
        }

        /// Decoupled weight decay.
        fn decay_weights(parameters: Vec<Tensor<f64>>, learning_rate: f64, decay: f64) -> Vec<Tensor<f64>> {
            changed(parameters, |parameters| lab::decay_weights(parameters, learning_rate, decay))
        }

        /// Soft thresholding.
        fn soft_threshold(x: Tensor<f64>, t: f64) -> Tensor<f64> {
            lab::soft_threshold(&x, t)
        }

        /// The proximal step of the L1 penalty.
        fn proximal_step(parameters: Vec<Tensor<f64>>, learning_rate: f64, strength: f64) -> Vec<Tensor<f64>> {
            changed(parameters, |parameters| lab::proximal_step(parameters, learning_rate, strength))
        }

        /// A training of one parameter, whose loss has these gradients in these steps, with an L2 penalty of strength
        /// `l2` in the loss, and with decoupled weight decay.
        fn train(
            method: Method,
            start: Tensor<f64>,
            gradients: Vec<Tensor<f64>>,
            learning_rate: f64,
            l2: f64,
            decay: f64,
        ) -> Tensor<f64> {
            let parameters = vec![Parameter::new(start)];
            let mut optimizer: Box<dyn Optimizer<f64>> = match method {
                Method::Sgd => Box::new(Sgd::new(parameters.clone(), learning_rate)),
                Method::Adam => Box::new(Adam::new(parameters.clone(), learning_rate)),
            };
            for gradient in gradients {
                optimizer.zero_grad();
                let mut loss = (parameters[0].get() * gradient).sum(..);
                if l2 > 0.0 {
                    loss = loss + lab::l2_penalty(&parameters) * l2;
                }
                loss.backward();
                if decay > 0.0 {
                    lab::decay_weights(&parameters, learning_rate, decay);
                }
                optimizer.step();
            }
            parameters[0].get().detach()
        }

        /// Proximal gradient descent on ½‖θ − a‖² + strength·Σ|θ|.
        fn lasso(a: Tensor<f64>, start: Tensor<f64>, rate: f64, strength: f64, steps: usize) -> Tensor<f64> {
            let parameters = vec![Parameter::new(start)];
            let mut optimizer = Sgd::new(parameters.clone(), rate);
            for _ in 0..steps {
                optimizer.zero_grad();
                ((parameters[0].get() - &a).square().sum(..) * 0.5).backward();
                optimizer.step();
                lab::proximal_step(&parameters, rate, strength);
            }
            parameters[0].get().detach()
        }

        /// Mean and variance of each feature.
        fn statistics(x: Tensor<f64>) -> (Tensor<f64>, Tensor<f64>) {
            let statistics = lab::statistics(&x);
            (statistics.mean, statistics.var)
        }

        /// Batch normalization by the batch's statistics.
        fn batch_norm(x: Tensor<f64>, weight: Tensor<f64>, bias: Tensor<f64>, eps: f64) -> Tensor<f64> {
            lab::batch_norm(&x, &weight, &bias, eps).0
        }

        /// The gradients of γ and β.
        fn affine_gradients(
            x: Tensor<f64>,
            weight: Tensor<f64>,
            bias: Tensor<f64>,
            eps: f64,
            dy: Tensor<f64>,
        ) -> [Tensor<f64>; 2] {
            let leaves @ [weight, bias] = &[weight, bias].map(Tensor::requires_grad_);
            lab::batch_norm(&x, weight, bias, eps).0.backward_with(&dy);
            leaves.each_ref().map(gradient)
        }

        /// The gradient of the input.
        fn input_gradient(
            x: Tensor<f64>,
            weight: Tensor<f64>,
            bias: Tensor<f64>,
            eps: f64,
            dy: Tensor<f64>,
        ) -> Tensor<f64> {
            let x = x.requires_grad_();
            lab::batch_norm(&x, &weight, &bias, eps).0.backward_with(&dy);
            gradient(&x)
        }

        /// A layer that is trained on some batches and then evaluated on some more.
        fn batch_norm_layer(
            settings: Settings,
            training: Vec<Tensor<f64>>,
            evaluation: Vec<Tensor<f64>>,
        ) -> Normalized {
            let Settings { weight, bias, momentum, eps } = settings;
            let layer = BatchNorm1d::new(weight.numel()).momentum(momentum).eps(eps);
            layer.weight.set(&weight);
            layer.bias.set(&bias);
            let outputs = |batches: &[Tensor<f64>]| {
                no_grad(|| batches.iter().map(|x| layer.forward(x)).collect::<Vec<_>>())
            };
            let trained = outputs(&training);
            layer.eval();
            let evaluated = outputs(&evaluation);
            Normalized {
                trained,
                evaluated,
                running_mean: layer.running_mean.get(),
                running_var: layer.running_var.get(),
            }
        }

        /// The gradients of input, γ and β of a layer in evaluation, after training on one batch.
        fn batch_norm_gradients_in_evaluation(
            settings: Settings,
            training: Tensor<f64>,
            x: Tensor<f64>,
            dy: Tensor<f64>,
        ) -> [Tensor<f64>; 3] {
            let Settings { weight, bias, momentum, eps } = settings;
            let layer = BatchNorm1d::new(weight.numel()).momentum(momentum).eps(eps);
            layer.weight.set(&weight);
            layer.bias.set(&bias);
            no_grad(|| layer.forward(&training));
            layer.eval();
            let x = x.requires_grad_();
            layer.forward(&x).backward_with(&dy);
            [gradient(&x), gradient(&layer.weight.get()), gradient(&layer.bias.get())]
        }

        /// The mirrored image.
        fn hflip(image: Tensor<f64>) -> Tensor<f64> {
            lab::hflip(&image)
        }

        /// The turned image.
        fn quarter_turns(image: Tensor<f64>, turns: usize) -> Tensor<f64> {
            lab::quarter_turns(&image, turns)
        }

        /// The plane \[H, W\] between its pixels.
        fn bilinear(plane: Tensor<f64>, row: f64, column: f64) -> f64 {
            lab::bilinear(&plane.as_slice(), plane.dims(), row, column)
        }

        /// A region, made as large as `size`.
        fn resized_crop(image: Tensor<f64>, region: Region, size: [usize; 2]) -> Tensor<f64> {
            lab::resized_crop(&image, &region, size)
        }

        /// The rotated image.
        fn rotate(image: Tensor<f64>, degrees: f64) -> Tensor<f64> {
            lab::rotate(&image, degrees)
        }

        /// The image with a hole.
        fn cutout(image: Tensor<f64>, region: Region) -> Tensor<f64> {
            lab::cutout(&image, &region)
        }

        /// The image in grey.
        fn grayscale(image: Tensor<f64>) -> Tensor<f64> {
            lab::grayscale(&image)
        }

        /// A mixture of images.
        fn blend(image: Tensor<f64>, other: Tensor<f64>, factor: f64) -> Tensor<f64> {
            lab::blend(&image, &other, factor)
        }

        /// The image with another contrast.
        fn adjust_contrast(image: Tensor<f64>, factor: f64) -> Tensor<f64> {
            lab::adjust_contrast(&image, factor)
        }

        /// The image with another saturation.
        fn adjust_saturation(image: Tensor<f64>, factor: f64) -> Tensor<f64> {
            lab::adjust_saturation(&image, factor)
        }

        /// The image with noise.
        fn add_noise(seed: u64, image: Tensor<f64>, sigma: f64) -> Tensor<f64> {
            random::with(Generator::seed(seed), || lab::add_noise(&image, sigma))
        }

        /// Weighted sums along a dimension.
        fn correlate(image: Tensor<f64>, taps: Vec<f64>, dim: usize) -> Tensor<f64> {
            lab::correlate(&image, &taps, dim)
        }

        /// The bell curve.
        fn gaussian_taps(sigma: f64) -> Vec<f64> {
            lab::gaussian_taps(sigma)
        }

        /// The blurred image.
        fn gaussian_blur(image: Tensor<f64>, sigma: f64) -> Tensor<f64> {
            lab::gaussian_blur(&image, sigma)
        }

        /// The image's edges.
        fn sobel(image: Tensor<f64>) -> Tensor<f64> {
            lab::sobel(&image)
        }

        /// Several transforms, one after the other.
        fn compose(changes: Vec<Change>, image: Tensor<f64>) -> Tensor<f64> {
            let all = changes.into_iter().fold(Compose::new(), |all, change| match change {
                Change::Plus(number) => all.then(move |image: &Tensor<f64>| image + number),
                Change::Times(number) => all.then(move |image: &Tensor<f64>| image * number),
                Change::Transpose => all.then(|image: &Tensor<f64>| image.transpose(1, 2).contiguous()),
            });
            all.apply(&image)
        }

        /// What a transform that adds 1 makes of an image if it is applied with probability p, so many times.
        fn random_apply(seed: u64, p: f64, image: Tensor<f64>, times: usize) -> Vec<Tensor<f64>> {
            let transform = RandomApply::new(p, |image: &Tensor<f64>| image + 1.0);
            random::with(Generator::seed(seed), || (0..times).map(|_| transform.apply(&image)).collect())
        }

        /// The regions that are drawn for a random crop of an image of this height and width, so many times.
        fn crops(
            seed: u64,
            scale: (f64, f64),
            ratio: (f64, f64),
            image: [usize; 2],
            times: usize,
        ) -> Vec<Region> {
            let crop = RandomResizedCrop { size: [1, 1], scale, ratio };
            random::with(Generator::seed(seed), || (0..times).map(|_| crop.draw(image[0], image[1])).collect())
        }

        /// The holes that are drawn for an image of this height and width, so many times.
        fn holes(seed: u64, size: usize, image: [usize; 2], times: usize) -> Vec<Region> {
            let hole = Cutout { size };
            random::with(Generator::seed(seed), || (0..times).map(|_| hole.draw(image[0], image[1])).collect())
        }

        /// What jitter of these strengths (brightness, contrast, saturation) makes of an image, so many times.
        fn color_jitter(seed: u64, strengths: [f64; 3], image: Tensor<f64>, times: usize) -> Vec<Tensor<f64>> {
            let [brightness, contrast, saturation] = strengths;
            let jitter = ColorJitter { brightness, contrast, saturation };
            random::with(Generator::seed(seed), || (0..times).map(|_| jitter.apply(&image)).collect())
        }

        /// A batch to each of whose images a random number from \[0, 1) is added.
        fn augment(seed: u64, images: Tensor<f64>) -> Tensor<f64> {
            let transform = |image: &Tensor<f64>| image + lab::uniform(0.0, 1.0);
            random::with(Generator::seed(seed), || lab::augment(&transform, &images))
        }

        /// A batch that goes through a crop, a flip with probability ½, jitter, noise and a hole.
        fn pipeline(seed: u64, images: Tensor<f64>) -> Tensor<f64> {
            let transform = Compose::new()
                .then(RandomResizedCrop { size: [6, 6], scale: (0.3, 1.0), ratio: (0.5, 2.0) })
                .then(RandomApply::new(0.5, lab::hflip))
                .then(ColorJitter { brightness: 0.4, contrast: 0.4, saturation: 0.4 })
                .then(|image: &Tensor<f64>| lab::add_noise(image, 0.1))
                .then(Cutout { size: 2 });
            random::with(Generator::seed(seed), || lab::augment(&transform, &images))
        }
    }
}

/// An optimizer of `nn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Method {
    Sgd,
    Adam,
}

/// A layer of batch normalization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) weight: Tensor<f64>,
    pub(crate) bias: Tensor<f64>,
    pub(crate) momentum: f64,
    pub(crate) eps: f64,
}

/// What a layer of batch normalization answered, and its running estimates at the end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Normalized {
    pub(crate) trained: Vec<Tensor<f64>>,
    pub(crate) evaluated: Vec<Tensor<f64>>,
    pub(crate) running_mean: Tensor<f64>,
    pub(crate) running_var: Tensor<f64>,
}

/// A transform whose result is easily told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Change {
    Plus(f64),
    Times(f64),
    Transpose,
}

/// A network with one parameter and one buffer.
struct Learner {
    weight: Parameter<f64>,
    running: Buffer<f64>,
}

impl Learner {
    fn new(weight: &Tensor<f64>) -> Self {
        Learner { weight: Parameter::new(weight.zeros_like()), running: Buffer::new(weight.zeros_like()) }
    }

    /// Takes over the weight; the buffer gets its negative.
    fn learn(&self, weight: &Tensor<f64>) {
        self.weight.set(weight);
        self.running.set(&-weight);
    }
}

impl Module<f64> for Learner {
    fn forward(&self, x: &Tensor<f64>) -> Tensor<f64> {
        x * self.weight.get() + self.running.get()
    }

    fn visit(&self, v: &mut Visitor<'_, f64>) {
        v.parameter("weight", &self.weight);
        v.buffer("running", &self.running);
    }
}

/// A network that has parameters and does nothing with them.
struct Bag(Vec<Parameter<f64>>);

impl Module<f64> for Bag {
    fn forward(&self, x: &Tensor<f64>) -> Tensor<f64> {
        x.clone()
    }

    fn visit(&self, v: &mut Visitor<'_, f64>) {
        for (index, parameter) in self.0.iter().enumerate() {
            v.parameter(&index.to_string(), parameter);
        }
    }
}

fn gradient(leaf: &Tensor<f64>) -> Tensor<f64> {
    leaf.grad().expect("the backward pass left no gradient")
}

/// The value of a penalty, and the gradients of its parameters; zeros for one that has none.
fn penalty(
    values: Vec<Tensor<f64>>,
    penalty: impl FnOnce(&[Parameter<f64>]) -> Tensor<f64>,
) -> (f64, Vec<Tensor<f64>>) {
    let parameters: Vec<_> = values.iter().map(|value| Parameter::new(value.clone())).collect();
    let value = penalty(&parameters);
    if !parameters.is_empty() {
        value.backward();
    }
    let gradients = parameters.iter().map(|parameter| parameter.grad());
    (value.item(), gradients.zip(&values).map(|(grad, value)| grad.unwrap_or(value.zeros_like())).collect())
}

/// The parameters with these values after a change.
fn changed(values: Vec<Tensor<f64>>, change: impl FnOnce(&[Parameter<f64>])) -> Vec<Tensor<f64>> {
    let parameters: Vec<_> = values.into_iter().map(Parameter::new).collect();
    change(&parameters);
    parameters.iter().map(|parameter| parameter.get().detach()).collect()
}
