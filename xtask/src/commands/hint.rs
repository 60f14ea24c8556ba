//! `hint`: one stage more each time, from a nudge to nearly the code.

use anyhow::{Context, Result, bail};
use grading::event::CheckInfo;

use crate::Verdict;
use crate::cli::HintArgs;
use crate::commands::test::known_plan;
use crate::lab::Lab;
use crate::progress::Progress;
use crate::report::{handout, label};
use crate::terminal::{BOLD, DIM, say};
use crate::workspace::{Workspace, nearest};

/// `cargo xtask hint`.
pub(crate) fn hint(workspace: &Workspace, args: &HintArgs) -> Result<Verdict> {
    let lab = workspace.lab(&args.lab)?;
    let plan = known_plan(workspace, lab)?;
    let mut progress = Progress::load(&workspace.root);
    let check = subject(lab, &plan, &progress, args.about.as_deref())?;
    let shown = progress.lab(&lab.id()).hints.get(&check.name).copied().unwrap_or(0);
    let stage = if args.more { check.hints.len() } else { shown + 1 };
    print(lab, check, stage);
    progress.lab_mut(&lab.id()).hints.insert(check.name.clone(), stage.min(check.hints.len()));
    progress.save()?;
    Ok(Verdict::Passed)
}

/// Which check a hint is wanted for.
fn subject<'a>(
    lab: &Lab,
    plan: &'a [CheckInfo],
    progress: &Progress,
    about: Option<&str>,
) -> Result<&'a CheckInfo> {
    let known = progress.lab(&lab.id());
    let named = |name: &str| plan.iter().find(|info| info.name == name);
    let failing = known.failing.as_deref().and_then(named);
    match about {
        None => failing
            .or_else(|| plan.iter().find(|info| !known.done.contains(&info.step)))
            .or(plan.first())
            .with_context(|| format!("{} has no checks and so no hints", lab.id())),
        Some(about) => {
            let of_step = || plan.iter().find(|info| info.step == about);
            let found = failing
                .filter(|info| info.step == about)
                .or_else(of_step)
                .or_else(|| named(about))
                .or_else(|| failing.filter(|info| info.name.contains(about)));
            if let Some(info) = found {
                return Ok(info);
            }
            let with_it: Vec<&CheckInfo> = plan.iter().filter(|info| info.name.contains(about)).collect();
            let begun: Vec<&CheckInfo> =
                with_it.iter().copied().filter(|info| info.name.starts_with(about)).collect();
            match if begun.is_empty() { with_it } else { begun }.as_slice() {
                [info] => Ok(info),
                [_, _, ..] => bail!(
                    "several checks have `{about}` in their names; name one:\n  {}",
                    plan.iter()
                        .filter(|info| info.name.contains(about))
                        .map(|info| info.name.as_str())
                        .collect::<Vec<_>>()
                        .join("\n  ")
                ),
                [] => match nearest(about, plan.iter().map(|info| info.name.clone())) {
                    Some(name) => {
                        bail!("{} has no step or check `{about}`; did you mean `{name}`?", lab.id())
                    }
                    None => bail!("{} has no step or check `{about}`", lab.id()),
                },
            }
        }
    }
}

/// Shows the hints up to `stage`, the earlier ones dimmed.
pub(crate) fn print(lab: &Lab, check: &CheckInfo, stage: usize) {
    say!("{BOLD}{}{BOLD:#} {DIM}(step {}){DIM:#}", check.name, check.step);
    if !check.law.is_empty() {
        label("law", &check.law);
    }
    if let Some(step) = lab.step(&check.step) {
        label("handout", &handout(lab, step));
    }
    let all = check.hints.len();
    if all == 0 {
        say!("  There are no hints for this check.");
        return;
    }
    for (index, hint) in check.hints.iter().take(stage).enumerate() {
        label(&format!("hint {}/{all}", index + 1), hint);
    }
    if stage < all {
        say!("  {DIM}{:<12}once more for the next one{DIM:#}", "");
    } else {
        say!("  {DIM}{:<12}that was the last one{DIM:#}", "");
    }
}
