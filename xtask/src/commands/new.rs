//! `new`: an empty lab that works from the first minute, so that its author changes a running thing.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::Verdict;
use crate::cli::NewArgs;
use crate::commands::stubs::write;
use crate::lab::{Edition, Lab};
use crate::stubs::{format, generate};
use crate::terminal::{BOLD, CYAN, GREEN, say};
use crate::workspace::{Workspace, write_atomically};

/// The files of a new lab. `Cargo.toml` has another name here, or cargo would take the templates for a package.
const TEMPLATES: [(&str, &str); 12] = [
    ("Cargo.toml", include_str!("../../templates/manifest.toml")),
    ("lab.toml", include_str!("../../templates/lab.toml")),
    ("README.md", include_str!("../../templates/README.md")),
    ("src/lib.rs", include_str!("../../templates/src/lib.rs")),
    ("src/mean.rs", include_str!("../../templates/src/mean.rs")),
    ("checks/contract.rs", include_str!("../../templates/checks/contract.rs")),
    ("checks/visible.rs", include_str!("../../templates/checks/visible.rs")),
    ("checks/hidden.rs", include_str!("../../templates/checks/hidden.rs")),
    ("tests/checks.rs", include_str!("../../templates/tests/checks.rs")),
    ("examples/demo.rs", include_str!("../../templates/examples/demo.rs")),
    ("wrong/divides_by_one_less.rs", include_str!("../../templates/wrong/divides_by_one_less.rs")),
    ("alternative/running_mean.rs", include_str!("../../templates/alternative/running_mean.rs")),
];

/// `cargo xtask new`.
pub(crate) fn new(workspace: &Workspace, args: &NewArgs) -> Result<Verdict> {
    let (number, name) = split(&args.id)?;
    if let Some(lab) = workspace.labs.iter().find(|lab| lab.number == number || lab.name == name) {
        bail!("{} is already there", lab.id());
    }
    let id = format!("lab-{number:02}-{name}");
    let dir = workspace.root.join("solutions").join(&id);
    ensure!(!dir.exists(), "{} is already there", dir.display());
    let title = match &args.title {
        Some(title) => title.clone(),
        None => title_of(&name),
    };
    let (quoted, short) = (title.replace('\\', "\\\\").replace('"', "\\\""), format!("lab-{number:02}"));
    for (path, template) in TEMPLATES {
        let title = if path.ends_with(".toml") { &quoted } else { &title };
        let text = template
            .replace("{{id}}", &id)
            .replace("{{short}}", &short)
            .replace("{{crate}}", &id.replace('-', "_"))
            .replace("{{number}}", &number.to_string())
            .replace("{{name}}", &name)
            .replace("{{title}}", title);
        // How lines break depends on the name. The bodies in wrong/ and alternative/ are no files of their own.
        let is_module =
            path.ends_with(".rs") && !path.starts_with("wrong") && !path.starts_with("alternative");
        let text = if is_module { format(&workspace.root, Path::new(path), &text)? } else { text };
        write_atomically(&dir.join(path), text.as_bytes())?;
    }
    let lab = Lab::read(&workspace.root, &dir)?;
    fs::create_dir_all(lab.dir(Edition::Student)).context("cannot make the folder of the stub")?;
    write(&lab, &generate(&lab)?)?;

    say!(
        "{GREEN}✓{GREEN:#} solutions/{id} is laid out: one function, two checks, a wrong and an alternative solution."
    );
    say!("\n{BOLD}Write{BOLD:#} solutions/{id}, never labs/{id}, which is made from it. Then");
    say!("  {CYAN}cargo xtask stubs {short}{CYAN:#}            make the stub anew");
    say!("  {CYAN}cargo xtask test {short} --solution{CYAN:#}  check the reference");
    say!("  {CYAN}cargo xtask verify --lab {short}{CYAN:#}     check that the checks check");
    Ok(Verdict::Passed)
}

/// `lab-13-graphs` as number and name.
fn split(id: &str) -> Result<(u32, String)> {
    let form = "a lab is called lab-NN-name, such as lab-13-graphs";
    let rest = id.strip_prefix("lab-").with_context(|| format!("`{id}`: {form}"))?;
    let (number, name) = rest.split_once('-').with_context(|| format!("`{id}`: {form}"))?;
    let number: u32 = number.parse().ok().with_context(|| format!("`{id}`: {form}"))?;
    let plain = name
        .split('-')
        .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    ensure!(plain, "`{name}` must be lower-case words joined by hyphens; {form}");
    Ok((number, name.to_string()))
}

/// `coupling-flows` as `Coupling flows`.
fn title_of(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_labs_are_taken_apart() {
        assert_eq!(split("lab-13-graph-nets").unwrap(), (13, "graph-nets".into()));
        for bad in
            ["graphs", "lab-graphs", "lab-13", "lab-13-", "lab-x-graphs", "lab-13-Graphs", "lab-13-a--b"]
        {
            assert!(split(bad).is_err(), "{bad}");
        }
        assert_eq!(title_of("coupling-flows"), "Coupling flows");
    }
}
