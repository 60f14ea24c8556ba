//! The cage as a program meets it. A test here often starts this program again, in a cage or as the user of one, so it
//! has a main of its own: `cage::launcher()` first, then the roles, then the tests.

#[cfg(target_os = "linux")]
mod linux;

use std::process::ExitCode;

fn main() -> ExitCode {
    cage::launcher();
    #[cfg(target_os = "linux")]
    return linux::main();
    #[cfg(not(target_os = "linux"))]
    {
        println!("There is no cage on this system.\n{}", cage::level());
        ExitCode::SUCCESS
    }
}
