//! Against seven naive loops, and against the laws that a convolution keeps.

use proptest::prelude::*;

use crate::{Convolution, Padding, Shape, Tensor, grad, hvp, jvp, manual_seed};

/// A convolution of one, two or three dimensions; those that are missing are of size 1.
#[derive(Debug, Clone)]
struct Case {
    rank: usize,
    batch: usize,
    groups: usize,
    channels: usize,
    filters: usize,
    input: [usize; 3],
    kernel: [usize; 3],
    stride: [usize; 3],
    padding: [usize; 3],
    dilation: [usize; 3],
}

impl Case {
    fn x(&self) -> Tensor<f64> {
        Tensor::randn(self.shape(self.batch, self.groups * self.channels, self.input))
    }

    fn w(&self) -> Tensor<f64> {
        Tensor::randn(self.shape(self.groups * self.filters, self.channels, self.kernel))
    }

    fn shape(&self, first: usize, second: usize, space: [usize; 3]) -> Shape {
        Shape::new(&[&[first, second], &space[3 - self.rank..]].concat())
    }

    fn settings<const D: usize>(&self) -> Convolution<D> {
        let last = |sizes: [usize; 3]| std::array::from_fn::<_, D, _>(|dim| sizes[3 - D + dim]);
        Convolution::default()
            .stride(last(self.stride))
            .padding(last(self.padding))
            .dilation(last(self.dilation))
            .groups(self.groups)
    }

    fn conv(&self, x: &Tensor<f64>, w: &Tensor<f64>) -> Tensor<f64> {
        match self.rank {
            1 => x.conv1d(w, &self.settings()),
            2 => x.conv2d(w, &self.settings()),
            _ => x.conv3d(w, &self.settings()),
        }
    }

    /// The transpose, to the size of the input.
    fn transposed(&self, y: &Tensor<f64>, w: &Tensor<f64>) -> Tensor<f64> {
        let output: [usize; 3] = std::array::from_fn(|dim| self.output(dim));
        let more: [usize; 3] = std::array::from_fn(|dim| {
            let spanned =
                (output[dim] - 1) * self.stride[dim] + self.dilation[dim] * (self.kernel[dim] - 1) + 1;
            self.input[dim] + 2 * self.padding[dim] - spanned
        });
        match self.rank {
            1 => y.conv_transpose1d(w, &self.settings().output_padding([more[2]])),
            2 => y.conv_transpose2d(w, &self.settings().output_padding([more[1], more[2]])),
            _ => y.conv_transpose3d(w, &self.settings().output_padding(more)),
        }
    }

    fn output(&self, dim: usize) -> usize {
        let reach = self.dilation[dim] * (self.kernel[dim] - 1);
        (self.input[dim] + 2 * self.padding[dim] - reach - 1) / self.stride[dim] + 1
    }

