//! PyTorch agrees: operations, layers, losses and optimizers give its numbers and gradients.
//!
//! `generate.py` wrote the cases with PyTorch; this needs no Python. Both sides compute in double precision, where
//! they differ only by the order of their sums: a few hundred ε.

mod calls;
mod layers;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tensor::Tensor;
use tensor::safetensors::Archive;

/// One call with what PyTorch made of it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) op: String,
    settings: Value,
    tensors: BTreeMap<String, Tensor<f64>>,
}

impl Case {
    pub(crate) fn has(&self, key: &str) -> bool {
        self.tensors.contains_key(key)
    }

    pub(crate) fn tensor(&self, key: &str) -> Tensor<f64> {
        self.tensors.get(key).unwrap_or_else(|| panic!("{}: no tensor {key}", self.name)).clone()
    }

    /// The tensors whose names start with a prefix, without it.
    pub(crate) fn tensors(&self, prefix: &str) -> BTreeMap<String, Tensor<f64>> {
        let named = self.tensors.iter();
        named.filter_map(|(name, x)| Some((name.strip_prefix(prefix)?.to_owned(), x.clone()))).collect()
    }

    pub(crate) fn setting(&self, key: &str) -> &Value {
        &self.settings[key]
    }

    pub(crate) fn number(&self, key: &str) -> f64 {
        self.settings[key].as_f64().unwrap_or_else(|| panic!("{}: no number {key}", self.name))
    }

    pub(crate) fn size(&self, key: &str) -> usize {
        self.number(key) as usize
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        self.settings[key].as_bool().unwrap_or_else(|| panic!("{}: no flag {key}", self.name))
    }

    pub(crate) fn sizes(&self, key: &str) -> Vec<usize> {
        let list = self.settings[key].as_array().unwrap_or_else(|| panic!("{}: no list {key}", self.name));
        list.iter().map(|size| size.as_u64().expect("a size") as usize).collect()
    }

    /// What differs by more than rounding, in words.
    pub(crate) fn compare(&self, what: &str, got: &Tensor<f64>, want: &Tensor<f64>) -> Result<(), String> {
        if got.shape() != want.shape() {
            return Err(format!("{what} has shape {:?}, PyTorch's has {:?}", got.shape(), want.shape()));
        }
        for (i, (got, want)) in got.to_vec().into_iter().zip(want.to_vec()).enumerate() {
            let tolerance = 500.0 * f64::EPSILON * (1.0 + want.abs());
            if got != want && (got - want).abs() > tolerance {
                return Err(format!("{what}, element {i}: got {got}, PyTorch has {want}"));
            }
        }
        Ok(())
    }
}

/// The cotangent that the script used.
pub(crate) fn cotangent(y: &Tensor<f64>) -> Tensor<f64> {
    Tensor::from_vec((0..y.numel()).map(|i| (i as f64).cos()).collect(), y.shape())
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pytorch/cases.safetensors");
    let file = Archive::open(path).expect("the cases are checked in");
    let list: Vec<Value> = serde_json::from_str(&file.metadata()["cases"]).expect("the cases are JSON");
    let tensors: BTreeMap<String, Tensor<f64>> = file.tensors().expect("all tensors are double precision");
    list.into_iter()
        .map(|settings| {
            let name = settings["name"].as_str().expect("a name").to_owned();
            let prefix = format!("{name}/");
            let own = tensors.iter();
            let own =
                own.filter_map(|(key, x)| Some((key.strip_prefix(&prefix)?.to_owned(), x.clone()))).collect();
            Case { op: settings["op"].as_str().expect("an op").to_owned(), name, settings, tensors: own }
        })
        .collect()
}

/// Values, and the gradients of Σ output · cotangent.
fn check_call(case: &Case) -> Result<(), String> {
    let graded = case.flag("grad");
    let inputs: Vec<Tensor<f64>> = (0..case.size("inputs"))
        .map(|i| {
            let x = case.tensor(&format!("in{i}"));
            if graded { x.requires_grad_() } else { x }
        })
        .collect();
    let output = calls::call(case, &inputs);
    case.compare("the output", &output, &case.tensor("out0"))?;
    if graded {
        let loss = (&output * cotangent(&output)).sum(..);
        let gradients = tensor::grad(&loss, &inputs.iter().collect::<Vec<_>>());
        for (i, gradient) in gradients.iter().enumerate() {
            case.compare(&format!("the gradient of input {i}"), gradient, &case.tensor(&format!("grad{i}")))?;
        }
    }
    Ok(())
}

#[test]
fn pytorch_agrees() {
    let cases = cases();
    let mut failures = Vec::new();
    for case in &cases {
        let verdict = match (case.setting("layer").is_boolean(), case.setting("optimizer").is_boolean()) {
            (true, _) => layers::check(case),
            (_, true) => layers::check_optimizer(case),
            _ => check_call(case),
        };
        if let Err(failure) = verdict {
            failures.push(format!("case {}, {} {}: {failure}", case.name, case.op, case.settings));
        }
    }
    let kinds: BTreeSet<&str> = cases.iter().map(|case| case.op.as_str()).collect();
    println!("{} cases of {} kinds", cases.len(), kinds.len());
    assert!(cases.len() >= 300, "only {} cases", cases.len());
    assert!(
        failures.is_empty(),
        "{} of {} cases differ:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}
