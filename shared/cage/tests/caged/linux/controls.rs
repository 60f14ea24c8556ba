//! Every misdeed of `cage::controls()`, in every way in which a cage can be built here.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::thread;

use cage::controls::Control;

pub(super) const TESTS: &[super::Test] = &[
    ("controls/all_hold", all_hold),
    ("controls/all_hold_without_namespaces", all_hold_without_namespaces),
    ("controls/all_hold_for_nobody_in_particular", all_hold_for_nobody_in_particular),
];

fn all_hold() {
    check(|control| control.run());
}

fn all_hold_without_namespaces() {
    check(|control| control.run_with(|cage| cage.without_namespaces()));
}

/// The tests may run as root, whose cages change the user. So once more as somebody else.
fn all_hold_for_nobody_in_particular() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let copy = folder.path().join("caged");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    let mut again = Command::new(copy);
    again.args(["controls/all_hold", "worker/", "ends/", "left_behind/"]).current_dir("/");
    let output = again.env("REQUIRE_CAGE", "1").uid(54_321).gid(54_321).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn check(run: impl Fn(&Control) -> Result<cage::controls::Finding, cage::CageError> + Sync) {
    let controls = cage::controls();
    assert!(controls.len() >= 30, "only {} controls", controls.len());
    // Four at a time: most of them sleep.
    let findings: Vec<_> = controls
        .chunks(4)
        .flat_map(|some| {
            thread::scope(|scope| {
                let threads: Vec<_> =
                    some.iter().map(|control| scope.spawn(|| (control.name, run(control)))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
            })
        })
        .collect();
    let bad: Vec<_> = findings
        .iter()
        .filter(|(_, finding)| !finding.as_ref().is_ok_and(|finding| finding.holds()))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}
