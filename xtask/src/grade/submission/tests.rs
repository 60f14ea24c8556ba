use super::*;

/// A folder in which files are made.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new(files: &[(&str, &str)]) -> Scene {
        let scene = Scene(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = scene.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn find(&self, path: &str) -> Result<Batch> {
        find(&[self.path(path)], &[&test_lab()], None)
    }

    fn read(&self, path: &str) -> Submission {
        let batch = self.find(path).unwrap();
        assert_eq!(batch.handed.len(), 1);
        batch.handed[0].read(&[&test_lab()])
    }

    fn refused(&self, path: &str, reason: &str) {
        let submission = self.read(path);
        let problem = submission.problem.expect(reason).to_string();
        assert!(problem.contains(reason), "{problem:?} should say {reason:?}");
        assert!(submission.files.is_empty());
    }
}

const WINDOW: &str = "src/window.rs";

fn ids(batch: &Batch) -> Vec<&str> {
    batch.handed.iter().map(|handed| handed.student.as_str()).collect()
}

#[test]
fn a_lab_is_found_in_every_layout() {
    for folder in ["labs/lab-05-cnn", "lab-05-cnn", "", "repo-main/labs/lab-05-cnn", "repo-main/lab-05-cnn"] {
        let name = |file: &str| Path::new("class/anna").join(folder).join(file).display().to_string();
        let scene = Scene::new(&[
            (&name(WINDOW), "text"),
            (&name("lab.toml"), "number = 5"),
            (&name("build.rs"), ""),
        ]);
        let batch = scene.find("class").unwrap();
        assert_eq!(ids(&batch), ["anna"], "{folder}");
        let submission = batch.handed[0].read(&[&test_lab()]);
        assert_eq!(submission.problem, None, "{folder}");
        assert_eq!(submission.files["lab-05-cnn"], Files::from([(WINDOW.into(), b"text".to_vec())]));
        if !folder.is_empty() {
            assert_eq!(submission.notes, ["not part of a submission: build.rs, lab.toml"], "{folder}");
        }
        // The submission itself is told from a folder of submissions; with a wrapping folder it is taken for one.
        let one = scene.find("class/anna").unwrap();
        assert_eq!(ids(&one), [if folder.starts_with("repo") { "repo-main" } else { "anna" }], "{folder}");
    }
}

#[test]
fn a_wrapped_lab_without_its_name_needs_its_manifest() {
    let scene = Scene::new(&[("class/anna/w/src/window.rs", ""), ("class/anna/w/lab.toml", "number = 5")]);
    assert_eq!(scene.read("class").problem, None);
    let scene = Scene::new(&[("class/anna/w/src/window.rs", "")]);
    scene.refused("class", "No file of lab-05-cnn was found");
    let scene = Scene::new(&[("class/anna/src/window.rs", ""), ("class/anna/lab.toml", "number = 4")]);
    scene.refused("class", "This is lab 04");
}

#[test]
fn a_folder_named_like_a_lab_that_holds_students_is_no_submission() {
    let scene = Scene::new(&[("class/lab-05-cnn/anna/src/window.rs", "")]);
    assert_eq!(ids(&scene.find("class").unwrap()), ["lab-05-cnn"]);
    scene.refused("class", "No file of lab-05-cnn");
    assert_eq!(ids(&scene.find("class/lab-05-cnn").unwrap()), ["anna"]);
}

#[test]
fn every_folder_and_archive_is_a_row_in_a_fixed_order() {
    let scene = Scene::new(&[
        ("class/b/lab-05-cnn/src/window.rs", ""),
        ("class/a.zip", "no zip"),
        ("class/c.tar.gz", "no tar"),
        ("class/d.rar", ""),
        ("class/e/notes.txt", ""),
        ("class/grades.csv", ""),
        ("class/.DS_Store", ""),
    ]);
    let batch = scene.find("class").unwrap();
    assert_eq!(ids(&batch), ["a", "b", "c", "d", "e"]);
    assert_eq!(batch.notes.len(), 2);
    let problems: Vec<String> = batch
        .handed
        .iter()
        .map(|handed| {
            handed.read(&[&test_lab()]).problem.map_or(String::new(), |problem| problem.to_string())
        })
        .collect();
    for (problem, expected) in problems.iter().zip([
        "a.zip: This is no whole zip",
        "",
        "c.tar.gz: The archive is damaged",
        "d.rar: Archives of this kind",
        "e: No file",
    ]) {
        assert!(problem.starts_with(expected) && problem.is_empty() == expected.is_empty(), "{problem}");
    }
}

#[test]
fn moodle_downloads_stand_for_the_archive_in_them() {
    let scene = Scene::new(&[("class/Anna Berg_123_assignsubmission_file_/x.zip", "no zip")]);
    assert_eq!(ids(&scene.find("class").unwrap()), ["Anna Berg_123"]);
    scene.refused("class", "x.zip: This is no whole zip file");
    fs::write(scene.path("class/Anna Berg_123_assignsubmission_file_/y.zip"), "").unwrap();
    scene.refused("class", "several archives, x.zip and y.zip");
}

