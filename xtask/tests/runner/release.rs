//! The students' repository: what is in it, what is not, and where it may be written.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::workspace::{Said, Workspace};

/// A second lab, so that one can be revealed and the other not.
fn two_labs() -> Workspace {
    let workspace = Workspace::with_stubs();
    let (toy, next) = (workspace.path("solutions/lab-07-toy"), workspace.path("solutions/lab-08-next"));
    let copied = Command::new("cp").arg("-r").arg(toy).arg(next).status().unwrap();
    assert!(copied.success());
    for file in ["Cargo.toml", "lab.toml"] {
        let path = format!("solutions/lab-08-next/{file}");
        let text = workspace.read(&path).replace("number = 7", "number = 8");
        let text = text.replace("name = \"toy\"", "name = \"next\"").replace("lab-07-toy", "lab-08-next");
        workspace.write(&path, &text.replace("lab_07_toy", "lab_08_next"));
    }
    for path in
        ["tests/checks.rs", "examples/demo.rs", "checks/contract.rs", "checks/visible.rs", "checks/hidden.rs"]
    {
        let path = format!("solutions/lab-08-next/{path}");
        let text = workspace.read(&path).replace("lab_07_toy", "lab_08_next").replace("lab-07", "lab-08");
        workspace.write(&path, &text);
    }
    for kind in ["wrong", "alternative"] {
        fs::remove_dir_all(workspace.path(&format!("solutions/lab-08-next/{kind}"))).unwrap();
    }
    let hidden = "//! Nothing.\n\nuse grading::Check;\n\n/// None.\npub fn checks() -> Vec<Check> {\n    Vec::new()\n}\n";
    workspace.write("solutions/lab-08-next/checks/hidden.rs", hidden);
    // Nothing of the one is to be found in the other.
    workspace.write("solutions/lab-08-next/src/double.rs", "//! Doubling.\n\n/// Twice `x`.\npub fn double(x: i64) -> i64 {\n    // BEGIN SOLUTION 1.1: shift\n    let shifted_by_one_place = x << 1;\n    shifted_by_one_place\n    // END SOLUTION\n}\n");
    workspace.run(&["stubs"]).code(0);
    workspace
}

/// All files below a folder but those of git, with `/`.
fn files(root: &Path) -> Vec<String> {
    let mut open = vec![root.to_path_buf()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with(".git") => {}
                true => open.push(path),
                false => {
                    found.push(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"));
                }
            }
        }
    }
    found.sort();
    found
}

fn git(workspace: &Workspace, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@b.c"])
        .args(args)
        .current_dir(workspace.path(""))
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_string()
}