    /// Every output as the sum that defines it.
    fn naive(&self, x: &Tensor<f64>, w: &Tensor<f64>) -> Tensor<f64> {
        let [depth, height, width] = self.input;
        let [kernel_z, kernel_y, kernel_x] = self.kernel;
        let x = x.reshape([self.batch, self.groups * self.channels, depth, height, width]);
        let w = w.reshape([self.groups * self.filters, self.channels, kernel_z, kernel_y, kernel_x]);
        let output = std::array::from_fn(|dim| self.output(dim));
        let place = |dim: usize, out: usize, tap: usize| {
            (out * self.stride[dim] + tap * self.dilation[dim])
                .checked_sub(self.padding[dim])
                .filter(|&at| at < self.input[dim])
        };
        let y = Tensor::from_fn(
            [self.batch, self.groups * self.filters, output[0], output[1], output[2]],
            |index| {
                let &[n, filter, out_z, out_y, out_x] = index else { unreachable!() };
                let group = filter / self.filters;
                let mut sum = 0.0;
                for channel in 0..self.channels {
                    for z in 0..kernel_z {
                        for y in 0..kernel_y {
                            for tap in 0..kernel_x {
                                let at = (place(0, out_z, z), place(1, out_y, y), place(2, out_x, tap));
                                let (Some(at_z), Some(at_y), Some(at_x)) = at else { continue };
                                sum += x.get([n, group * self.channels + channel, at_z, at_y, at_x])
                                    * w.get([filter, channel, z, y, tap]);
                            }
                        }
                    }
                }
                sum
            },
        );
        y.reshape(self.shape(self.batch, self.groups * self.filters, output))
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let axis = (1usize..4, 1usize..4, 0usize..3, 1usize..4, 0usize..6).prop_map(
        |(kernel, stride, padding, dilation, more)| {
            let least = (dilation * (kernel - 1) + 1).saturating_sub(2 * padding).max(1);
            (least + more, kernel, stride, padding, dilation)
        },
    );
    let sizes = (1usize..4, 0usize..20, 1usize..4, 1usize..4, 1usize..4);
    (sizes, [axis.clone(), axis.clone(), axis]).prop_map(
        |((rank, batch, groups, channels, filters), axes)| {
            let axes: [_; 3] =
                std::array::from_fn(|dim| if dim < 3 - rank { (1, 1, 1, 0, 1) } else { axes[dim] });
            Case {
                rank,
                // Many images only where each is small.
                batch: if rank == 3 { batch % 3 } else { batch },
                groups,
                channels,
                filters,
                input: axes.map(|axis| axis.0),
                kernel: axes.map(|axis| axis.1),
                stride: axes.map(|axis| axis.2),
                padding: axes.map(|axis| axis.3),
                dilation: axes.map(|axis| axis.4),
            }
        },
    )
}

/// A plain convolution of two dimensions.
fn plain(batch: usize, channels: usize, filters: usize, input: [usize; 2], kernel: usize) -> Case {
    Case {
        rank: 2,
        batch,
        groups: 1,
        channels,
        filters,
        input: [1, input[0], input[1]],
        kernel: [1, kernel, kernel],
        stride: [1; 3],
        padding: [0; 3],
        dilation: [1; 3],
    }
}

/// Sums of n products of numbers around 1 round by some √n·ε ≤ n·ε.
fn assert_close(a: &Tensor<f64>, b: &Tensor<f64>, terms: usize) {
    assert_eq!(a.shape(), b.shape());
    let error = a.to_vec().iter().zip(b.to_vec()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let tolerance = 16.0 * (1 + terms) as f64 * f64::EPSILON;
    assert!(error <= tolerance, "{error:e} > {tolerance:e}");
}

fn assert_agrees(case: &Case) {
    let (x, w) = (case.x(), case.w());
    assert_close(&case.conv(&x, &w), &case.naive(&x, &w), w.numel());
}

fn inner(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    (a * b).sum(..).item()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn agrees_with_the_loops(case in cases(), seed in 0u64..100) {
        manual_seed(seed);
        assert_agrees(&case);
    }

    /// ⟨conv(x, w), y⟩ = ⟨x, convᵀ(y, w)⟩, and the same number again by the weight's gradient.
    #[test]
    fn all_three_products_are_adjoint(case in cases(), seed in 0u64..100) {
        manual_seed(seed);
        let (x, w) = (case.x().requires_grad_(), case.w().requires_grad_());
        let y = case.conv(&x, &w);
        let dy = y.randn_like();
        let expected = inner(&y, &dy);
        y.backward_with(&dy);
        let tolerance = 64.0 * (1.0 + (y.numel() * w.numel()) as f64) * f64::EPSILON;
        let dx = x.grad().unwrap();
        for product in [inner(&x, &dx), inner(&w, &w.grad().unwrap()), inner(&x, &case.transposed(&dy, &w))] {
            prop_assert!((product - expected).abs() <= tolerance, "{} {}", product, expected);
        }
        assert_close(&case.transposed(&dy, &w), &dx, w.numel());
    }
}

#[test]
fn small_images_side_by_side_agree_with_the_loops() {
    assert_agrees(&Case { padding: [0, 1, 1], ..plain(40, 3, 5, [3, 3], 3) });
    assert_agrees(&Case { groups: 2, ..plain(35, 2, 2, [4, 4], 4) });
    assert_agrees(&Case { groups: 2, ..plain(35, 2, 3, [3, 2], 1) });
}

#[test]
fn images_of_many_tiles_agree_with_the_loops() {
    // Tiles of whole lines, and of parts of lines.
    assert_agrees(&Case { padding: [0, 1, 1], ..plain(1, 16, 2, [40, 41], 3) });
    let long = Case { rank: 1, input: [1, 1, 4001], kernel: [1, 1, 9], ..plain(2, 8, 1, [1, 1], 1) };
    assert_agrees(&Case { padding: [0, 0, 4], ..long.clone() });
    assert_agrees(&Case { stride: [1, 1, 2], dilation: [1, 1, 3], ..long });
}

#[test]
fn strided_operands_are_read_in_their_order() {
    let (x, w) = (Tensor::<f64>::randn([6, 5, 4, 3]), Tensor::<f64>::randn([3, 2, 7, 4]));
    let (x, w) = (x.permute([3, 2, 0, 1]), w.permute([2, 3, 0, 1]).narrow(0, 1, 5));
    let settings = Convolution::default().padding(1);
    assert!(x.conv2d(&w, &settings).equal(&x.contiguous().conv2d(&w.contiguous(), &settings)));
}

/// The derivative of ⟨conv(x, w), c⟩ along v by central differences, which is exact for a linear function.
#[test]
fn gradients_are_those_of_differences() {
    let case = Case { groups: 2, stride: [1, 2, 1], padding: [0, 1, 2], ..plain(3, 2, 2, [6, 5], 3) };
    let (x, w) = (case.x().requires_grad_(), case.w().requires_grad_());
    let y = case.conv(&x, &w);
    let c = y.randn_like();
    let gradients = grad(&(&y * &c).sum(..), &[&x, &w]);
    let (x, w) = (x.detach(), w.detach());
    let (u, v) = (x.randn_like(), w.randn_like());
    let slope = |a: Tensor<f64>, b: Tensor<f64>| (inner(&a, &c) - inner(&b, &c)) / 2.0;
    let along_x = slope(case.conv(&(&x + &u), &w), case.conv(&(&x - &u), &w));
    let along_w = slope(case.conv(&x, &(&w + &v)), case.conv(&x, &(&w - &v)));
    assert!((inner(&gradients[0], &u) - along_x).abs() < 1e-10);
    assert!((inner(&gradients[1], &v) - along_w).abs() < 1e-10);
}

#[test]
fn second_derivatives() {
    let case = Case { stride: [1, 2, 1], padding: [0, 1, 1], ..plain(2, 2, 3, [5, 4], 3) };
    let (x, w) = (case.x(), case.w());
    // y is linear in x: J·v is conv(v, w).
    let v = x.randn_like();
    let (_, product) = jvp(|x| case.conv(x, &w), &x, &v);
    assert_close(&product, &case.conv(&v, &w), w.numel());
    // f(w) = ½|conv(x, w)|²: ∇²f·u is the weight's gradient at conv(x, u).
    let u = w.randn_like();
    let (_, product) = hvp(|w| case.conv(&x, w).square().sum(..) * 0.5, &w, &u);
    let leaf = w.clone().requires_grad_();
    case.conv(&x, &leaf).backward_with(&case.conv(&x, &u));
    assert_close(&product, &leaf.grad().unwrap(), 16 * x.numel());
    // The same of x, through the gradient of the transpose.
    let (_, product) = hvp(|x| case.conv(x, &w).square().sum(..) * 0.5, &x, &v);
    assert_close(&product, &case.transposed(&case.conv(&v, &w), &w), 16 * w.numel());
    // f(x, w) = Σ conv(x, w)³ in both at once, against differences of the gradient.
    let gradient = |joined: &Tensor<f64>| {
        let joined = joined.detach().requires_grad_();
        grad(&cube(&case, &joined, x.numel()), &[&joined]).remove(0)
    };
    let joined = Tensor::<f64>::randn(x.numel() + w.numel());
    let direction = joined.randn_like();
    let (_, product) = hvp(|joined| cube(&case, joined, x.numel()), &joined, &direction);
    let step = 1e-5;
    let differences =
        (gradient(&(&joined + &direction * step)) - gradient(&(&joined - &direction * step))) / (2.0 * step);
    let error = (&product - &differences).norm().item() / product.norm().item();
    assert!(error < 1e-8, "{error:e}");
}

fn cube(case: &Case, joined: &Tensor<f64>, split: usize) -> Tensor<f64> {
    let x = joined.narrow(0, 0, split).reshape(case.x().shape());
    let w = joined.narrow(0, split, joined.numel() - split).reshape(case.w().shape());
    case.conv(&x, &w).pow(3.0).sum(..)
}

#[test]
fn shifting_the_input_shifts_the_output() {
    let case = plain(2, 3, 4, [9, 9], 3);
    let (x, w) = (case.x(), case.w());
    let shifted = case.conv(&x.narrow(2, 2, 7).narrow(3, 1, 8), &w);
    assert_close(&shifted, &case.conv(&x, &w).narrow(2, 2, 5).narrow(3, 1, 6), w.numel());
}

#[test]
fn a_delta_kernel_is_the_identity() {
    let x = Tensor::<f32>::randn([2, 3, 7, 6]);
    for size in [1, 2, 3, 4, 5] {
        let at = (size - 1) / 2;
        let delta = Tensor::from_fn([3, 3, size, size], |i| {
            f32::from(u8::from(i[0] == i[1] && i[2] == at && i[3] == at))
        });
        let settings = Convolution::default().padding(Padding::Same);
        assert!(x.conv2d(&delta, &settings).equal(&x), "{size}");
        assert_eq!(x.conv_transpose2d(&delta, &settings).shape(), x.shape());
    }
}

#[test]
fn a_kernel_of_the_inputs_size_is_a_matrix_product() {
    let case = plain(5, 3, 4, [6, 5], 1);
    let (x, w) = (case.x(), Tensor::randn([4, 3, 6, 5]));
    let y = x.conv2d(&w, &Convolution::default());
    assert_close(&y.reshape([5, 4]), &x.flatten(1).matmul(&w.flatten(1).t()), 90);
}

#[test]
fn nothing_gives_nothing() {
    let settings = Convolution::default();
    for (x, w) in [([0, 3, 5, 5], [2, 3, 3, 3]), ([2, 0, 5, 5], [2, 0, 3, 3]), ([2, 3, 5, 5], [0, 3, 3, 3])] {
        let (x, w) = (Tensor::<f32>::ones(x).requires_grad_(), Tensor::ones(w).requires_grad_());
        let y = x.conv2d(&w, &settings);
        assert_eq!(y.shape(), [x.size(0), w.size(0), 3, 3]);
        y.sum(..).backward();
        for tensor in [y.detach(), x.grad().unwrap(), w.grad().unwrap()] {
            assert!(tensor.to_vec().iter().all(|&value| value == 0.0));
        }
    }
    let padded =
        Tensor::<f32>::ones([1, 1, 0]).conv1d(&Tensor::ones([1, 1, 2]), &Convolution::default().padding(1));
    assert_eq!(padded.to_vec(), [0.0]);
}

#[test]
fn bits_do_not_depend_on_threads() {
    let results = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            manual_seed(5);
            let cases =
                [plain(50, 6, 16, [14, 14], 5), plain(70, 16, 32, [5, 5], 5), plain(3, 32, 32, [40, 40], 3)];
            let mut bits = Vec::new();
            for case in cases {
                let (x, w) = (case.x().cast::<f32>(), case.w().cast::<f32>());
                let (x, w) = (x.requires_grad_(), w.requires_grad_());
                let y = x.conv2d(&w, &case.settings());
                y.square().sum(..).backward();
                for tensor in [&y, &x.grad().unwrap(), &w.grad().unwrap()] {
                    bits.extend(tensor.to_vec().iter().map(|value| value.to_bits()));
                }
            }
            bits
        })
    };
    assert!(results(1) == results(2));
    assert!(results(1) == results(5));
}

