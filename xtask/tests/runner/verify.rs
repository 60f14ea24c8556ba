//! The author's check: it passes on a good lab, and each thing it looks for makes it fail.

use crate::workspace::Workspace;

const LAB_STAGES: [&str; 11] = [
    "verify",
    "--only",
    "stubs",
    "--only",
    "fails",
    "--only",
    "reference",
    "--only",
    "alternative",
    "--only",
    "wrong",
];

#[test]
fn a_good_lab_passes_and_the_second_time_from_memory() {
    let workspace = Workspace::with_stubs();
    let said = workspace.run(&LAB_STAGES).code(0).says(&[
        "compiles without a warning",
        "3 checks not written, as it should be",
        "seed 2: passes 4 checks",
        "alternative/formula passes: Gauss's formula and a shift.",
        "wrong/endless is caught by product_grows",
        "wrong/empty_product_is_zero is caught by product_grows, empty_product_is_one",
        "no wrong solution trips: double_is_a_sum",
    ]);
    assert_eq!(said.stdout.lines().last(), Some("21 passed, 0 failed"));
    let written = || {
        std::fs::metadata(workspace.path("target/verify/lab-07-toy/wrong/endless.json")).unwrap().modified()
    };
    let before = written().unwrap();
    workspace.run(&["verify", "--only", "wrong"]).code(0).says(&["wrong/endless is caught"]);
    assert_eq!(written().unwrap(), before, "it was judged again");
    workspace.edit("solutions/lab-07-toy/src/double.rs", "//! Doubling.", "//! Doubling, again.");
    workspace.run(&["verify", "--only", "wrong"]).code(0);
    assert_ne!(written().unwrap(), before, "it was not judged again");
}

#[test]
fn a_wrong_solution_must_be_caught_by_the_check_it_names() {
    let workspace = Workspace::with_stubs();
    let wrong = |text: &str| workspace.write("solutions/lab-07-toy/wrong/off_by_one.rs", text);
    let verify = || workspace.run(&["verify", "--lab", "toy", "--only", "wrong"]);
    wrong("//! Is right.\n//! caught by: sum_is_gauss\n// REPLACE 2.1\nlet sum = n * (n + 1) / 2;\n");
    verify().code(1).says(&["not caught by sum_is_gauss; every check passes", "2 passed, 1 failed"]);
    wrong("//! Is caught elsewhere.\n//! caught by: double_is_a_sum\n// REPLACE 2.1\nlet sum = n;\n");
    verify().code(1).says(&["not caught by double_is_a_sum; these fail: sum_is_gauss"]);
    wrong("//! Names nothing.\n//! caught by: no_such_check\n// REPLACE 2.1\nlet sum = n;\n");
    verify().code(1).says(&["checks that the lab does not have: no_such_check"]);
    wrong("//! Is no Rust.\n//! caught by: sum_is_gauss\n// REPLACE 2.1\nlet sum = ;\n");
    verify().code(1).says(&["does not compile", "expected expression"]);
    wrong("//! Replaces nothing.\n//! caught by: sum_is_gauss\n// REPLACE 9.9\nlet sum = n;\n");
    verify().code(1).says(&["replaces region 9.9", "1.1, 2.1, 2.2"]);
}

#[test]
fn a_wrong_alternative_and_a_wrong_reference_are_found() {
    let workspace = Workspace::with_stubs();
    workspace.write(
        "solutions/lab-07-toy/alternative/formula.rs",
        "//! Claims to be right.\n// REPLACE 2.1\nlet sum = n;\n",
    );
    workspace
        .run(&["verify", "--only", "alternative"])
        .code(1)
        .says(&["is right, but these fail: sum_is_gauss", "got 3, expected 6"]);
    workspace.edit("solutions/lab-07-toy/src/sum.rs", "sum += number", "sum -= number");
    workspace
        .run(&["verify", "--only", "reference"])
        .code(1)
        .says(&["seed 0: sum_is_gauss", "got -6, expected 6"]);
}

#[test]
fn a_vacuous_check_a_warning_and_a_stale_stub_are_found() {
    let workspace = Workspace::with_stubs();
    workspace.edit(
        "solutions/lab-07-toy/checks/visible.rs",
        "|lab, x| equal(lab.call(\"double\", x), x + x)",
        "|_, x| equal(x, x)",
    );
    workspace
        .run(&["verify", "--only", "stubs"])
        .code(1)
        .says(&["labs/ is not what its solution makes", "+ "]);
    workspace.edit("solutions/lab-07-toy/src/lib.rs", "mod double;", "use std::fmt::Debug;\nmod double;");
    workspace.run(&["stubs"]).code(0);
    workspace.run(&["verify", "--only", "fails"]).code(1).says(&[
        "double_is_a_sum is vacuous",
        "compiles with warnings",
        "unused import: `std::fmt::Debug`",
        "2 checks not written, as it should be",
    ]);
}

#[test]
fn the_stages_about_code_find_what_they_look_for() {
    let workspace = Workspace::with_stubs();
    let file = "solutions/lab-07-toy/src/double.rs";
    let good = workspace.read(file);
    workspace.run(&["verify", "--only", "fmt", "--only", "clippy"]).code(0).says(&["2 passed, 0 failed"]);
    workspace.write(
        file,
        &good
            .replace("x.checked_add(x);", "x.checked_add(x) ;")
            .replace("unwrap_or(i64::MAX)", "unwrap_or_else(|| i64::MAX)"),
    );
    let said = workspace.run(&["verify", "--only", "fmt", "--only", "clippy"]).code(1);
    said.says(&["x.checked_add(x) ;", "unnecessary_lazy_evaluations", "0 passed, 2 failed"]);
    // Neither hides the other, nor what comes after.
    workspace.write("shared/protocol/tests.rs", "");
    std::fs::create_dir(workspace.path("shared/protocol/tests")).unwrap();
    workspace.write(
        "shared/protocol/tests/one.rs",
        "#[test]\nfn good() {}\n#[test]\nfn bad() { panic!(\"as planned\") }\n",
    );
    workspace.run(&["verify", "--only", "tests"]).code(1).says(&[
        "passed: 1 test, doctests included",
        "as planned",
        "1 passed, 1 failed",
    ]);
}

#[test]
fn right_solutions_are_run_with_many_seeds() {
    let workspace = Workspace::with_stubs();
    let seeds = || workspace.run(&["verify", "--lab", "toy", "--seeds", "3"]);
    seeds().code(0).says(&[
        "lab-07-toy/reference: 3 seeds of 4 checks, no false failure",
        // It replaces double and sum, for each of which one check asks.
        "lab-07-toy/alternative/formula: 3 seeds of 2 checks, no false failure",
        "2 passed, 0 failed",
    ]);
    workspace.write(
        "solutions/lab-07-toy/alternative/formula.rs",
        "//! Claims to be right.\n// REPLACE 2.1\nlet sum = n;\n",
    );
    seeds().code(1).says(&[
        "lab-07-toy/alternative/formula: 3 false failures in 3 seeds of 1 check",
        "sum_is_gauss, 3 seeds",
        "seed     2  lab-07:sum_is_gauss:0:3",
        "got 3, expected 6",
        "1 passed, 1 failed",
    ]);
    workspace.run(&["verify", "--seeds", "0"]).code(2);
    workspace.run(&["verify", "--seeds", "3", "--only", "wrong"]).code(2);
}