/// The runner, with a name for the commits that it makes.
fn release(workspace: &Workspace, args: &[&str]) -> Said {
    let mut command = workspace.command(&["release"]);
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "A").env(format!("GIT_{role}_EMAIL"), "a@b.c");
    }
    let output = command.args(args).output().unwrap();
    Said {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn students_get_everything_but_the_solutions() {
    let workspace = Workspace::with_stubs();
    // What somebody types into a stub, or leaves lying about, is not published.
    workspace.solve("labs/lab-07-toy/src/double.rs", "1.1", "x * 2");
    fs::create_dir(workspace.path("exams")).unwrap();
    workspace.write("exams/2027.md", "");
    workspace
        .write("README.md", "# Labs\n<!-- BEGIN HIDDEN -->\nFor staff.\n<!-- END HIDDEN -->\nWelcome.\n");
    release(&workspace, &["out/students"]).code(0).says(&["3 checks not written", "without solutions"]);
    let out = workspace.path("out/students");
    let found = files(&out);
    for present in [".release", "Cargo.lock", "labs/lab-07-toy/.stubs/src/sum.rs", "shared/data/hello.txt"] {
        assert!(found.iter().any(|name| name == present), "{present} is not in {found:?}");
    }
    for secret in ["solutions", "hidden", "wrong", "alternative", "notes", "exams", "target", ".progress"] {
        assert!(found.iter().all(|name| !name.contains(secret)), "{secret} is in {found:?}");
    }
    assert_eq!(workspace.read("out/students/README.md"), "# Labs\nWelcome.\n");
    assert!(workspace.read("out/students/labs/lab-07-toy/src/double.rs").contains("todo!(\"1.1:"));
    let manifest = workspace.read("out/students/Cargo.toml");
    assert!(manifest.contains("members = [\"shared/protocol\", \"labs/*\"]"), "{manifest}");
    let locked = ["metadata", "--locked", "--format-version", "1"];
    assert!(Command::new("cargo").args(locked).current_dir(&out).output().unwrap().status.success());
}

#[test]
fn a_revealed_lab_is_there_as_a_whole_and_no_other() {
    let workspace = two_labs();
    release(&workspace, &["out", "--reveal", "toy..lab-07"]).code(0).says(&["with everything of lab-07-toy"]);
    let solutions = |name: &str| files(&workspace.path(&format!("out/solutions/{name}")));
    assert_eq!(solutions("lab-07-toy"), files(&workspace.path("solutions/lab-07-toy")));
    assert!(!workspace.path("out/solutions/lab-08-next").exists());
    assert!(workspace.read("out/.release").contains("solutions: lab-07\n"));
    let manifest = workspace.read("out/Cargo.toml");
    assert!(manifest.contains("\"solutions/*\""), "{manifest}");
    for (labs, message) in [
        ("lab-08..lab-07", "the first lab comes after the last"),
        ("lab-07..", "write both ends"),
        ("lab-99", "there is no lab"),
    ] {
        release(&workspace, &["out", "--reveal", labs]).code(2).complains(&[message]);
    }
    // What was revealed by mistake is taken back, and both may be shown.
    release(&workspace, &["out"]).code(0);
    assert!(!workspace.path("out/solutions").exists());
    release(&workspace, &["out", "--reveal", "lab-07,lab-08"]).code(0);
    assert!(workspace.path("out/solutions/lab-08-next/checks/hidden.rs").is_file());
}

#[test]
fn only_an_earlier_release_is_replaced_and_what_is_not_its_own_stays() {
    let workspace = Workspace::with_stubs();
    fs::create_dir(workspace.path("out")).unwrap();
    workspace.write("out/thesis.tex", "years of work");
    release(&workspace, &["out"]).code(2).complains(&["neither empty nor an earlier release"]);
    assert_eq!(files(&workspace.path("out")), ["thesis.tex"]);
    release(&workspace, &["out/thesis.tex"]).code(2).complains(&["is no folder"]);
    fs::remove_file(workspace.path("out/thesis.tex")).unwrap();

    fs::create_dir(workspace.path("out/.git")).unwrap();
    workspace.write("out/.git/HEAD", "ref: refs/heads/main\n");
    release(&workspace, &["out"]).code(0);
    workspace.write("out/SYLLABUS.md", "ours");
    workspace.write("out/shared/stray.txt", "from an older release");
    workspace.write("out/labs/lab-07-toy/README.md", "scribbled on");
    release(&workspace, &["out"]).code(0);
    assert_eq!(workspace.read("out/.git/HEAD"), "ref: refs/heads/main\n");
    assert_eq!(workspace.read("out/SYLLABUS.md"), "ours");
    assert!(!workspace.path("out/shared/stray.txt").exists());
    assert_eq!(workspace.read("out/labs/lab-07-toy/README.md"), workspace.read("labs/lab-07-toy/README.md"));
    let beside = fs::read_dir(workspace.path("")).unwrap();
    assert!(beside.flatten().all(|entry| !entry.file_name().to_string_lossy().starts_with(".release-")));
}

#[test]
fn what_gives_a_solution_away_is_not_released() {
    let workspace = two_labs();
    let file = "shared/protocol/src/lib.rs";
    let good = workspace.read(file);
    let hidden = workspace.read("solutions/lab-07-toy/checks/hidden.rs");
    workspace.write(file, &format!("{good}\n/*\n{hidden}*/\n"));
    release(&workspace, &["out"]).code(2).complains(&["give something away", file, "checks/hidden.rs"]);
    workspace.write(file, &format!("{good}\n// BEGIN SOLUTION 1.1: x\n// END SOLUTION\n"));
    release(&workspace, &["out"]).code(2).complains(&["only labs have solutions"]);
    workspace.write(file, &good);
    // A release that does not work is none.
    workspace.edit("solutions/lab-07-toy/src/lib.rs", "mod double;", "mod double;\nmod missing;");
    release(&workspace, &["out"]).code(2).complains(&["cargo xtask test lab-07", "does not compile"]);
    assert!(!workspace.path("out").exists());
}

#[test]
fn branches_are_committed_beside_the_working_tree() {
    let workspace = two_labs();
    workspace.write(".gitignore", "/target/\n");
    release(&workspace, &["--branches"]).code(2).complains(&["no git checkout"]);
    git(&workspace, &["init", "--quiet", "--initial-branch", "main"]);
    git(&workspace, &["add", "--all"]);
    git(&workspace, &["commit", "--quiet", "--message", "Begin"]);
    let (head, status) =
        (git(&workspace, &["rev-parse", "HEAD"]), git(&workspace, &["status", "--porcelain"]));
    release(&workspace, &["--branches"]).code(0).says(&[
        "students is at",
        "solutions is at",
        "different remotes",
    ]);
    let names = |branch: &str| git(&workspace, &["ls-tree", "-r", "--name-only", branch]);
    assert!(
        !names("students").contains("solutions/") && names("students").contains("labs/lab-08-next/.stubs/")
    );
    assert!(!names("students").contains("hidden"));
    assert_eq!(names("solutions"), names("main"));
    let message = git(&workspace, &["log", "-1", "--format=%B", "students"]);
    assert!(message.contains(&format!("Released-from: {head}")), "{message}");
    assert_eq!(git(&workspace, &["status", "--porcelain"]), status);
    assert_eq!(git(&workspace, &["branch", "--show-current"]), "main");

    // A commit is made only of what has changed, on top of what is there.
    release(&workspace, &["--branches", "--reveal", "7"]).code(0).says(&["solutions is up to date"]);
    assert_eq!(git(&workspace, &["rev-list", "--count", "students"]), "2");
    assert!(names("students").contains("solutions/lab-07-toy/checks/hidden.rs"));
    assert!(!names("students").contains("solutions/lab-08"));

    workspace.write("shared/data/hello.txt", "changed");
    release(&workspace, &["--branches"]).code(2).complains(&["commit these changes first", "hello.txt"]);
    git(&workspace, &["checkout", "--quiet", "--", "shared"]);
    git(&workspace, &["branch", "--quiet", "--force", "solutions", "main"]);
    release(&workspace, &["--branches"]).code(2).complains(&["that no release has made"]);
    git(&workspace, &["branch", "--quiet", "--delete", "--force", "solutions"]);
    git(&workspace, &["switch", "--quiet", "students"]);
    release(&workspace, &["--branches"]).code(2).complains(&["is checked out"]);
}

#[test]
fn students_cannot_make_a_release() {
    let workspace = Workspace::of_student();
    release(&workspace, &["out"]).code(2).complains(&["not part of this repository"]);
    release(&workspace, &[]).code(2).complains(&["<DIR>"]);
    release(&workspace, &["out", "--branches"]).code(2);
}
