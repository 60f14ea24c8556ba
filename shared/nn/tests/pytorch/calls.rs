//! The calls of `generate.py` in Rust.

use nn::loss::{self, CrossEntropyLoss, Reduction};
use tensor::{Convolution, Padding, Pooling, Tensor};

use crate::Case;

fn convolution<const D: usize>(case: &Case) -> Convolution<D> {
    let padding = match case.setting("padding").as_str() {
        Some("same") => Padding::Same,
        Some("valid") => Padding::Valid,
        _ => case.size("padding").into(),
    };
    let settings =
        Convolution::default().stride(case.size("stride")).padding(padding).dilation(case.size("dilation"));
    if case.setting("groups").is_null() { settings } else { settings.groups(case.size("groups")) }
}

fn transposed<const D: usize>(case: &Case) -> Convolution<D> {
    convolution(case).output_padding(case.size("output_padding"))
}

fn pooling<const D: usize>(case: &Case) -> Pooling<D> {
    let mut pooling =
        Pooling::kernel(case.size("kernel")).stride(case.size("stride")).padding(case.size("padding"));
    if !case.setting("dilation").is_null() {
        pooling = pooling.dilation(case.size("dilation"));
    }
    if case.flag("ceil") {
        pooling = pooling.ceil_mode();
    }
    if case.flag("include") { pooling } else { pooling.exclude_padding() }
}

fn pair(sizes: Vec<usize>) -> [usize; 2] {
    sizes.try_into().expect("two sizes")
}

/// The bias, over everything behind the channels.
fn bias(b: &Tensor<f64>, dims: usize) -> Tensor<f64> {
    (0..dims).fold(b.clone(), |b, _| b.unsqueeze(-1))
}

