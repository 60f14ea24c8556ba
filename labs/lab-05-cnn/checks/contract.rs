//! The functions that are graded, with their signatures.

use lab_05_cnn as lab;
use lab_05_cnn::{Ascent, Conv2d, LeNet5, ReceptiveField, Window};
use nn::Module;
use tensor::random::{self, Generator};
use tensor::{Tensor, no_grad};

grading::contract! {
    /// What students write.
    pub(crate) trait Contract {
        /// The places added before and after the input along a dimension.
        fn margins(window: Window, dim: usize) -> (usize, usize) {
            window.margins(dim)
        }

        /// The number of positions of a window on `n` places.
        fn output_size(window: Window, dim: usize, n: usize) -> usize {
            window.output_size(dim, n)
        }

        /// The place under a tap.
        fn source(window: Window, dim: usize, output: usize, tap: usize, n: usize) -> Option<usize> {
            window.source(dim, output, tap, n)
        }

        /// The convolution by seven loops.
        fn conv2d_direct(
            x: Tensor<f64>,
            weight: Tensor<f64>,
            bias: Tensor<f64>,
            window: Window,
            groups: usize,
        ) -> Tensor<f64> {
            lab::conv2d_direct(&x, &weight, &bias, &window, groups)
        }

        /// The windows as columns.
        fn im2col(x: Tensor<f64>, window: Window) -> Tensor<f64> {
            lab::im2col(&x, &window)
        }

        /// The columns added up to images of a shape.
        fn col2im(columns: Tensor<f64>, shape: [usize; 4], window: Window) -> Tensor<f64> {
            lab::col2im(&columns, shape, &window)
        }

        /// The convolution as a matrix product.
        fn conv2d(
            x: Tensor<f64>,
            weight: Tensor<f64>,
            bias: Tensor<f64>,
            window: Window,
            groups: usize,
        ) -> Tensor<f64> {
            lab::conv2d(&x, &weight, &bias, &window, groups)
        }

        /// The gradients of the convolution's three inputs, from that of its output.
        fn conv2d_gradients(
            x: Tensor<f64>,
            weight: Tensor<f64>,
            bias: Tensor<f64>,
            window: Window,
            groups: usize,
            dy: Tensor<f64>,
        ) -> [Tensor<f64>; 3] {
            let leaves @ [x, weight, bias] = &[x, weight, bias].map(Tensor::requires_grad_);
            lab::conv2d(x, weight, bias, &window, groups).backward_with(&dy);
            leaves.each_ref().map(gradient)
        }

        /// Max pooling.
        fn max_pool2d(x: Tensor<f64>, window: Window) -> Tensor<f64> {
            lab::max_pool2d(&x, &window)
        }

        /// The gradient of max pooling's input.
        fn max_pool2d_gradient(x: Tensor<f64>, window: Window, dy: Tensor<f64>) -> Tensor<f64> {
            let x = x.requires_grad_();
            lab::max_pool2d(&x, &window).backward_with(&dy);
            gradient(&x)
        }

        /// Average pooling.
        fn avg_pool2d(x: Tensor<f64>, window: Window) -> Tensor<f64> {
            lab::avg_pool2d(&x, &window)
        }

        /// The gradient of average pooling's input.
        fn avg_pool2d_gradient(x: Tensor<f64>, window: Window, dy: Tensor<f64>) -> Tensor<f64> {
            let x = x.requires_grad_();
            lab::avg_pool2d(&x, &window).backward_with(&dy);
            gradient(&x)
        }

        /// The receptive field of a stack of layers.
        fn receptive_field(layers: Vec<Window>, dim: usize) -> ReceptiveField {
            lab::receptive_field(&layers, dim)
        }

        /// The number of parameters of a convolution.
        fn conv_parameters(channels: usize, out_channels: usize, kernel: [usize; 2], groups: usize) -> usize {
            lab::conv_parameters(channels, out_channels, kernel, groups)
        }

        /// The number of parameters of a fully connected layer between images.
        fn linear_parameters(channels: usize, out_channels: usize, pixels: usize) -> usize {
            lab::linear_parameters(channels, out_channels, pixels)
        }

        /// The weight and bias of a new convolution.
        fn conv_layer(
            seed: u64,
            channels: usize,
            out_channels: usize,
            window: Window,
            groups: usize,
        ) -> (Tensor<f64>, Tensor<f64>) {
            random::with(Generator::seed(seed), || {
                let layer = Conv2d::new(channels, out_channels, window, groups);
                (layer.weight.get().detach(), layer.bias.get().detach())
            })
        }

        /// The names and shapes of a new LeNet-5's parameters.
        fn lenet_shapes(seed: u64) -> Vec<(String, Vec<usize>)> {
            random::with(Generator::seed(seed), || {
                let parameters = LeNet5::<f64>::new().named_parameters();
                parameters.into_iter().map(|(name, parameter)| (name, parameter.shape())).collect()
            })
        }

        /// The features of LeNet-5 with these parameters.
        fn lenet_features(parameters: Vec<Tensor<f64>>, x: Tensor<f64>) -> Tensor<f64> {
            no_grad(|| lenet(&parameters).features(&x))
        }

        /// The logits of LeNet-5 with these parameters.
        fn lenet_logits(parameters: Vec<Tensor<f64>>, x: Tensor<f64>) -> Tensor<f64> {
            no_grad(|| lenet(&parameters).forward(&x))
        }

        /// The gradients of LeNet-5's parameters, from that of its logits; zeros for one that has none.
        fn lenet_gradients(parameters: Vec<Tensor<f64>>, x: Tensor<f64>, dy: Tensor<f64>) -> Vec<Tensor<f64>> {
            let network = lenet(&parameters);
            network.forward(&x).backward_with(&dy);
            let gradients = network.parameters().into_iter().map(|parameter| parameter.grad());
            gradients.zip(&parameters).map(|(grad, p)| grad.unwrap_or_else(|| p.zeros_like())).collect()
        }

        /// One step of gradient ascent.
        fn ascent_step(image: Tensor<f64>, gradient: Tensor<f64>, ascent: Ascent) -> Tensor<f64> {
            lab::ascent_step(&image, &gradient, &ascent)
        }

        /// The ascent of the objective ⟨a, x⟩: the last image and the path.
        fn ascend_plane(a: Tensor<f64>, start: Tensor<f64>, ascent: Ascent) -> (Tensor<f64>, Vec<f64>) {
            let ascended = lab::maximize_activation(|x| (x * &a).sum(..), &start, &ascent);
            (ascended.image, ascended.path)
        }

        /// The ascent of the objective −½‖x − peak‖²: the last image and the path.
        fn ascend_hill(peak: Tensor<f64>, start: Tensor<f64>, ascent: Ascent) -> (Tensor<f64>, Vec<f64>) {
            let objective = |x: &Tensor<f64>| (x - &peak).square().sum(..) * -0.5;
            let ascended = lab::maximize_activation(objective, &start, &ascent);
            (ascended.image, ascended.path)
        }
    }
}

fn gradient(leaf: &Tensor<f64>) -> Tensor<f64> {
    leaf.grad()
        .expect("the backward pass left no gradient: record the operation, and answer what cx.needs asks for")
}

fn lenet(parameters: &[Tensor<f64>]) -> LeNet5<f64> {
    let network = LeNet5::new();
    for (parameter, values) in network.parameters().iter().zip(parameters) {
        parameter.set(values);
    }
    network
}
