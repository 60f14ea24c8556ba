//! What authors do: stubs and new labs.

use crate::workspace::Workspace;

const SOLUTION: &str = "solutions/lab-07-toy";
const STUB: &str = "labs/lab-07-toy";

#[test]
fn the_stub_is_the_solution_without_what_is_to_be_written() {
    let workspace = Workspace::with_stubs();
    let double = workspace.read(&format!("{STUB}/src/double.rs"));
    assert!(double.contains("    todo!(\"1.1: double the \\\"number\\\" {{x}}\")\n}"), "{double}");
    assert!(double.starts_with("//! Doubling.\n\n// Until") && double.contains("#![allow(unused_variables"));
    let sum = workspace.read(&format!("{STUB}/src/sum.rs"));
    assert!(
        sum.contains("    let mut sum = 0;\n    todo!(\"2.1: add the numbers up to n\");\n    sum\n}"),
        "{sum}"
    );
    let manifest = workspace.read(&format!("{STUB}/Cargo.toml"));
    assert!(manifest.contains("name = \"lab-07-toy\"") && manifest.contains("[lib]\ndoc = false"));
    assert!(!manifest.contains("secret"));
    let checks = workspace.read(&format!("{STUB}/tests/checks.rs"));
    assert!(checks.contains("let parts = [visible::checks()];") && !checks.contains("hidden"), "{checks}");
    assert!(!workspace.read(&format!("{STUB}/README.md")).contains("For authors"));
    for private in ["checks/hidden.rs", "wrong", "alternative", "notes"] {
        assert!(!workspace.path(&format!("{STUB}/{private}")).exists(), "{private}");
    }
}

#[test]
fn check_shows_every_difference_and_writes_nothing() {
    let workspace = Workspace::of_author();
    workspace.run(&["stubs", "--check"]).code(1).says(&["src/double.rs is missing"]);
    assert!(!workspace.path(STUB).exists());
    workspace.run(&["stubs", "toy"]).code(0);
    workspace.run(&["stubs", "--check"]).code(0);
    workspace.edit(&format!("{STUB}/README.md"), "Add and multiply.", "Divide.");
    workspace.write(&format!("{STUB}/extra.txt"), "");
    std::fs::remove_file(workspace.path(&format!("{STUB}/lab.toml"))).unwrap();
    let slash = |path: &str| std::path::Path::new(STUB).join(path).display().to_string();
    workspace.run(&["stubs", "--check"]).code(1).says(&[
        &format!("{} differs", slash("README.md")),
        "- Divide.",
        "+ Add and multiply.",
        &format!("{} is not generated", slash("extra.txt")),
        &format!("{} is missing", slash("lab.toml")),
        "cargo xtask stubs lab-07",
    ]);
    workspace.run(&["stubs"]).code(0).says(&["3 changes written"]);
    workspace.run(&["stubs", "--check"]).code(0);
}

#[test]
fn writing_stubs_keeps_what_somebody_wrote_there() {
    let workspace = Workspace::with_stubs();
    let file = format!("{STUB}/src/double.rs");
    workspace.solve(&file, "1.1", "x * 2");
    let mine = workspace.read(&file);
    workspace.run(&["stubs"]).code(0).says(&["kept"]);
    assert_eq!(workspace.read(&format!("{file}.1.bak")), mine);
    workspace.run(&["stubs", "--check"]).code(0);
}

#[test]
fn pages_beside_the_labs_are_copied_compared_and_scanned() {
    let workspace = Workspace::with_stubs();
    let page = std::path::Path::new("labs").join("RUST.md").display().to_string();
    workspace.write("solutions/RUST.md", "# Rust\n");
    workspace.run(&["stubs", "--check"]).code(1).says(&[&format!("{page} is missing")]);
    workspace.run(&["verify", "--only", "stubs"]).code(1).says(&["1 passed, 1 failed"]);
    assert!(!workspace.path("labs/RUST.md").exists());
    workspace.run(&["stubs"]).code(0).says(&[&format!("{page} written")]);
    assert_eq!(workspace.read("labs/RUST.md"), "# Rust\n");
    workspace.run(&["verify", "--only", "stubs"]).code(0).says(&["2 passed, 0 failed"]);
    workspace.write("labs/RUST.md", "# Python\n");
    workspace.run(&["stubs", "--check"]).code(1).says(&["- # Python", "+ # Rust"]);
    workspace.write("solutions/RUST.md", "# Rust\nup_to(n).product::<i64>()\n");
    workspace.run(&["stubs"]).code(2).complains(&["RUST.md:2: `up_to(n).product", "is a line of region 2.2"]);
    assert_eq!(workspace.read("labs/RUST.md"), "# Python\n");
}

