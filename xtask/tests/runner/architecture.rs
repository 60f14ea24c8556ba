//! The invariants of `shared/ARCHITECTURE.md` that can be read off the sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Rust sources below a folder, with their names relative to the root. Tests beside the code may do more than
/// the code, and comments may say anything: both are cut off.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut open = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            let is_test = path.file_name().is_some_and(|name| name == "tests" || name == "tests.rs");
            if path.is_dir() && !is_test {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
                let text = fs::read_to_string(&path).expect("a source in UTF-8");
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                let name = path.strip_prefix(root()).expect("below the root").display().to_string();
                found.push((name, code.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    assert!(!found.is_empty(), "there are no sources in {folder}");
    found
}

/// The lines that hold one of the words.
fn lines_with(sources: &[(String, String)], words: &[&str]) -> Vec<String> {
    let lines = sources.iter().flat_map(|(name, code)| code.lines().map(move |line| (name, line)));
    let bad = lines.filter(|(_, line)| words.iter().any(|word| line.contains(word)));
    bad.map(|(name, line)| format!("{name}: {}", line.trim())).collect()
}

fn none(found: Vec<String>, rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn kernels_see_no_tensor() {
    let kernels = sources("shared/tensor/src/kernels");
    none(lines_with(&kernels, &["Tensor", "autograd"]), "kernels work on slices and layouts");
}

#[test]
fn threads_and_faer_are_used_in_kernels_only() {
    let others: Vec<_> =
        sources("shared/tensor/src").into_iter().filter(|(name, _)| !name.contains("kernels")).collect();
    none(lines_with(&others, &["rayon::", "use rayon", "pulp::"]), "threads belong to the kernels");
    let products: Vec<_> = others.into_iter().filter(|(name, _)| !name.ends_with("float.rs")).collect();
    none(lines_with(&products, &["faer::", "use faer"]), "faer belongs to the kernels");
}

#[test]
fn unsafe_code_stands_in_one_place() {
    let all = [
        "shared/tensor/src",
        "shared/nn/src",
        "shared/data/src",
        "shared/plots/src",
        "shared/grading/src",
        "shared/cage/src",
    ];
    let all: Vec<_> =
        all.into_iter().flat_map(sources).chain(sources("xtask/src")).chain(sources("solutions")).collect();
    let allowed = lines_with(&all, &["allow(unsafe_code)", "expect(unsafe_code)"]);
    let outside: Vec<_> =
        allowed.into_iter().filter(|line| !line.starts_with("shared/tensor/src/kernels/")).collect();
    none(outside, "unsafe code is for measured kernels");
}

/// The crates of this workspace that a manifest names under `[dependencies]`.
fn dependencies(manifest: &Path) -> Vec<String> {
    let text = fs::read_to_string(manifest).expect("a manifest");
    let manifest: toml::Table = text.parse().expect("a manifest in TOML");
    let own =
        ["bench", "cage", "data", "demo", "grading", "nn", "peer", "plots", "scalar", "tensor", "xtask"];
    let table = manifest.get("dependencies").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    table.keys().filter(|name| own.contains(&name.as_str()) || name.starts_with("lab-")).cloned().collect()
}

#[test]
fn arrows_point_down() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("shared/scalar", &[][..]),
        ("shared/tensor", &[]),
        ("shared/plots", &[]),
        ("shared/nn", &["tensor"]),
        ("shared/data", &["nn", "tensor"]),
        ("shared/grading", &["tensor"]),
        ("shared/demo", &["data", "nn", "plots", "tensor"]),
        ("shared/cage", &[]),
        ("shared/bench", &["nn", "peer", "tensor"]),
        ("shared/bench/peer", &[]),
        ("xtask", &["cage", "grading", "plots"]),
    ]);
    for (folder, allowed) in allowed {
        let manifest = root().join(folder).join("Cargo.toml");
        for dependency in dependencies(&manifest) {
            assert!(allowed.contains(&dependency.as_str()), "{folder} must not depend on {dependency}");
        }
    }
    for entry in fs::read_dir(root().join("solutions")).expect("the solutions") {
        let entry = entry.expect("a lab or a page").path();
        if !entry.is_dir() {
            continue;
        }
        let manifest = entry.join("Cargo.toml");
        let others: Vec<_> = dependencies(&manifest)
            .into_iter()
            .filter(|name| name.starts_with("lab-") || name == "xtask")
            .collect();
        none(others, &format!("{}: labs never know each other", manifest.display()));
    }
}

#[test]
fn the_runner_links_no_tensor_code() {
    let manifest = fs::read_to_string(root().join("xtask/Cargo.toml")).expect("the runner's manifest");
    let line = manifest.lines().find(|line| line.starts_with("grading")).expect("the protocol");
    assert!(!line.contains("features"), "grading with checks brings tensors along: {line}");
}
