//! The matrix product that most of every other workload consists of: [m, k] × [k, n].

use std::hint::black_box;

use peer::Workload;
use tensor::Tensor;

pub(crate) fn workload(m: usize, k: usize, n: usize) -> Workload {
    let a: Tensor = Tensor::randn([m, k]);
    let b: Tensor = Tensor::randn([k, n]);
    Workload::new(0, move || {
        black_box(a.matmul(&b));
    })
}
