//! Single operations on tensors that do not fit into the caches next to the cores, and what the machine could do at best.

use std::hint::black_box;

use nn::{Adam, LayerNorm, MaxPool2d, Module, Optimizer, Parameter};
use peer::Workload;
use pulp::{Arch, Simd, WithSimd};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use tensor::{Convolution, Tensor};

/// A square of 2²² numbers, 16 MiB.
const SIDE: usize = 2048;

/// The operation of this name; `cargo xtask bench operations` knows how much each computes or moves.
pub(crate) fn workload(name: &str) -> Option<Workload> {
    let x: Tensor = Tensor::randn([SIDE, SIDE]);
    let y: Tensor = Tensor::randn([SIDE, SIDE]);
    let row: Tensor = Tensor::randn([SIDE]);
    let images: Tensor = Tensor::randn([32, 16, 32, 32]);
    let filters: Tensor = Tensor::randn([16, 16, 3, 3]);
    let padded = Convolution::<2>::default().padding(1);
    Some(match name {
        "ceiling_flops" => Workload::new(0, multiply_and_add),
        "ceiling_bytes" => copy(),
        "matmul" => of(move || x.matmul(&y)),
        "matmul_transposed" => of(move || x.t().matmul(&y)),
        "conv2d" => of(move || images.conv2d(&filters, &padded)),
        "conv2d_backward" => {
            let (x, w) = (images.requires_grad_(), filters.requires_grad_());
            let y = x.conv2d(&w, &padded);
            let dy = y.detach().randn_like();
            of(move || {
                y.backward_with(&dy);
                (x.take_grad(), w.take_grad())
            })
        }
        "copy_transposed" => of(move || x.t().contiguous()),
        "add" => of(move || &x + &y),
        "add_row" => of(move || &x + &row),
        "relu" => of(move || x.relu()),
        "exp" => of(move || x.exp()),
        "tanh" => of(move || x.tanh()),
        "gelu" => of(move || x.gelu()),
        "sum" => of(move || x.sum(..)),
        "sum_columns" => of(move || x.sum(0)),
        "softmax" => of(move || x.softmax(-1)),
        "layer_norm" => {
            let layer: LayerNorm = LayerNorm::new(SIDE);
            of(move || tensor::no_grad(|| layer.forward(&x)))
        }
        "max_pool2d" => {
            let images = x.reshape([64, 16, 64, 64]);
            of(move || MaxPool2d::new(2).forward(&images))
        }
        "index_select" => {
            let rows: Vec<usize> = (0..SIDE).map(|i| i * 7 % SIDE).collect();
            of(move || x.index_select(0, &rows))
        }
        "adam" => {
            let parameter = Parameter::new(x);
            parameter.set_grad(y);
            let mut optimizer = Adam::new(vec![parameter], 1e-3);
            Workload::new(0, move || optimizer.step())
        }
        _ => return None,
    })
}

fn of<R>(mut operation: impl FnMut() -> R + 'static) -> Workload {
    Workload::new(0, move || {
        black_box(operation());
    })
}

/// Multiplications with additions that wait for nothing: 2²⁸ operations, shared by the threads.
fn multiply_and_add() {
    const TASKS: usize = 64;
    (0..TASKS).into_par_iter().for_each(|_| {
        black_box(Arch::new().dispatch(Chains { flops: (1 << 28) / TASKS }));
    });
}

/// Sums of products in registers. An instruction takes about four cycles and two begin in each, so eight chains at least
/// must be under way.
struct Chains {
    flops: usize,
}

impl WithSimd for Chains {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f32 {
        let mut sums = [simd.splat_f32s(1.0); 12];
        let (a, b) = (simd.splat_f32s(black_box(0.999)), simd.splat_f32s(black_box(0.001)));
        for _ in 0..self.flops / (2 * S::F32_LANES * sums.len()) {
            for sum in &mut sums {
                *sum = simd.mul_add_f32s(*sum, a, b);
            }
        }
        sums.map(|sum| simd.reduce_sum_f32s(sum)).into_iter().sum()
    }
}

/// 16 MiB read and 16 MiB written.
fn copy() -> Workload {
    let from = vec![1.0f32; SIDE * SIDE];
    let mut to = vec![0.0f32; SIDE * SIDE];
    Workload::new(0, move || {
        let chunk = 1 << 16;
        to.par_chunks_mut(chunk).zip(from.par_chunks(chunk)).for_each(|(to, from)| to.copy_from_slice(from));
        black_box(&mut to);
    })
}
