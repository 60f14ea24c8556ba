//! The workloads: what every peer must have, and how many learned numbers it then has.

use anyhow::{Result, bail};

use crate::workspace::nearest;

/// One training step, or one matrix product.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    /// What it is, for people.
    pub(crate) about: &'static str,
    /// Learned numbers. A peer with another number has another network.
    pub(crate) params: usize,
    /// Samples in a step, where there is a choice.
    pub(crate) batch: Option<usize>,
}

const fn product(name: &'static str, about: &'static str) -> Workload {
    Workload { name, about, params: 0, batch: None }
}

const fn training(name: &'static str, about: &'static str, params: usize, batch: usize) -> Workload {
    Workload { name, about, params, batch: Some(batch) }
}

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

/// The workloads whose names contain one of `names`, in the contract's order; without names, all.
pub(crate) fn select(names: &[String]) -> Result<Vec<&'static Workload>> {
    for name in names {
        if !CONTRACT.iter().any(|workload| workload.name.contains(name.as_str())) {
            let known = CONTRACT.map(|workload| workload.name);
            let near = nearest(name, known.map(String::from)).map(|near| format!("did you mean `{near}`? "));
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
    Ok(CONTRACT.iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_selects_and_a_wrong_one_is_answered_with_all() {
        let names = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_string()).collect();
            select(&words).map(|found| found.iter().map(|workload| workload.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&["unet", "lenet"]).unwrap(), ["lenet_b64", "unet_b4_64px"]);
        assert_eq!(names(&[]).unwrap().len(), CONTRACT.len());
        let complaint = names(&["lenet", "resnet2O"]).unwrap_err().to_string();
        assert!(complaint.contains("`resnet20_b32`?") && complaint.contains("gemm_64"), "{complaint}");
    }
}
