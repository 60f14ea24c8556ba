//! Layers: laws that follow from their definitions.

use nn::{
    AvgPool2d, BatchNorm1d, BatchNorm2d, BatchNorm3d, Conv1d, Conv2d, Conv3d, ConvTranspose2d, Dropout, ELU,
    Embedding, Flatten, GELU, Identity, LayerNorm, LeakyReLU, Linear, LogSoftmax, MaxPool2d, Module, ReLU,
    Sequential, SiLU, Sigmoid, Softmax, Softplus, Tanh, sequential,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tensor::{Padding, Tensor, manual_seed};

fn close(a: &Tensor<f64>, b: &Tensor<f64>, tolerance: f64) {
    assert_eq!(a.shape(), b.shape());
    let distance = (a - b).abs().max(..).item();
    assert!(distance <= tolerance, "{distance} is more than {tolerance}");
}

/// The error of a mean of n numbers of the size of `scale`, with room for the steps around it.
fn rounding(n: usize, scale: f64) -> f64 {
    16.0 * n as f64 * f64::EPSILON * scale
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn batch_norm_has_mean_beta_and_variance_gamma_squared(
        n in 2usize..9, c in 1usize..5, h in 1usize..5, seed: u64,
    ) {
        manual_seed(seed);
        let norm = BatchNorm2d::new(c).eps(0.0);
        let (gamma, beta) = (Tensor::<f64>::randn(c), Tensor::randn(c));
        norm.weight.as_ref().unwrap().set(&gamma);
        norm.bias.as_ref().unwrap().set(&beta);
        let x = Tensor::randn([n, c, h, h]) * 3.0 + 5.0;
        let y = norm.forward(&x);
        // Small batches may have a small spread by chance, and subtracting the mean then loses digits.
        let spread = 10.0 / x.std([0, 2, 3], 0).min(..).item().min(1.0);
        close(&y.mean([0, 2, 3]), &beta, rounding(n * h * h, spread * 10.0));
        close(&y.var([0, 2, 3], 0), &gamma.square(), rounding(n * h * h, spread * spread * 10.0));
        // Affine changes of the input are undone.
        close(&norm.forward(&(&x * 2.0 - 1.0)), &y, rounding(n * h * h, spread * spread * 10.0));
    }

    #[test]
    fn layer_norm_does_not_see_shift_and_scale_of_a_sample(n in 1usize..5, d in 2usize..9, seed: u64) {
        manual_seed(seed);
        let norm = LayerNorm::new(d).eps(0.0);
        norm.weight.as_ref().unwrap().set(&Tensor::randn(d));
        norm.bias.as_ref().unwrap().set(&Tensor::randn(d));
        let x = Tensor::<f64>::randn([n, d]);
        let spread = 10.0 / x.std(1, 0).min(..).item().min(1.0);
        let scale = Tensor::uniform([n, 1], 0.5, 2.0);
        let changed = &x * &scale + Tensor::randn([n, 1]);
        close(&norm.forward(&changed), &norm.forward(&x), rounding(d, spread * spread * 10.0));
    }

    #[test]
    fn batch_norm_in_evaluation_treats_each_sample_alone(n in 2usize..6, seed: u64) {
        manual_seed(seed);
        let norm = BatchNorm1d::new(3);
        norm.forward(&Tensor::<f64>::randn([8, 3]));
        Module::<f64>::eval(&norm);
        let x = Tensor::<f64>::randn([n, 3]);
        let together = norm.forward(&x);
        for i in 0..n {
            prop_assert!(norm.forward(&x.narrow(0, i, 1)).equal(&together.narrow(0, i, 1)));
        }
    }
}

#[test]
fn running_statistics_follow_pytorchs_formula() {
    manual_seed(1);
    let norm = BatchNorm1d::<f64>::new(2);
    let (mut mean, mut var) = (Tensor::zeros(2), Tensor::ones(2));
    for length in [3, 1, 5] {
        let x = Tensor::<f64>::randn([4, 2, length]) * 2.0 + 1.0;
        norm.forward(&x);
        mean = mean * 0.9 + x.mean([0, 2]) * 0.1;
        var = var * 0.9 + x.var([0, 2], 1) * 0.1;
    }
    close(&norm.running_mean.get(), &mean, rounding(20, 10.0));
    close(&norm.running_var.get(), &var, rounding(20, 10.0));
    assert_eq!(norm.num_batches_tracked.get().item(), 3.0);

    norm.eval();
    let x = Tensor::<f64>::randn([4, 2]);
    close(&norm.forward(&x), &((&x - &mean) / (var + 1e-5).sqrt()), rounding(20, 10.0));
    assert_eq!(norm.num_batches_tracked.get().item(), 3.0);
}

#[test]
fn batch_norm_differentiates_through_the_statistics() {
    manual_seed(2);
    let norm = BatchNorm3d::<f64>::new(2);
    let x = Tensor::<f64>::randn([2, 2, 2, 1, 2]).requires_grad_();
    let direction = Tensor::<f64>::randn([2, 2, 2, 1, 2]);
    let target = Tensor::<f64>::randn([2, 2, 2, 1, 2]);
    let f = |x: &Tensor<f64>| (norm.forward(x) * &target).sum(..);
    f(&x).backward();
    let slope = (x.grad().unwrap() * &direction).sum(..).item();
    let h = 1e-5;
    let difference = (f(&(&x + &direction * h)) - f(&(&x - &direction * h))).item() / (2.0 * h);
    // A central difference errs by O(h²) and by rounding/h.
    assert!((slope - difference).abs() < 1e-7 * slope.abs().max(1.0), "{slope} {difference}");
}

#[test]
#[should_panic(expected = "one value per channel has no variance")]
fn batch_norm_needs_more_than_one_value() {
    BatchNorm1d::new(3).forward(&Tensor::<f32>::zeros([1, 3]));
}

#[test]
#[should_panic(expected = "BatchNorm2d(3): an input of shape [2, 4, 5, 5]")]
fn batch_norm_names_the_shape_it_wants() {
    BatchNorm2d::new(3).forward(&Tensor::<f32>::zeros([2, 4, 5, 5]));
}

#[test]
fn dropout_keeps_the_mean_and_does_nothing_in_evaluation() {
    manual_seed(3);
    let n = 40_000;
    let x = Tensor::<f64>::ones(n);
    for p in [0.1, 0.5, 0.9] {
        let dropout = Dropout::new(p);
        let y = dropout.forward(&x);
        // y is 1/(1 − p) with probability 1 − p: variance p/(1 − p), and the mean of n within 5 standard errors.
        let bound = 5.0 * (p / (1.0 - p) / n as f64).sqrt();
        assert!((y.mean(..).item() - 1.0).abs() < bound);
        assert!(y.to_vec().iter().all(|&y| y == 0.0 || (y - 1.0 / (1.0 - p)).abs() < 1e-12));
        Module::<f64>::eval(&dropout);
        assert!(dropout.forward(&x).equal(&x));
    }
    assert!(Dropout::new(0.0).forward(&x).equal(&x));
    assert!(Dropout::new(1.0).forward(&x).equal(&x.zeros_like()));
}

#[test]
fn dropout_follows_the_seed() {
    let dropout = Dropout::new(0.5);
    let x: Tensor = Tensor::ones(64);
    let draw = |seed| {
        manual_seed(seed);
        dropout.forward(&x)
    };
    assert!(draw(1).equal(&draw(1)));
    assert!(!draw(1).equal(&draw(2)));
}

#[test]
fn linear_is_x_times_the_transposed_weight_plus_bias() {
    manual_seed(4);
    let linear = Linear::<f64>::new(3, 2);
    let x = Tensor::<f64>::randn([4, 5, 3]);
    let y = linear.forward(&x);
    let (w, b) = (linear.weight.get(), linear.bias.as_ref().unwrap().get());
    let expected = Tensor::from_fn([4, 5, 2], |i| {
        (0..3).map(|k| x.get([i[0], i[1], k]) * w.get([i[2], k])).sum::<f64>() + b.get([i[2]])
    });
    close(&y, &expected, rounding(3, 4.0));
    assert_eq!(Linear::<f64>::new(3, 2).without_bias().num_parameters(), 6);
}

#[test]
#[should_panic(expected = "Linear(6, 8): an input of shape [32, 7]")]
fn linear_names_the_shape_it_wants() {
    Linear::new(6, 8).forward(&Tensor::<f32>::zeros([32, 7]));
}

#[test]
fn convolutions_have_pytorchs_shapes() {
    let shapes = |module: &dyn Module<f32>| -> Vec<(String, Vec<usize>)> {
        module.named_parameters().into_iter().map(|(name, p)| (name, p.shape())).collect()
    };
    let weight_and_bias = |weight: &[usize], bias: usize| {
        vec![("weight".to_owned(), weight.to_vec()), ("bias".to_owned(), vec![bias])]
    };
    assert_eq!(shapes(&Conv1d::new(4, 6, 3)), weight_and_bias(&[6, 4, 3], 6));
    assert_eq!(shapes(&Conv2d::new(4, 6, [3, 5]).groups(2)), weight_and_bias(&[6, 2, 3, 5], 6));
    assert_eq!(shapes(&Conv3d::new(4, 6, 3)), weight_and_bias(&[6, 4, 3, 3, 3], 6));
    assert_eq!(shapes(&ConvTranspose2d::new(4, 6, 3).groups(2)), weight_and_bias(&[4, 3, 3, 3], 6));

    let image: Tensor = Tensor::zeros([2, 4, 9, 9]);
    let conv = Conv2d::new(4, 6, 3).without_bias().stride(2).padding(1).groups(2);
    assert_eq!(conv.num_parameters(), 6 * 2 * 9);
    assert_eq!(conv.forward(&image).shape(), [2, 6, 5, 5]);
    assert_eq!(conv.describe(), "Conv2d(4, 6, 3, stride 2, padding 1, groups 2, no bias)");
    let same = Conv2d::new(4, 6, 3).padding(Padding::Same).dilation(2);
    assert_eq!(same.forward(&image).shape(), [2, 6, 9, 9]);
    let up = ConvTranspose2d::new(4, 6, 3).stride(2).padding(1).output_padding(1);
    assert_eq!(up.forward(&image).shape(), [2, 6, 18, 18]);
}

#[test]
fn a_bias_is_added_to_its_channel() {
    manual_seed(5);
    let conv = Conv2d::<f64>::new(2, 3, 2);
    let image = Tensor::<f64>::zeros([1, 2, 3, 3]);
    let bias = conv.bias.as_ref().unwrap().get();
    let y = conv.forward(&image);
    assert!(y.equal(&bias.reshape([1, 3, 1, 1]).expand([1, 3, 2, 2])));
}

#[test]
fn pools_use_their_settings() {
    let x: Tensor = Tensor::arange(16).reshape([1, 1, 4, 4]);
    assert_eq!(MaxPool2d::new(2).forward(&x).to_vec(), [5.0, 7.0, 13.0, 15.0]);
    assert_eq!(AvgPool2d::new(2).forward(&x).to_vec(), [2.5, 4.5, 10.5, 12.5]);
    assert_eq!(MaxPool2d::new(3).stride(2).padding(1).forward(&x).shape(), [1, 1, 2, 2]);
    assert_eq!(nn::AdaptiveAvgPool2d::new(1).forward(&x).to_vec(), [7.5]);
}

#[test]
fn embeddings_take_indices_and_tensors_of_them() {
    manual_seed(6);
    let embedding = Embedding::<f64>::new(5, 3);
    let by_index = embedding.lookup(&[4, 0, 4, 1]);
    let by_tensor = embedding.forward(&Tensor::from([[4.0, 0.0], [4.0, 1.0]]));
    assert_eq!(by_tensor.shape(), [2, 2, 3]);
    assert!(by_tensor.reshape([4, 3]).equal(&by_index));
    by_index.sum(..).backward();
    let grad = embedding.weight.grad().unwrap();
    assert_eq!(grad.sum(1).to_vec(), [3.0, 3.0, 0.0, 0.0, 6.0]);
}

#[test]
#[should_panic(expected = "0.5 is no index of a symbol")]
fn embeddings_refuse_fractions() {
    Embedding::new(5, 3).forward(&Tensor::from([0.5f32]));
}

#[test]
fn activations_are_the_tensors_functions() {
    manual_seed(7);
    let x = Tensor::<f64>::randn([3, 4]);
    let pairs: [(&dyn Module<f64>, Tensor<f64>); 12] = [
        (&ReLU, x.relu()),
        (&Tanh, x.tanh()),
        (&Sigmoid, x.sigmoid()),
        (&SiLU, x.silu()),
        (&GELU, x.gelu()),
        (&Softplus, x.softplus()),
        (&LeakyReLU::default(), x.leaky_relu(0.01)),
        (&ELU::default(), x.elu(1.0)),
        (&Softmax(-1), x.softmax(1)),
        (&LogSoftmax(0), x.log_softmax(0)),
        (&Identity, x.clone()),
        (&Flatten, x.clone()),
    ];
    for (module, expected) in pairs {
        assert!(module.forward(&x).equal(&expected), "{}", module.describe());
        assert!(module.parameters().is_empty());
    }
}

#[test]
fn names_are_those_of_pytorch() {
    struct Block {
        conv1: Conv2d,
        bn1: BatchNorm2d,
        downsample: Sequential,
    }

    impl Module for Block {
        fn forward(&self, x: &Tensor) -> Tensor {
            self.bn1.forward(&self.conv1.forward(x)) + self.downsample.forward(x)
        }

        fn visit(&self, v: &mut nn::Visitor) {
            v.module("conv1", &self.conv1);
            v.module("bn1", &self.bn1);
            v.module("downsample", &self.downsample);
        }
    }

    let block = Block {
        conv1: Conv2d::new(3, 4, 3).padding(1).without_bias(),
        bn1: BatchNorm2d::new(4),
        downsample: sequential![Conv2d::new(3, 4, 1), BatchNorm2d::new(4)],
    };
    let network: Sequential = Sequential::new().push(block).push(Box::new(ReLU) as Box<dyn Module>);
    let names: Vec<String> = network.state_dict().names().map(str::to_owned).collect();
    assert_eq!(
        names,
        [
            "0.bn1.bias",
            "0.bn1.num_batches_tracked",
            "0.bn1.running_mean",
            "0.bn1.running_var",
            "0.bn1.weight",
            "0.conv1.weight",
            "0.downsample.0.bias",
            "0.downsample.0.weight",
            "0.downsample.1.bias",
            "0.downsample.1.num_batches_tracked",
            "0.downsample.1.running_mean",
            "0.downsample.1.running_var",
            "0.downsample.1.weight",
        ]
    );
    let parameters: Vec<String> = network.named_parameters().into_iter().map(|(name, _)| name).collect();
    assert_eq!(&parameters[..3], ["0.conv1.weight", "0.bn1.weight", "0.bn1.bias"]);
    assert_eq!(network.forward(&Tensor::randn([2, 3, 5, 5])).shape(), [2, 4, 5, 5]);
    assert!(network.is_training());
    network.eval();
    assert!(!network.is_training());
    let summary = network.summary().to_string();
    assert!(summary.contains("  0: Block"), "{summary}");
    assert!(summary.contains("    downsample: Sequential"), "{summary}");
}

#[test]
fn a_parameter_in_two_places_is_one() {
    struct Tied {
        embedding: Embedding,
        output: Linear,
    }

    impl Module for Tied {
        fn forward(&self, x: &Tensor) -> Tensor {
            self.output.forward(&self.embedding.forward(x))
        }

        fn visit(&self, v: &mut nn::Visitor) {
            v.module("embedding", &self.embedding);
            v.module("output", &self.output);
        }
    }

    let embedding = Embedding::new(7, 4);
    let output = Linear { weight: embedding.weight.clone(), bias: None };
    let tied = Tied { embedding, output };
    assert_eq!(tied.parameters().len(), 1);
    assert_eq!(tied.num_parameters(), 28);
    assert_eq!(tied.state_dict().len(), 2);
}

#[test]
fn modules_move_whole_or_not_at_all() {
    let network: Sequential = sequential![Linear::new(2, 3), BatchNorm1d::new(3)];
    assert!(network.to(&tensor::Device::Cuda(99)).is_err());
    assert!(network.parameters().iter().all(|p| p.get().device() == tensor::Device::Cpu));
    network.to(&tensor::Device::CpuTwin).unwrap();
    assert!(network.parameters().iter().all(|p| p.get().device() == tensor::Device::CpuTwin));
    let x: Tensor = Tensor::randn([4, 2]).to(&tensor::Device::CpuTwin);
    network.forward(&x).sum(..).backward();
    assert!(network.parameters().iter().all(|p| p.grad().is_some()));
}
