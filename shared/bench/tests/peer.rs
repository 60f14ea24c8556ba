//! Our peer, as the runner meets it: lines in, lines out.

use std::io::Write;
use std::process::{Command, Stdio};

/// What the peer answers, line by line, and what it says on stderr.
fn converse(questions: &str, profile: bool) -> (Vec<String>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bench"));
    command.env("DL_PROFILE", if profile { "1" } else { "0" });
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut peer = command.spawn().expect("the peer");
    peer.stdin.take().expect("its stdin").write_all(questions.as_bytes()).expect("a peer that listens");
    let output = peer.wait_with_output().expect("a peer that ends with its input");
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).expect("text").lines().map(String::from).collect();
    (lines, String::from_utf8(output.stderr).expect("text"))
}

#[test]
fn a_workload_is_prepared_and_run() {
    let (lines, complaints) = converse("prepare mlp_b128 4\nrun 0.01\n", false);
    assert!(lines[0].starts_with("peer ours "), "{lines:?}");
    assert_eq!(lines[1], "params 235146");
    let times: Vec<f64> =
        lines[2].strip_prefix("ms ").expect("times").split(' ').map(|t| t.parse().unwrap()).collect();
    assert!(!times.is_empty() && times.iter().all(|&time| time > 0.0), "{lines:?}");
    assert_eq!(complaints, "");
}

#[test]
fn what_it_does_not_know_it_says() {
    let (lines, _) =
        converse("run 1\nprepare nonsense\nprepare gemm_64\nrun fast\nprepare gemm_64 many\nhello\n", false);
    assert_eq!(lines[1], "error nothing is prepared");
    assert_eq!(lines[2], "missing no workload of this name");
    assert_eq!(lines[3], "params 0");
    assert_eq!(lines[4], "error `fast` is no time in seconds");
    assert_eq!(lines[5], "error `many` is no batch size");
    assert!(lines[6].starts_with("error `hello` is not `prepare"), "{lines:?}");
}

/// The networks are those of the contract in `xtask/src/bench/contract.rs`, which the runner compares with.
#[test]
fn every_network_has_the_parameters_of_the_contract() {
    let contract = [
        ("lenet_b64", 61_706),
        ("resnet20_b32", 272_474),
        ("unet_b4_64px", 483_170),
        ("vae_b128", 652_824),
        ("coupling_b256", 35_344),
        ("flowmatch_b256", 133_122),
    ];
    let questions: String = contract.iter().map(|(name, _)| format!("prepare {name} 2\n")).collect();
    let (lines, _) = converse(&questions, false);
    for (line, (name, params)) in lines[1..].iter().zip(contract) {
        assert_eq!(*line, format!("params {params}"), "{name}");
    }
}

#[test]
fn a_profile_names_the_operations_of_both_passes_and_what_is_left() {
    let (_, profile) = converse("prepare mlp_b128 4\n", true);
    for name in ["operation", "matmul ", "matmul, backward", "relu", "everything else"] {
        assert!(profile.contains(name), "{name} is not in:\n{profile}");
    }
    let calls = |name: &str| -> u64 {
        let line = profile.lines().find(|line| line.starts_with(name)).expect("a line of the table");
        line[24..].split_whitespace().next().expect("calls").parse().expect("a number")
    };
    // Three layers, of which only the first needs no gradient of its input: 3 products there, 5 back.
    assert_eq!(calls("matmul, backward") * 3, calls("matmul ") * 5);
}
