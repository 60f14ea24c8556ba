//! Ctrl-C, `kill -9`, fewer jobs and shards: whatever happens on the way, the gradebook is the same to the byte.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command};

use crate::attack::{BODY, FILES, Scene};
use crate::grader::{Ground, listing};
use crate::suite::Findings;

/// The body of `Layer::forward`.
const LAYER: &str = "self.activation.apply(&(x.matmul(&self.weight.t()) + &self.bias))";

/// Right ones, a wrong one, one that does not compile, one that is refused, and one that panics in the contract: its
/// gradients are asked for in another shape.
fn lay(scene: &Scene) {
    for name in ["ada", "bea", "cid", "dot", "eva"] {
        scene.hand_in_reference(name);
    }
    let mlp = scene.reference("src/mlp.rs");
    scene.write("bea", "src/mlp.rs", mlp.replace(BODY, "self.layers.len()"));
    scene.write("cid", "src/mlp.rs", mlp.replace(BODY, "self.layers"));
    let neuron = scene.reference("src/neuron.rs");
    let flat =
        neuron.replace(LAYER, "self.activation.apply(&(x.matmul(&self.weight.t()) + &self.bias)).flatten(0)");
    assert_ne!(flat, neuron);
    scene.write("eva", "src/neuron.rs", flat);
    scene.write("dot", FILES[0], "fn f() { unsafe { loop {} } }");
}

pub(crate) fn run(findings: &mut Findings) {
    let ground = Ground::new();
    ground.with_scene(lay);

    let whole = ground.command("whole", &["--jobs", "2"]).output().unwrap();
    let expected = contents(&ground.path("whole"));
    findings.note("interrupted: the whole batch", exited(whole.status.code(), 0));

    let one = ground.command("one", &["--jobs", "1"]).output().unwrap();
    findings.note(
        "interrupted: one job",
        exited(one.status.code(), 0).and_then(|_| same(&ground, "one", &expected)),
    );

    for part in ["1/2", "2/2"] {
        let shard = ground.command(&part.replace('/', "-"), &["--shard", part]).output().unwrap();
        findings.note("interrupted: a shard", exited(shard.status.code(), 0));
    }
    let mut merge = ground.xtask();
    merge.arg("merge").args([ground.path("1-2"), ground.path("2-2")]).arg("--out").arg(ground.path("merged"));
    let merged = merge.output().unwrap();
    let outcome = exited(merged.status.code(), 0).and_then(|_| same(&ground, "merged", &expected));
    findings.note("interrupted: shards and merge", outcome);

    let mut stopped = ground.start("stopped", &["--jobs", "1"]);
    let first = first_row(&mut stopped);
    signal(&stopped, "-INT");
    let code = stopped.wait().unwrap().code();
    let kept = contents(&ground.path("stopped"));
    let outcome = exited(code, 130).and_then(|_| {
        let results = kept.keys().filter(|name| name.starts_with("results/")).count();
        let reports = ["gradebook.csv", "index.html"].iter().filter(|name| kept.contains_key(**name)).count();
        match (results, reports) {
            (1..=4, 2) => Ok(format!("{results} results are kept, after {first:?}")),
            _ => Err(format!("{results} results and {reports} reports: {:?}", kept.keys())),
        }
    });
    findings.note("interrupted: Ctrl-C", outcome);
    findings.none("interrupted: left by Ctrl-C", &ground.leftovers(stopped.id()));

    let mut killed = ground.start("killed", &["--jobs", "1"]);
    first_row(&mut killed);
    signal(&killed, "-KILL");
    let code = killed.wait().unwrap().code();
    findings.note(
        "interrupted: kill -9",
        if code.is_none() { Ok("killed".into()) } else { Err(format!("it exited with {code:?}")) },
    );
    findings.none("interrupted: left by kill -9", &ground.leftovers(killed.id()));

    // As if it had been killed in the middle of a write.
    for half in ["killed/.new-half", "killed/results/s-ada/.new-half"] {
        let half = ground.path(half);
        fs::create_dir_all(half.parent().unwrap()).unwrap();
        fs::write(half, "{").unwrap();
    }

    for out in ["stopped", "killed"] {
        let again = ground.command(out, &["--jobs", "2"]).output().unwrap();
        let outcome = exited(again.status.code(), 0).and_then(|_| same(&ground, out, &expected));
        findings.note(&format!("interrupted: {out} and gone on"), outcome);
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or(ground.root.join("target"), |dir| ground.root.join(dir));
    let abandoned: Vec<String> =
        ["bench", "crates", "grade"].iter().flat_map(|kind| abandoned(&target.join(kind))).collect();
    findings.none("interrupted: abandoned in target", &abandoned);

    // As where there is no cage: a process in a cage has none of its own.
    let uncaged = ground.command("uncaged", &[]).env("CAGE_INSIDE", "1").output().unwrap();
    let said = String::from_utf8_lossy(&uncaged.stderr).into_owned();
    let refused = uncaged.status.code() == Some(2)
        && said.contains("--allow-uncaged")
        && !ground.path("uncaged").exists();
    findings
        .note("interrupted: refused without a cage", if refused { Ok("exit 2".into()) } else { Err(said) });
}

fn exited(code: Option<i32>, expected: i32) -> Result<String, String> {
    if code == Some(expected) {
        Ok(format!("exit {expected}"))
    } else {
        Err(format!("exit {code:?} instead of {expected}"))
    }
}

fn same(ground: &Ground, out: &str, expected: &BTreeMap<String, Vec<u8>>) -> Result<String, String> {
    let got = contents(&ground.path(out));
    let different: Vec<&String> =
        expected.keys().chain(got.keys()).filter(|name| got.get(*name) != expected.get(*name)).collect();
    if different.is_empty() {
        Ok(format!("{} files, all the same", got.len()))
    } else {
        Err(format!("these differ: {different:?}"))
    }
}

/// All files with their bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &Path| path.strip_prefix(folder).unwrap().display().to_string();
    listing(folder).into_iter().map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

/// Waits until a submission has been graded.
fn first_row(child: &mut Child) -> String {
    let mut line = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    while lines.read_line(&mut line).unwrap() > 0 {
        if line.contains("lab-01-perceptron") {
            // The rest is read by nobody; the grader does not mind.
            std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
            return line.trim().to_string();
        }
        line.clear();
    }
    panic!("the grader ended before it had graded anything");
}

fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success(), "the grader ended before it could be interrupted");
}

/// The folders that no living run owns.
fn abandoned(parent: &Path) -> Vec<String> {
    let folders = fs::read_dir(parent).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    let owned =
        |folder: &Path| fs::File::open(folder.join(".owner")).is_ok_and(|owner| owner.try_lock().is_err());
    folders
        .map(|entry| entry.path())
        .filter(|path| !owned(path))
        .map(|path| path.display().to_string())
        .collect()
}
