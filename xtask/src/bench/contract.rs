//! The workloads: what every peer must have, and how many learned numbers it then has.

use anyhow::{Result, bail};

use crate::workspace::nearest;

/// One training step, one matrix product, or one operation on a tensor.
#[derive(Debug, PartialEq)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    /// What it is, for people.
    pub(crate) about: &'static str,
    /// Learned numbers. A peer with another number has another network.
    pub(crate) params: usize,
    /// Samples in a step, where there is a choice.
    pub(crate) batch: Option<usize>,
    /// What it takes at least, where one looks at the operation itself.
    pub(crate) work: Option<Work>,
}

/// The work that an operation is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Work {
    /// So many multiplications and additions.
    Flops(f64),
    /// So many bytes to and from memory: every operand is read once, every result written once.
    Bytes(f64),
}

const fn product(name: &'static str, about: &'static str) -> Workload {
    Workload { name, about, params: 0, batch: None, work: None }
}

const fn training(name: &'static str, about: &'static str, params: usize, batch: usize) -> Workload {
    Workload { name, about, params, batch: Some(batch), work: None }
}

const fn operation(name: &'static str, about: &'static str, work: Work) -> Workload {
    Workload { name, about, params: 0, batch: None, work: Some(work) }
}

/// The bytes of `tensors` tensors of 2048 × 2048.
const fn moves(tensors: f64) -> Work {
    Work::Bytes(tensors * 4.0 * 2048.0 * 2048.0)
}

/// The operations of the table; the first two are what the machine can do at best.
pub(crate) const OPERATIONS: [Workload; 20] = [
    operation("ceiling_flops", "multiplications with additions in registers", Work::Flops((1 << 28) as f64)),
    operation("ceiling_bytes", "a copy of 16 MiB", moves(2.0)),
    operation("matmul", "[2048, 2048] × [2048, 2048]", Work::Flops(2.0 * 8_589_934_592.0)),
    operation(
        "matmul_transposed",
        "the same with the first operand transposed",
        Work::Flops(2.0 * 8_589_934_592.0),
    ),
    operation("conv2d", "16 filters 16 × 3 × 3 on 32 images 16 × 32 × 32", Work::Flops(CONVOLUTION)),
    operation("conv2d_backward", "its gradients of images and filters", Work::Flops(2.0 * CONVOLUTION)),
    operation("copy_transposed", "x.t().contiguous(), x: [2048, 2048]", moves(2.0)),
    operation("add", "x + y", moves(3.0)),
    operation("add_row", "x + row", moves(2.0)),
    operation("relu", "max(x, 0)", moves(2.0)),
    operation("exp", "eˣ", moves(2.0)),
    operation("tanh", "tanh x", moves(2.0)),
    operation("gelu", "x·Φ(x)", moves(2.0)),
    operation("sum", "all numbers", moves(1.0)),
    operation("sum_columns", "each column", moves(1.0)),
    operation("softmax", "each row", moves(2.0)),
    operation("layer_norm", "each row", moves(2.0)),
    operation("max_pool2d", "windows 2 × 2 of [64, 16, 64, 64]", moves(1.25)),
    operation("index_select", "2048 rows", moves(2.0)),
    operation("adam", "a step of 2²² parameters", moves(7.0)),
];

/// Multiplications and additions: 32 · 16 · 32 · 32 outputs, each a sum of 16 · 3 · 3 products.
const CONVOLUTION: f64 = 2.0 * 524_288.0 * 144.0;

/// All workloads, the simplest first.
pub(crate) const CONTRACT: [Workload; 13] = [
    product("gemm_64", "matrix product, 64 × 64 × 64"),
    product("gemm_256", "matrix product, 256 × 256 × 256"),
    product("gemm_1024", "matrix product, 1024 × 1024 × 1024"),
    product("gemm_128x784x256", "matrix product, [128, 784] × [784, 256]"),
    training("mlp_b128", "perceptron 784-256-128-10, 128 images, Adam", 235_146, 128),
    training("lenet_b64", "LeNet-5, 64 images of 28 × 28, Adam", 61_706, 64),
    training("resnet20_b32", "ResNet-20, 32 images of 32 × 32, SGD with momentum", 272_474, 32),
    training("unet_b4_64px", "U-Net of three levels, 4 images of 64 × 64, Adam", 483_170, 4),
    training("lstm_b32_t64", "LSTM with 128 units, 32 texts of 64 characters, Adam", 98_400, 32),
    training("gpt_b16_t64", "GPT with 4 blocks of 128, 16 texts of 64 characters, AdamW", 826_112, 16),
    training("vae_b128", "VAE 784-400-20, 128 images, Adam", 652_824, 128),
    training("coupling_b256", "RealNVP with 8 couplings, 256 points, Adam", 35_344, 256),
    training("flowmatch_b256", "flow matching 3-256-256-256-2, 256 points, Adam", 133_122, 256),
];

/// The workloads of a table whose names contain one of `names`, in its order; without names, all.
pub(crate) fn select(table: &'static [Workload], names: &[String]) -> Result<Vec<&'static Workload>> {
    for name in names {
        if !table.iter().any(|workload| workload.name.contains(name.as_str())) {
            let known: Vec<String> = table.iter().map(|workload| workload.name.to_string()).collect();
            let near = nearest(name, known.clone()).map(|near| format!("did you mean `{near}`? "));
            bail!(
                "there is no workload `{name}`; {}there are {}",
                near.unwrap_or_default(),
                known.join(", ")
            );
        }
    }
    let wanted = |workload: &&Workload| {
        names.is_empty() || names.iter().any(|name| workload.name.contains(name.as_str()))
    };
    Ok(table.iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_selects_and_a_wrong_one_is_answered_with_all() {
        let names = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_string()).collect();
            select(&CONTRACT, &words)
                .map(|found| found.iter().map(|workload| workload.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&["unet", "lenet"]).unwrap(), ["lenet_b64", "unet_b4_64px"]);
        assert_eq!(names(&[]).unwrap().len(), CONTRACT.len());
        let complaint = names(&["lenet", "resnet2O"]).unwrap_err().to_string();
        assert!(complaint.contains("`resnet20_b32`?") && complaint.contains("gemm_64"), "{complaint}");
    }
}
