//! Against naive loops over the windows, and against the laws that pooling keeps.

use proptest::prelude::*;

use crate::{Pooling, Tensor, grad, hvp, jvp, manual_seed};

type Pool<'a> = &'a dyn Fn(&Tensor<f64>) -> Tensor<f64>;

/// What each output of a window over one dimension sees: the places, and how many an average divides by.
fn windows(pooling: &Pooling<2>, dim: usize, input: usize) -> Vec<(Vec<usize>, usize)> {
    let (kernel, padding, dilation) = (pooling.kernel[dim], pooling.padding[dim], pooling.dilation[dim]);
    let mut windows = Vec::new();
    for step in 0.. {
        let first = step * pooling.stride[dim];
        let end = first + dilation * (kernel - 1);
        let fits = end < input + 2 * padding;
        let begins = pooling.ceil_mode && first < input + padding;
        // In ceil mode one window may reach beyond the end, but only the first that does.
        let previous =
            end.checked_sub(pooling.stride[dim]).is_none_or(|end| step == 0 || end + 1 < input + 2 * padding);
        if !(fits || begins && previous) {
            break;
        }
        let taps: Vec<usize> = (0..kernel).map(|tap| first + tap * dilation).collect();
        let places: Vec<usize> =
            taps.iter().filter_map(|tap| tap.checked_sub(padding).filter(|&at| at < input)).collect();
        let within = taps.iter().filter(|&&tap| tap < input + 2 * padding).count();
        let counted = if pooling.count_include_pad { within } else { places.len() };
        windows.push((places, counted));
    }
    windows
}

fn naive(
    x: &Tensor<f64>,
    rows: &[(Vec<usize>, usize)],
    columns: &[(Vec<usize>, usize)],
    reduce: impl Fn(&[f64], f64) -> f64,
) -> Tensor<f64> {
    let [n, channels, _, _] = x.dims();
    Tensor::from_fn([n, channels, rows.len(), columns.len()], |index| {
        let ((rows, height), (columns, width)) = (&rows[index[2]], &columns[index[3]]);
        let seen: Vec<f64> = rows
            .iter()
            .flat_map(|&row| columns.iter().map(move |&column| (row, column)))
            .map(|(row, column)| x.get([index[0], index[1], row, column]))
            .collect();
        reduce(&seen, (height * width) as f64)
    })
}

