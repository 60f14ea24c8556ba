use cage::*;
use std::process::Command;
fn main() {
    cage::launcher();
    println!("{}", cage::level());
    let c = Cage::worker().system_libraries().executable("/bin/echo");
    for c in [c.clone(), c.without_namespaces()] {
    println!("{:?}", c.run(Command::new("/bin/echo").arg("hello")));
    }
    for control in cage::controls() {
        for ns in [true, false] {
            let r = control.run_with(|c| if ns { c } else { c.without_namespaces() });
            match r { Ok(f) => println!("{} {:<18} {ns} caged: {} | free: {}", if f.holds() {"ok  "} else {"FAIL"}, control.name, f.caged, f.free), Err(e) => println!("ERR {} {e}", control.name) }
        }
    }
}
