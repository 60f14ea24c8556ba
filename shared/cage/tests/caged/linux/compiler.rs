//! `rustc` in a cage: what it needs is there, what a source may try is not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cage::{Cage, End, Outcome};

use super::both;

pub(super) const TESTS: &[super::Test] = &[
    ("compiler/a_library_is_compiled", a_library_is_compiled),
    ("compiler/a_program_is_linked_and_runs", a_program_is_linked_and_runs),
    ("compiler/no_file_is_included", no_file_is_included),
    ("compiler/a_slow_compile_is_ended", a_slow_compile_is_ended),
];

fn sysroot() -> PathBuf {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

fn compile(cage: &Cage, source: &Path, more: &[&str]) -> Outcome {
    let sysroot = sysroot();
    let mut rustc = Command::new(sysroot.join("bin/rustc"));
    rustc.arg(source).arg("--edition=2024").arg("--sysroot").arg(&sysroot).args(more);
    rustc.arg("-Clinker=/usr/bin/cc").env("PATH", "/usr/bin");
    cage.run(&rustc).unwrap()
}

fn with_source(text: &str, test: impl Fn(Cage, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.rs");
    fs::write(&source, text).unwrap();
    for cage in both(Cage::compiler().system_libraries().toolchain(sysroot()).linker().readable(&source)) {
        test(cage, &source);
    }
}

fn said(outcome: &Outcome) -> String {
    format!("{}: {}", outcome.end, String::from_utf8_lossy(&outcome.stderr))
}

fn a_library_is_compiled() {
    with_source("pub fn twice(x: f64) -> f64 { 2.0 * x }", |cage, source| {
        let outcome = compile(&cage, source, &["--crate-type=rlib", "--emit=metadata,link"]);
        assert!(outcome.end.success(), "{}", said(&outcome));
        for name in ["libsource.rlib", "libsource.rmeta"] {
            assert!(outcome.scratch.read(name, 1 << 20).unwrap().len() > 1000, "{name}");
        }
        assert!(outcome.usage.peak_memory > 10 << 20, "{:?}", outcome.usage);
        assert!(!outcome.usage.cpu.is_zero() && !outcome.usage.wall.is_zero());
    });
}

fn a_program_is_linked_and_runs() {
    with_source("fn main() { println!(\"{}\", 6 * 7); }", |cage, source| {
        let outcome = compile(&cage, source, &["-Copt-level=1"]);
        assert!(outcome.end.success(), "{}", said(&outcome));
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::write(&program, outcome.scratch.read("source", 64 << 20).unwrap()).unwrap();
        fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        for cage in both(Cage::worker().system_libraries().executable(&program)) {
            let outcome = cage.run(&Command::new(&program)).unwrap();
            assert!(outcome.end.success(), "{}", said(&outcome));
            assert_eq!(outcome.stdout, b"42\n");
        }
    });
}

fn no_file_is_included() {
    let hidden = tempfile::NamedTempFile::new().unwrap();
    fs::write(hidden.path(), "\"the answer\"").unwrap();
    // Readable for everybody, so that it is the cage that refuses.
    fs::set_permissions(hidden.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    for include in ["include_str!", "include!", "include_bytes!"] {
        let text = format!("fn main() {{ let _ = {include}({:?}); }}", hidden.path());
        with_source(&text, |cage, source| {
            let outcome = compile(&cage, source, &["--emit=metadata"]);
            assert_eq!(outcome.end, End::Exited(1));
            assert!(said(&outcome).contains("Permission denied"), "{}", said(&outcome));
            let cage = cage.readable(hidden.path());
            let outcome = compile(&cage, source, &["--emit=metadata"]);
            assert!(outcome.end.success(), "{}", said(&outcome));
        });
    }
}

fn a_slow_compile_is_ended() {
    let text = "#![allow(long_running_const_eval)]\nconst N: u64 = { let mut n = 0; while n < u64::MAX { n += 1; } n };\nfn main() { println!(\"{N}\"); }";
    with_source(text, |cage, source| {
        let limits = cage::Limits { cpu: std::time::Duration::from_secs(1), ..cage::Limits::compiler() };
        let outcome = compile(&cage.limits(limits), source, &["--emit=metadata"]);
        assert_eq!(outcome.end, End::CpuTime, "{}", said(&outcome));
    });
}