fn largest(seen: &[f64], _: f64) -> f64 {
    seen.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn average(seen: &[f64], counted: f64) -> f64 {
    seen.iter().sum::<f64>() / counted
}

fn poolings() -> impl Strategy<Value = (Pooling<2>, [usize; 2])> {
    let axis = (1usize..5, 1usize..4, 0usize..3, 0usize..9).prop_map(|(kernel, stride, padding, more)| {
        let padding = padding.min(kernel / 2);
        (kernel, stride, padding, (kernel - padding).max(1) + more)
    });
    let axes = [axis.clone(), axis];
    (axes, any::<bool>(), any::<bool>()).prop_map(|(axes, ceil_mode, count_include_pad)| {
        let pooling = Pooling {
            kernel: axes.map(|axis| axis.0),
            stride: axes.map(|axis| axis.1),
            padding: axes.map(|axis| axis.2),
            dilation: [1, 1],
            ceil_mode,
            count_include_pad,
        };
        (pooling, axes.map(|axis| axis.3))
    })
}

fn assert_close(a: &Tensor<f64>, b: &Tensor<f64>) {
    assert_eq!(a.shape(), b.shape());
    let error = a.to_vec().iter().zip(b.to_vec()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    // Averages of at most 100 numbers around 1.
    assert!(error <= 100.0 * f64::EPSILON, "{error:e}");
}

fn inner(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    (a * b).sum(..).item()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn agrees_with_the_loops((pooling, [height, width]) in poolings(), seed in 0u64..100) {
        manual_seed(seed);
        let x = Tensor::<f64>::randn([2, 3, height, width]);
        let (rows, columns) = (windows(&pooling, 0, height), windows(&pooling, 1, width));
        prop_assert_eq!(pooling.output_size([height, width]), Ok([rows.len(), columns.len()]));
        prop_assert!(x.max_pool2d(pooling).equal(&naive(&x, &rows, &columns, largest)));
        assert_close(&x.avg_pool2d(pooling), &naive(&x, &rows, &columns, average));
    }

    #[test]
    fn dilated_maxima_agree_with_the_loops(kernel in 1usize..4, dilation in 1usize..4, stride in 1usize..4, more in 0usize..6) {
        let size = dilation * (kernel - 1) + 1 + more;
        let x = Tensor::<f64>::randn([1, 2, size, size + 1]);
        let pooling = Pooling::kernel(kernel).stride(stride).dilation(dilation);
        let (rows, columns) = (windows(&pooling, 0, size), windows(&pooling, 1, size + 1));
        prop_assert!(x.max_pool2d(pooling).equal(&naive(&x, &rows, &columns, largest)));
    }

    #[test]
    fn adaptive_regions_agree_with_the_loops(input in [1usize..12, 1usize..12], output in [1usize..12, 1usize..12]) {
        let x = Tensor::<f64>::randn([2, 1, input[0], input[1]]);
        let [rows, columns] = [0, 1].map(|dim| {
            let (n, o) = (input[dim] as f64, output[dim] as f64);
            (0..output[dim])
                .map(|i| ((i as f64 * n / o).floor() as usize..((i + 1) as f64 * n / o).ceil() as usize).collect())
                .map(|places: Vec<usize>| (places.clone(), places.len()))
                .collect::<Vec<_>>()
        });
        prop_assert!(x.adaptive_max_pool2d(output).equal(&naive(&x, &rows, &columns, largest)));
        assert_close(&x.adaptive_avg_pool2d(output), &naive(&x, &rows, &columns, average));
    }

    /// J·v and Jᵀ·u of every kind agree, ⟨u, J·v⟩ = ⟨Jᵀ·u, v⟩, and J·v is that of differences: between values
    /// that are far enough apart, a maximum stays where it is.
    #[test]
    fn derivatives((pooling, [height, width]) in poolings(), seed in 0u64..100) {
        manual_seed(seed);
        let x = Tensor::<f64>::from_vec(
            crate::random::randperm(6 * height * width).iter().map(|&i| i as f64).collect(),
            [2, 3, height, width],
        );
        let v = Tensor::<f64>::uniform([2, 3, height, width], -0.25, 0.25);
        let kinds: [Pool<'_>; 4] = [
            &|x| x.max_pool2d(pooling),
            &|x| x.avg_pool2d(pooling),
            &|x| x.adaptive_max_pool2d([2, 3]),
            &|x| x.adaptive_avg_pool2d([2, 3]),
        ];
        for pool in kinds {
            let (y, along) = jvp(pool, &x, &v);
            let differences = (pool(&(&x + &v)) - pool(&(&x - &v))) / 2.0;
            prop_assert!((&along - differences).abs().max(..).item() < 1e-12 * (x.numel() as f64));
            let u = y.randn_like();
            let leaf = x.clone().requires_grad_();
            pool(&leaf).backward_with(&u);
            prop_assert!((inner(&u, &along) - inner(&leaf.grad().unwrap(), &v)).abs() < 1e-12 * (1.0 + x.numel() as f64));
            // ½|pool(x)|² has the Hessian JᵀJ.
            let (_, product) = hvp(|x| pool(x).square().sum(..) * 0.5, &x, &v);
            let leaf = x.clone().requires_grad_();
            let expected = &grad(&(pool(&leaf) * &along).sum(..), &[&leaf])[0];
            prop_assert!((product - expected).abs().max(..).item() < 1e-12);
        }
    }
}

#[test]
fn the_gradient_goes_to_the_first_maximum() {
    for pooling in [Pooling::kernel(2), Pooling::kernel(2).ceil_mode().stride([2, 1])] {
        let x = Tensor::<f32>::ones([1, 1, 2, 2]).requires_grad_();
        x.max_pool2d(pooling).sum(..).backward();
        assert_eq!(x.grad().unwrap().to_vec()[0], 1.0);
        assert_eq!(x.grad().unwrap().sum(..).item(), x.max_pool2d(pooling).numel() as f32);
    }
}

#[test]
fn nan_is_larger_than_any_number() {
    for place in 0..4 {
        let mut data = vec![1.0f32, f32::INFINITY, -1.0, 0.0];
        data[place] = f32::NAN;
        let x = Tensor::from_vec(data, [1, 1, 2, 2]).requires_grad_();
        for y in [x.max_pool2d(2), x.max_pool2d(Pooling::kernel(2).stride(1)), x.adaptive_max_pool2d(1)] {
            assert!(y.item().is_nan());
            let gradient = grad(&y.sum(..), &[&x])[0].to_vec();
            assert_eq!(gradient[place], 1.0);
        }
    }
}

#[test]
fn minus_infinity_has_a_maximum() {
    let x = Tensor::<f64>::full([1, 1, 3], f64::NEG_INFINITY);
    assert_eq!(x.max_pool1d(3).to_vec(), [f64::NEG_INFINITY]);
}

#[test]
fn one_and_three_dimensions() {
    let x = Tensor::<f32>::arange(24).reshape([1, 2, 12]);
    assert_eq!(x.max_pool1d(5).to_vec(), [4.0, 9.0, 16.0, 21.0]);
    assert_eq!(x.avg_pool1d(6).to_vec(), [2.5, 8.5, 14.5, 20.5]);
    let x = x.reshape([1, 1, 2, 3, 4]);
    assert_eq!(x.max_pool3d([2, 3, 2]).to_vec(), [21.0, 23.0]);
    assert_eq!(x.max_pool3d([1, 2, 2]).to_vec(), [5.0, 7.0, 17.0, 19.0]);
    assert_eq!(x.avg_pool3d([2, 3, 4]).item(), 11.5);
    assert_eq!(x.adaptive_avg_pool3d(1).item(), 11.5);
    assert_eq!(x.adaptive_max_pool3d([2, 1, 1]).to_vec(), [11.0, 23.0]);
}

#[test]
fn an_empty_batch_stays_empty() {
    let x = Tensor::<f32>::zeros([0, 3, 4, 4]).requires_grad_();
    for y in [x.max_pool2d(2), x.avg_pool2d(2)] {
        assert_eq!(y.shape(), [0, 3, 2, 2]);
        assert_eq!(grad(&y.sum(..), &[&x])[0].shape(), [0, 3, 4, 4]);
    }
}

#[test]
fn mistakes_are_explained() {
    let x = Tensor::<f32>::zeros([1, 1, 5, 5]);
    let message = |pooling: Pooling<2>| x.try_max_pool2d(pooling).unwrap_err().to_string();
    assert!(message(Pooling::kernel(6)).contains("a kernel of 6 does not fit into 5 places"));
    assert!(
        message(Pooling::kernel(3).padding(2))
            .contains("a padding of 2 is more than half of the window of 3")
    );
    assert!(message(Pooling::kernel(2).stride(0)).contains("the stride is 0"));
    let error =
        Tensor::<f32>::zeros([1, 1, 1]).try_max_pool1d(Pooling::kernel(2).dilation(3).padding(2).stride(1));
    assert!(error.unwrap_err().to_string().contains("nothing but padding"));
    assert!(
        x.try_avg_pool2d(Pooling::kernel(2).dilation(2)).unwrap_err().to_string().contains("no dilation")
    );
    assert!(x.try_adaptive_avg_pool2d(0).unwrap_err().to_string().contains("no size may be 0"));
    assert!(x.try_max_pool1d(2).unwrap_err().to_string().contains("[batch, channels, length]"));
}
