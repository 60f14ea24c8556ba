//! The pages in a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io::Write};

use super::{Settings, Visibility, sample, write_all};

/// Chromium, if it is there.
///
/// A check that does not run must not look like one that passed, so its absence is said past the capture of test output.
fn chromium(test: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .flat_map(|dir| ["chromium", "chromium-browser", "google-chrome"].map(|name| dir.join(name)))
        .find(|program| program.is_file());
    if found.is_none() {
        // In one piece and on a line of its own, whatever other tests print meanwhile.
        let line = format!("\nSKIPPED {test}: Chromium is not installed\n");
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
    found
}

/// What the browser makes of a page, as HTML again.
fn dom(chromium: &Path, page: &Path) -> String {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8(output.stdout).unwrap();
    assert!(dom.contains("</html>"), "{}", String::from_utf8_lossy(&output.stderr));
    dom
}

#[test]
fn a_browser_shows_the_rows_and_runs_no_script() {
    let Some(chromium) = chromium("a_browser_shows_the_rows_and_runs_no_script") else { return };
    let dir = tempfile::tempdir().unwrap();
    let settings = Settings { hidden: Visibility::AfterDueDate, ..Settings::default() };
    let mut results = sample::class();
    results.push(sample::hostile("hex", "lab-05-cnn"));
    write_all(dir.path(), &results, &settings).unwrap();

    let index = dom(&chromium, &dir.path().join("index.html"));
    let rows = index.matches("<th scope=\"row\"><a href=\"students/").count();
    let students: std::collections::BTreeSet<&str> =
        results.iter().map(|result| result.student.as_str()).collect();
    assert_eq!(rows, students.len());
    for text in ["compile error", "not graded", "not handed in", sample::CAGE_ERROR, "Zoë &lt;script&gt;"] {
        assert!(index.contains(text), "{text:?}");
    }

    let ada = dom(&chromium, &dir.path().join("students/ada.html"));
    for text in ["the kernel is flipped", "off by 3", "cargo xtask replay lab-05-cnn:", "hidden checks"] {
        assert!(ada.contains(text), "{text:?}");
    }
    assert!(!ada.contains(sample::HIDDEN_INPUT) && !ada.contains("conv_gradient_agrees"));

    let hex = dom(&chromium, &dir.path().join("students/hex.html"));
    for page in [&index, &ada, &hex] {
        // The script would change the title, and the picture would be an element.
        assert!(!page.contains("<title>owned") && !page.contains("<script") && !page.contains("<img"));
    }
    assert!(hex.contains("&lt;script&gt;"));
}

#[test]
fn the_policy_stops_a_script_that_got_through() {
    let Some(chromium) = chromium("the_policy_stops_a_script_that_got_through") else { return };
    let dir = tempfile::tempdir().unwrap();
    write_all(dir.path(), &[sample::mixed("ada", "lab-05-cnn")], &Settings::default()).unwrap();
    let page = dir.path().join("students/ada.html");
    let safe = fs::read_to_string(&page).unwrap();
    let broken = safe.replace("</main>", &format!("{}</main>", sample::SCRIPT));
    let without = broken.replace("http-equiv", "data-off");
    for (name, text, runs) in [("with.html", &broken, false), ("without.html", &without, true)] {
        let file = dir.path().join(name);
        fs::write(&file, text).unwrap();
        // Without the policy the script does run, so this test can fail.
        assert_eq!(dom(&chromium, &file).contains("<title>owned"), runs, "{name}");
    }
}

/// Writes a class to look at: `LOOK=DIR cargo test -p xtask --features grade -- --ignored look`.
#[test]
#[ignore = "for a person's eyes"]
fn look() {
    let dir = PathBuf::from(env::var_os("LOOK").expect("LOOK names a folder"));
    let mut results = sample::class();
    for (n, student) in ["mia", "noa", "oli", "pia", "quy", "rui", "sam", "tea"].into_iter().enumerate() {
        let mut result = sample::right(student, "lab-05-cnn");
        let failing = sample::mixed(student, "lab-05-cnn");
        for (i, check) in result.checks.iter_mut().enumerate() {
            if (i * 5 + n * 3) % 7 < n / 2 {
                check.clone_from(&failing.checks[i]);
            }
        }
        results.push(result);
        results.push(sample::right(student, "lab-06-resnet"));
    }
    write_all(&dir, &results, &Settings { hidden: Visibility::Visible, ..Settings::default() }).unwrap();
}
