//! Our side of `cargo xtask bench`: its workloads as a student writes them, with `nn` and `tensor` and no fast path.
//!
//! The workloads are one file each; `peers/pytorch.py` says the same in PyTorch, line for line where that is possible.

mod coupling;
mod flow_matching;
mod gemm;
mod lenet;
mod mlp;
mod operations;
mod resnet;
mod supervised;
mod unet;
mod vae;

use peer::Workload;

fn main() -> std::io::Result<()> {
    peer::serve("ours", env!("CARGO_PKG_VERSION"), prepare)
}

/// The workload of this name, with the contract's batch size if no other is asked for.
fn prepare(name: &str, batch: Option<usize>) -> Result<Workload, String> {
    tensor::manual_seed(0);
    let or = |batch_of_the_contract| batch.unwrap_or(batch_of_the_contract);
    Ok(match name {
        "gemm_64" => gemm::workload(64, 64, 64),
        "gemm_256" => gemm::workload(256, 256, 256),
        "gemm_1024" => gemm::workload(1024, 1024, 1024),
        "gemm_128x784x256" => gemm::workload(or(128), 784, 256),
        "mlp_b128" => mlp::workload(or(128)),
        "lenet_b64" => lenet::workload(or(64)),
        "resnet20_b32" => resnet::workload(or(32)),
        "unet_b4_64px" => unet::workload(or(4), 64),
        "vae_b128" => vae::workload(or(128)),
        "coupling_b256" => coupling::workload(or(256)),
        "flowmatch_b256" => flow_matching::workload(or(256)),
        "lstm_b32_t64" | "gpt_b16_t64" => return Err("not written yet".to_string()),
        _ => return operations::workload(name).ok_or("no workload of this name".to_string()),
    })
}
