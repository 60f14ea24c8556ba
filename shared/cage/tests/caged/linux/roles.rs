//! What this program does when a test starts it again.

use std::io::{BufRead, Write};
use std::process::Command;
use std::thread;
use std::time::Duration;

use cage::Cage;

/// This program in a role.
pub(super) fn role(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg(format!("role:{name}")).args(arguments);
    command
}

/// A cage in which it can run.
pub(super) fn worker() -> Cage {
    Cage::worker().system_libraries().executable(std::env::current_exe().expect("this program"))
}

pub(super) fn play(role: &str, arguments: &[String]) -> ! {
    let argument = arguments.first().map_or("", String::as_str);
    match role {
        "echo" => {
            for line in std::io::stdin().lock().lines() {
                println!("{}", line.expect("a line").to_uppercase());
            }
        }
        "exit" => std::process::exit(argument.parse().expect("a number")),
        "panic" => panic!("as the test wants it"),
        "abort" => std::process::abort(),
        "overflow" => drop(without_end(1)),
        "sleep" => thread::sleep(Duration::from_secs(30)),
        "environment" => std::env::vars().for_each(|(name, value)| println!("{name}={value}")),
        "directory" => println!("{}", std::env::current_dir().expect("a directory").display()),
        "files" => print!("{}", open_files()),
        "write" => {
            std::fs::write("result", argument).expect("the scratch directory");
            std::fs::create_dir("folder").expect("the scratch directory");
            std::fs::write("folder/inner", "x").expect("the scratch directory");
        }
        "shut" => {
            use std::os::unix::fs::DirBuilderExt;
            std::fs::DirBuilder::new().mode(0o000).create("shut").expect("the scratch directory");
        }
        "lie" => {
            // What the cage's own processes say to each other, on every file that might lead to them.
            let report = br#"{"Ended":{"end":{"Exited":0},"usage":{}}}"#;
            let mut message = (report.len() as u32).to_le_bytes().to_vec();
            message.extend(report);
            std::io::stdout().write_all(&message).expect("standard output");
            std::io::stderr().write_all(&message).expect("standard error");
            std::process::exit(7);
        }
        "forget-memory" => {
            let size = argument.parse().expect("a number");
            let memory: Vec<u8> = Vec::with_capacity(size);
            std::hint::black_box(memory);
        }
        "compute" => {
            let mut sum = 0_u64;
            (0..20_000_000_u64).for_each(|number| sum = std::hint::black_box(sum ^ number));
        }
        // A program that uses a cage, to be killed.
        "grader" => {
            let cage = if argument == "without" { worker().without_namespaces() } else { worker() };
            let caged = cage
                .spawn(&self::role("sleep", &arguments[1..].iter().map(String::as_str).collect::<Vec<_>>()));
            let caged = caged.expect("a cage");
            println!("started");
            thread::sleep(Duration::from_secs(30));
            drop(caged);
        }
        other => panic!("no role {other}"),
    }
    std::process::exit(0)
}

#[expect(unconditional_recursion, reason = "it is to overflow the stack")]
fn without_end(n: i64) -> i64 {
    std::hint::black_box(n + without_end(std::hint::black_box(n + 1)))
}

/// How many files beyond the standard ones can be closed, that is, are open.
fn open_files() -> usize {
    (3..1024).filter(|number| nix::unistd::close(*number).is_ok()).count()
}
