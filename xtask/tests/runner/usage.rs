//! Names, help, where you stand.

use crate::workspace::Workspace;

#[test]
fn a_lab_goes_by_many_names_and_a_typo_is_answered_with_the_nearest() {
    let workspace = Workspace::of_student();
    for name in ["lab-07-toy", "lab-07", "lab-7", "07", "7", "toy", "labs/lab-07-toy/", "TOY"] {
        workspace.run(&["reset", name]).code(0);
    }
    workspace.run(&["test", "tyo"]).code(2).complains(&["no lab `tyo`", "did you mean `toy`?"]);
    workspace.run(&["test", "lab-08"]).code(2).complains(&["did you mean `lab-07`?"]);
    workspace.run(&["test", "quux"]).code(2).complains(&["`cargo xtask list`", "lab-07-toy"]);
}

#[test]
fn the_help_teaches_by_example_and_misuse_is_status_2() {
    let workspace = Workspace::of_student();
    workspace.run(&["--help"]).code(0).says(&["cargo xtask test lab-05 --watch", "Exit status"]);
    workspace.run(&["test", "--help"]).code(0).says(&["Examples:", "--solution"]);
    workspace.run(&["tset", "7"]).code(2).complains(&["'test'"]);
    workspace.run(&["test"]).code(2);
    workspace.run(&["test", "7", "--limit", "0"]).code(2);
    workspace.run(&["replay", "nonsense"]).code(2).complains(&["no token", "lab-05:"]);
    workspace.run(&["test", "7", "--solution"]).code(2).complains(&["not part of this repository"]);
    workspace.run(&["--root", "/nowhere/at/all", "list"]).code(2);
}

#[test]
fn the_overview_names_the_next_step_and_survives_a_broken_memory() {
    let workspace = Workspace::of_student();
    workspace.run(&[]).code(0).says(&[
        "lab-07",
        "0 of 2 steps",
        "Next: step 1 of lab-07, Doubling",
        "labs/lab-07-toy/README.md#step-1-doubling",
        "cargo xtask test lab-07",
    ]);
    workspace.write(".progress", "lab-07-toy done 1\n\u{0}\u{1}rubbish here\n");
    workspace
        .run(&[])
        .code(0)
        .says(&["1 of 2 steps", "step 2", "#step-2-sums--products"])
        .complains(&["1 line", "cannot be read"]);
    std::fs::write(workspace.path(".progress"), [0xff, 0xfe, 0x00]).unwrap();
    workspace.run(&[]).code(0).says(&["0 of 2 steps"]).complains(&["note:"]);
}

#[test]
fn lists_are_for_people_and_programs() {
    let workspace = Workspace::of_student();
    workspace.run(&["list"]).code(0).says(&["lab-07-toy  Toy numbers", "2 Sums & products", "product_to"]);
    let said = workspace.run(&["list", "--json"]).code(0);
    let lab: serde_json::Value = serde_json::from_str(said.stdout.trim()).unwrap();
    assert_eq!(lab["number"], 7);
    assert_eq!(lab["steps"][1]["handout"], "labs/lab-07-toy/README.md#step-2-sums--products");
}

#[test]
fn the_doctor_names_missing_and_changed_data() {
    let workspace = Workspace::of_student();
    workspace.run(&["doctor"]).says(&["rustc", "linker", "1 file as published", "doctor --cage"]);
    workspace.write("shared/data/hello.txt", "other\n");
    workspace.run(&["doctor"]).code(1).says(&["failed", "hello.txt has other contents", "git checkout"]);
    std::fs::remove_file(workspace.path("shared/data/hello.txt")).unwrap();
    workspace.run(&["doctor"]).code(1).says(&["hello.txt is missing"]);
    workspace.edit("Cargo.toml", "1.85", "7.3");
    workspace.run(&["doctor"]).code(1).says(&["is older than 7.3"]);
}

#[cfg(feature = "bench")]
#[test]
fn the_benchmark_names_its_workloads_and_libraries() {
    let workspace = Workspace::of_student();
    workspace.run(&["bench", "--help"]).code(0).says(&["Examples:", "--peers=pytorch", "memory"]);
    let unknown = workspace.run(&["bench", "--only", "lenet,resnet2O"]).code(2);
    unknown.complains(&["`resnet2O`", "did you mean `resnet20_b32`?", "flowmatch_b256"]);
    workspace.run(&["bench", "--peers=tensorflow"]).code(2).complains(&["pytorch", "candle", "burn"]);
    workspace.run(&["bench", "batch", "--only", "gemm"]).code(2).complains(&["has no batch"]);
    workspace.run(&["bench", "--seconds", "0"]).code(2).complains(&["between 0 and 3600"]);
}

#[cfg(all(feature = "grade", target_os = "linux"))]
#[test]
fn the_doctor_tries_every_misdeed_and_says_what_stopped_it() {
    let workspace = Workspace::of_student();
    let said = workspace.run(&["doctor", "--cage"]);
    if said.stdout.contains("missing") {
        said.code(1).says(&["This system has no cage"]);
        return;
    }
    if said.stdout.contains("unknown") {
        // As in many containers: not proved, unless somebody answers for it.
        said.code(1).says(&["What is unknown is not proved", "--allow-unknown"]);
    }
    let said = workspace.run(&["doctor", "--cage", "--allow-unknown"]).code(0).says(&[
        "file system",
        "read-outside",
        "refused: ",
        "used up its memory",
        "may be graded",
    ]);
    let tried =
        said.stdout.lines().filter(|line| line.starts_with("ok") && line.contains("refused: ")).count();
    assert!(tried > 15, "{}", said.stdout);
}