#[test]
fn broken_markers_stop_everything_and_are_named() {
    let workspace = Workspace::of_author();
    let file = format!("{SOLUTION}/src/double.rs");
    let good = workspace.read(&file);
    for (old, new, message) in [
        ("// END SOLUTION", "// END SOLUTOIN", "src/double.rs:8: `END SOLUTOIN` looks like a marker"),
        ("    // END SOLUTION\n", "", "src/double.rs:5: region 1.1 is never closed"),
        ("1.1:", "2.1:", "region 2.1 is already at"),
        ("1.1:", "9.1:", "step 9, which lab.toml does not list"),
        (
            "// BEGIN SOLUTION 1.1: double the \"number\" {x}",
            "// BEGIN SOLUTION",
            "double.rs:5: this marker has no id",
        ),
    ] {
        workspace.edit(&file, old, new);
        workspace.run(&["stubs"]).code(2).complains(&[message]);
        workspace.write(&file, &good);
    }
    assert!(!workspace.path(STUB).exists());
    workspace.edit(&format!("{SOLUTION}/lab.toml"), "\"src/sum.rs\"", "\"src/lib.rs\"");
    workspace.run(&["stubs"]).code(2).complains(&["`submit`"]);
    workspace.edit(&format!("{SOLUTION}/lab.toml"), "title", "titel");
    workspace.run(&["stubs"]).code(2).complains(&["lab.toml", "titel"]);
}

#[test]
fn a_stub_that_gives_something_away_is_not_written() {
    let workspace = Workspace::of_author();
    let readme = format!("{SOLUTION}/README.md");
    let good = workspace.read(&readme);
    for (leak, message) in [
        ("up_to(n).product::<i64>()", "is a line of region 2.2"),
        ("See solutions/lab-07-toy.", "mentions `solutions/`"),
        ("See notes/plan.md.", "mentions `notes/plan.md`"),
        ("See checks/hidden.rs.", "mentions `checks/hidden.rs`"),
    ] {
        workspace.write(&readme, &format!("{good}\n{leak}\n"));
        workspace.run(&["stubs"]).code(2).complains(&["would give something away", message, "README.md:"]);
        assert!(!workspace.path(STUB).exists());
    }
    let harmless = "author_only = [\"notes\"]\nmay_repeat = [\"up_to(n).product::<i64>()\"]";
    workspace.edit(&format!("{SOLUTION}/lab.toml"), "author_only = [\"notes\"]", harmless);
    workspace.write(&readme, &format!("{good}\nup_to(n).product::<i64>()\n"));
    workspace.run(&["stubs"]).code(0);
    workspace.edit(&readme, "## Step 2: sums", "## Step 2: some");
    workspace.run(&["stubs"]).code(2).complains(&["no such heading"]);
}

#[test]
fn a_new_lab_is_complete_and_its_name_is_checked() {
    let workspace = Workspace::with_stubs();
    workspace.run(&["new", "lab-08-graph-nets"]).code(0).says(&["cargo xtask verify --lab lab-08"]);
    let manifest = workspace.read("solutions/lab-08-graph-nets/Cargo.toml");
    assert!(manifest.contains("lab_08_graph_nets") && !manifest.contains("{{"));
    assert!(workspace.read("labs/lab-08-graph-nets/src/mean.rs").contains("todo!(\"1.1:"));
    workspace.run(&["list"]).code(0).says(&["lab-08-graph-nets  Graph nets"]);
    workspace.run(&["new", "lab-08-other"]).code(2).complains(&["lab-08-graph-nets is already there"]);
    workspace.run(&["new", "graphs"]).code(2).complains(&["lab-NN-name"]);
    workspace.run(&["new", "../lab-09-x"]).code(2);
}