pub(crate) fn call(case: &Case, xs: &[Tensor<f64>]) -> Tensor<f64> {
    let x = &xs[0];
    let dims = || case.sizes("dims");
    let dim = || case.number("dim") as isize;
    match case.op.as_str() {
        "neg" => x.neg(),
        "abs" => x.abs(),
        "exp" => x.exp(),
        "expm1" => x.expm1(),
        "square" => x.square(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tanh" => x.tanh(),
        "sigmoid" => x.sigmoid(),
        "relu" => x.relu(),
        "erf" => x.erf(),
        "log" => x.log(),
        "log1p" => x.log1p(),
        "sqrt" => x.sqrt(),
        "rsqrt" => x.rsqrt(),
        "recip" => x.recip(),
        "sign" => x.sign(),
        "floor" => x.floor(),
        "ceil" => x.ceil(),
        "round" => x.round(),
        "softplus" => x.softplus(),
        "log_sigmoid" => x.log_sigmoid(),
        "silu" => x.silu(),
        "gelu" => x.gelu(),
        "gelu_tanh" => x.gelu_tanh(),
        "leaky_relu" => x.leaky_relu(case.number("slope")),
        "elu" => x.elu(case.number("slope")),
        "clamp" => x.clamp(case.number("low"), case.number("high")),
        "pow" => x.pow(case.number("exponent")),
        "add" => x + &xs[1],
        "sub" => x - &xs[1],
        "mul" => x * &xs[1],
        "div" => x / &xs[1],
        "pow_tensor" => x.pow(&xs[1]),
        "maximum" => x.maximum(&xs[1]),
        "minimum" => x.minimum(&xs[1]),
        "where" => Tensor::where_(&x.gt(0.0), x, &xs[1]),
        "sum" => x.sum(&dims()[..]),
        "mean" => x.mean(&dims()[..]),
        "max" => x.max(&dims()[..]),
        "min" => x.min(&dims()[..]),
        "logsumexp" => x.logsumexp(&dims()[..]),
        "var" => x.var(&dims()[..], case.size("correction")),
        "std" => x.std(&dims()[..], case.size("correction")),
        "softmax" => x.softmax(dim()),
        "log_softmax" => x.log_softmax(dim()),
        "cumsum" => x.cumsum(dim()),
        "sort" => x.sort(dim()).0,
        "topk" => x.topk(case.size("k"), dim()).0,
        "matmul" => x.matmul(&xs[1]),
        "index_select" => x.index_select(dim(), &case.sizes("index")),
        "gather" => x.gather(dim(), &case.sizes("index"), &case.sizes("shape")),
        "scatter_add" => x.scatter_add(dim(), &case.sizes("index"), &xs[1]),
        "index_add" => x.index_add(dim(), &case.sizes("index"), &xs[1]),
        "cat" => Tensor::cat(xs, dim()),
        "stack" => Tensor::stack(xs, dim()),
        "flip" => x.flip(dim()),
        "roll" => x.roll(case.number("shift") as isize, dim()),
        "tril" => x.tril(case.number("k") as isize),
        "triu" => x.triu(case.number("k") as isize),
        "pad" => x.pad(&padding(case), case.number("value")),
        "pad_reflect" => x.pad_reflect(&padding(case)),
        "pad_replicate" => x.pad_replicate(&padding(case)),
        "conv1d" => x.conv1d(&xs[1], &convolution(case)) + bias(&xs[2], 1),
        "conv2d" => x.conv2d(&xs[1], &convolution(case)) + bias(&xs[2], 2),
        "conv3d" => x.conv3d(&xs[1], &convolution(case)) + bias(&xs[2], 3),
        "conv_transpose1d" => x.conv_transpose1d(&xs[1], &transposed(case)),
        "conv_transpose2d" => x.conv_transpose2d(&xs[1], &transposed(case)),
        "conv_transpose3d" => x.conv_transpose3d(&xs[1], &transposed(case)),
        "unfold" => x.unfold(pair(case.sizes("kernel")), &convolution(case)),
        "fold" => x.fold(pair(case.sizes("size")), pair(case.sizes("kernel")), &convolution(case)),
        "max_pool1d" => x.max_pool1d(pooling(case)),
        "max_pool2d" => x.max_pool2d(pooling(case)),
        "max_pool3d" => x.max_pool3d(pooling(case)),
        "avg_pool1d" => x.avg_pool1d(pooling(case)),
        "avg_pool2d" => x.avg_pool2d(pooling(case)),
        "avg_pool3d" => x.avg_pool3d(pooling(case)),
        "adaptive_avg_pool1d" => x.adaptive_avg_pool1d(case.size("size")),
        "adaptive_avg_pool2d" => x.adaptive_avg_pool2d(case.size("size")),
        "adaptive_avg_pool3d" => x.adaptive_avg_pool3d(case.size("size")),
        "adaptive_max_pool1d" => x.adaptive_max_pool1d(case.size("size")),
        "adaptive_max_pool2d" => x.adaptive_max_pool2d(case.size("size")),
        "adaptive_max_pool3d" => x.adaptive_max_pool3d(case.size("size")),
        _ => loss(case, xs),
    }
}

fn padding(case: &Case) -> Vec<(usize, usize)> {
    let pairs = case.setting("padding").as_array().expect("pairs");
    let at = |pair: &serde_json::Value, i: usize| pair[i].as_u64().expect("a number of places") as usize;
    pairs.iter().map(|pair| (at(pair, 0), at(pair, 1))).collect()
}

fn loss(case: &Case, xs: &[Tensor<f64>]) -> Tensor<f64> {
    let x = &xs[0];
    let labels = || case.sizes("labels");
    match case.op.as_str() {
        "cross_entropy" => loss::cross_entropy(x, &labels()),
        "cross_entropy_sum" => CrossEntropyLoss::new().reduction(Reduction::Sum).forward(x, &labels()),
        "cross_entropy_none" => CrossEntropyLoss::new().reduction(Reduction::None).forward(x, &labels()),
        "cross_entropy_smooth" => {
            CrossEntropyLoss::new().label_smoothing(case.number("smoothing")).forward(x, &labels())
        }
        "nll_loss" => loss::nll_loss(x, &labels()),
        "mse_loss" => loss::mse_loss(x, &xs[1]),
        "mse_loss_sum" => loss::mse_loss_with(x, &xs[1], Reduction::Sum),
        "l1_loss" => loss::l1_loss(x, &xs[1]),
        "smooth_l1_loss" => loss::smooth_l1_loss(x, &xs[1], case.number("beta")),
        "huber_loss" => loss::huber_loss(x, &xs[1], case.number("delta")),
        "binary_cross_entropy" => loss::binary_cross_entropy(x, &xs[1]),
        "binary_cross_entropy_with_logits" => loss::binary_cross_entropy_with_logits(x, &xs[1]),
        "kl_div" => loss::kl_div_with(x, &xs[1], Reduction::Sum),
        op => panic!("no call is written for {op}"),
    }
}