#[test]
fn columns_times_weights_are_a_convolution_and_fold_is_the_adjoint() {
    let settings = Convolution::default().stride([2, 1, 1]).padding([1, 0, 2]).dilation([1, 2, 1]);
    let x = Tensor::<f64>::randn([2, 3, 5, 6, 4]).requires_grad_();
    let w = Tensor::<f64>::randn([4, 3, 2, 3, 2]);
    let columns = x.unfold([2, 3, 2], &settings);
    let y = x.conv3d(&w, &settings);
    assert_close(&w.reshape([4, 36]).matmul(&columns).reshape(y.shape()), &y, 36);
    let dy = columns.randn_like();
    columns.backward_with(&dy);
    let folded = dy.fold([5, 6, 4], [2, 3, 2], &settings);
    assert!(folded.equal(&x.grad().unwrap()));
    assert!((inner(&columns, &dy) - inner(&x, &folded)).abs() < 1e-10);
    // Both are linear, so their derivatives are themselves.
    let v = x.randn_like();
    let (_, product) = jvp(|x| x.unfold([2, 3, 2], &settings), &x.detach(), &v);
    assert!(product.equal(&v.unfold([2, 3, 2], &settings)));
}

#[test]
fn mistakes_are_explained() {
    let message = |x: &[usize], w: &[usize], settings: &Convolution<2>| {
        let (x, w) = (Tensor::<f32>::zeros(x), Tensor::zeros(w));
        x.try_conv2d(&w, settings).unwrap_err().to_string()
    };
    let plain = Convolution::default();
    assert_eq!(
        message(&[8, 3, 32, 32], &[16, 4, 3, 3], &plain),
        "conv2d: input [8, 3, 32, 32] has 3 channels, weight [16, 4, 3, 3] with 1 group takes 4"
    );
    assert_eq!(
        message(&[3, 32, 32], &[16, 3, 3, 3], &plain),
        "conv2d: input [3, 32, 32] is not [batch, channels, height, width]; add a batch of one with .unsqueeze(0)"
    );
    assert!(message(&[8, 3, 32, 32], &[16, 3, 3], &plain).contains("weight [16, 3, 3] must have as many"));
    assert!(message(&[8, 4, 9, 9], &[5, 2, 3, 3], &plain.groups(2)).contains("do not divide into 2 groups"));
    assert!(message(&[8, 4, 9, 9], &[5, 2, 3, 3], &plain.groups(0)).contains("0 groups"));
    assert!(message(&[8, 4, 2, 9], &[5, 4, 3, 3], &plain).contains("does not fit into 2 places"));
    let error = Tensor::<f32>::zeros([1, 6, 4])
        .try_conv_transpose1d(&Tensor::zeros([3, 6, 2]), &Convolution::default());
    assert!(error.unwrap_err().to_string().contains("did you swap them?"));
    let error = Tensor::<f32>::zeros([1, 6, 4]).try_fold([5], [4], &Convolution::default());
    assert!(error.unwrap_err().to_string().contains("[batch, channels · 4, 2]"));
}
