//! `replay`: repeat the one case that a token names.

use anyhow::{Context, Result, bail};

use crate::Verdict;
use crate::cargo;
use crate::cli::ReplayArgs;
use crate::lab::Edition;
use crate::report::{Reader, Report};
use crate::run::{self, CheckRun, Options};
use crate::workspace::Workspace;

/// `cargo xtask replay`.
pub(crate) fn replay(workspace: &Workspace, args: &ReplayArgs) -> Result<Verdict> {
    let parts: Vec<&str> = args.token.split(':').collect();
    let [lab, check, _seed, _case] = parts[..] else {
        bail!(
            "`{}` is no token; a token looks like lab-05:conv_is_linear:0:17 and stands at the end of a failure's report",
            args.token
        );
    };
    let lab = workspace.lab(lab)?;
    let edition = Edition::from_flag(args.solution);
    let build = cargo::build_checks(workspace, lab, edition)?;
    let executable = match build.executable() {
        Some(executable) if build.success => executable,
        _ => {
            anstream::eprint!("{}", build.complaint());
            return Ok(Verdict::Failed);
        }
    };
    let dir = lab.dir(edition);
    run::plan(executable, &dir)?
        .iter()
        .find(|info| info.name == check)
        .with_context(|| format!("{} has no check `{check}`", lab.id()))?;
    let options = Options {
        executable: executable.to_path_buf(),
        dir,
        replay: Some(args.token.clone()),
        ..Options::default()
    };
    let flags = if args.solution { " --solution" } else { "" };
    let mut report = Report::new(lab, Reader::Person, true, flags);
    let runs = run::run(&options, &mut |news| report.take(news))?;
    if runs.is_empty() {
        bail!("the token names no case");
    }
    report.finish(&runs, true);
    Ok(Verdict::passed_if(runs.iter().all(CheckRun::passed)))
}