#[test]
fn a_roster_names_students_and_double_ids_are_errors() {
    let scene = Scene::new(&[
        ("class/x1.zip", ""),
        ("class/x2/a", ""),
        ("class/x3/a", ""),
        ("r.csv", "submission,student,name\nx1.zip,s2,Bo\nx2,s1,\nx9,s9,\n"),
        ("twice.csv", "submission,student\nx1,s1\nx2,S1\n"),
    ]);
    let find = |roster: &str| find(&[scene.path("class")], &[&test_lab()], Some(&scene.path(roster)));
    let batch = find("r.csv").unwrap();
    assert_eq!(ids(&batch), ["s1", "s2", "x3"]);
    assert_eq!(batch.handed[1].name.as_deref(), Some("Bo"));
    assert!(batch.notes[0].contains("r.csv:4: there is no submission `x9` (s9)"));
    assert_eq!(batch.handed[2].notes, ["\"x3\" is not in the roster"]);
    let message = find("twice.csv").unwrap_err().to_string();
    assert!(message.contains("x1.zip") && message.contains("x2"), "{message}");
    let same = Scene::new(&[("class/anna/a", ""), ("class/Anna.zip", "")]);
    assert!(same.find("class").unwrap_err().to_string().contains("two submissions belong to student"));
}

#[test]
fn ids_are_names_of_files_whatever_the_entry_is_called() {
    for name in ["", ".hidden", "a\nb", "..", "a:b", "x".repeat(300).as_str(), "\u{fffd}\u{202e}"] {
        let id = safe_id(name);
        assert!(check_id(&id).is_ok() && !id.is_empty(), "{name:?} became {id:?}");
    }
    assert_eq!(safe_id("Zoë Müller-3"), "Zoë Müller-3");
}

#[cfg(unix)]
#[test]
fn links_pipes_and_large_files_are_refused_without_being_opened() {
    use std::os::unix::fs::symlink;
    let scene = Scene::new(&[("secret/src/window.rs", "secret")]);
    let lab = scene.path("class/anna/lab-05-cnn");
    fs::create_dir_all(&lab).unwrap();
    let clear = || {
        fs::remove_dir_all(&lab).unwrap();
        fs::create_dir_all(lab.join("src")).unwrap();
        fs::write(lab.join("src/direct.rs"), "").unwrap();
    };
    fs::remove_dir_all(&lab).unwrap();
    symlink(scene.path("secret"), &lab).unwrap();
    scene.refused("class", "This is a link");
    fs::remove_file(&lab).unwrap();
    fs::create_dir_all(&lab).unwrap();
    symlink(scene.path("secret/src"), lab.join("src")).unwrap();
    scene.refused("class", "lab-05-cnn/src: This is a link");
    clear();
    symlink(scene.path("secret/src/window.rs"), lab.join(WINDOW)).unwrap();
    scene.refused("class", "lab-05-cnn/src/window.rs: This is a link");
    clear();
    symlink(".", lab.join("src/loop")).unwrap();
    symlink("/etc", scene.path("class/anna/etc")).unwrap();
    assert_eq!(scene.read("class").problem, None);
    clear();
    let pipe = std::process::Command::new("mkfifo").arg(lab.join(WINDOW)).status().unwrap();
    assert!(pipe.success());
    scene.refused("class", "no ordinary file");
    clear();
    fs::File::create(lab.join(WINDOW)).unwrap().set_len(1 << 40).unwrap();
    scene.refused("class", "1099511627776 bytes; at most 262144");
    fs::remove_dir_all(scene.path("class/anna")).unwrap();
    symlink(scene.path("secret"), scene.path("class/anna")).unwrap();
    scene.refused("class", "anna: This is a link");
    fs::remove_file(scene.path("class/anna")).unwrap();
    assert!(
        std::process::Command::new("mkfifo").arg(scene.path("class/anna.zip")).status().unwrap().success()
    );
    scene.refused("class", "no ordinary file");
}

/// Lays out a checkout, and lets git and tar pack it.
#[test]
fn archives_of_the_usual_programs_are_read() {
    let scene = Scene::new(&[
        ("repo/labs/lab-05-cnn/src/window.rs", "text"),
        ("repo/labs/lab-05-cnn/Cargo.toml", ""),
        ("repo/README.md", ""),
        ("class/nothing", ""),
    ]);
    let run = |program: &str, arguments: &[&str]| {
        let mut command = std::process::Command::new(program);
        command.current_dir(scene.path("repo")).args(arguments);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run("git", &["init", "-q"]);
    run("git", &["add", "."]);
    run("git", &["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "All"]);
    run("git", &["archive", "--prefix=repo-main/", "--format=zip", "-o", "../class/zip.zip", "HEAD"]);
    run("git", &["archive", "--prefix=repo-main/", "--format=tar.gz", "-o", "../class/git.tgz", "HEAD"]);
    run("tar", &["-czf", "../class/tar.tar.gz", "."]);
    let batch = scene.find("class").unwrap();
    assert_eq!(ids(&batch), ["git", "tar", "zip"]);
    for handed in &batch.handed {
        let submission = handed.read(&[&test_lab()]);
        assert_eq!(submission.problem, None, "{}", handed.student);
        assert_eq!(submission.files["lab-05-cnn"], Files::from([(WINDOW.into(), b"text".to_vec())]));
    }
}
