use cage::*;
use std::process::Command;
fn main() {
    cage::launcher();
    let sysroot = String::from_utf8(Command::new("rustc").args(["--print","sysroot"]).output().unwrap().stdout).unwrap();
    let sysroot = std::path::Path::new(sysroot.trim());
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("lib.rs"), "pub fn f(x: f64) -> f64 { x * 2.0 }").unwrap();
    std::fs::write(dir.path().join("main.rs"), "fn main() { println!(\"hi {}\", std::env::args().count()); }").unwrap();
    for ns in [true, false] {
    let c = Cage::compiler().system_libraries().toolchain(sysroot).linker().readable(dir.path());
    let c = if ns { c } else { c.without_namespaces() };
    for (f, extra) in [("lib.rs", vec!["--crate-type=rlib", "--emit=link,metadata"]), ("main.rs", vec!["-Clinker=/usr/bin/cc"]), ("main.rs", vec!["-Clinker=/usr/bin/cc", "-Clinker-features=-lld", "-Copt-level=3"])] {
        let o = c.run(Command::new(sysroot.join("bin/rustc")).arg(dir.path().join(f)).args(["--edition=2024","--sysroot"]).arg(sysroot).args(extra).env("PATH", "/usr/bin")).unwrap();
        println!("{} {:?} {}\n{}", o.end, o.usage, String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr));
        if std::env::var("LS").is_ok() { let _ = Command::new("ls").arg("-lR").arg(o.scratch.path()).status(); }
    }}
}
