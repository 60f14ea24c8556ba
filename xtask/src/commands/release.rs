//! `release`: the students' repository, as a folder or as a branch.

use anyhow::Result;

use crate::Verdict;
use crate::cli::ReleaseArgs;
use crate::lab::Lab;
use crate::release::branches::{Repository, SOLUTIONS, STUDENTS};
use crate::release::check::Stage;
use crate::release::place::{may_write, place};
use crate::release::{self, NOTE};
use crate::terminal::{GREEN, YELLOW, count, say, spinner};
use crate::workspace::Workspace;

/// `cargo xtask release`.
pub(crate) fn release(workspace: &Workspace, args: &ReleaseArgs) -> Result<Verdict> {
    let revealed = release::revealed(workspace, &args.reveal)?;
    // What may not be written is said before anything is built.
    let repository = if args.branches { Some(Repository::open(workspace)?) } else { None };
    if let Some(dir) = &args.dir {
        may_write(dir)?;
    }

    let bar = spinner("putting the release together");
    let mut files = release::compose(workspace, &revealed)?;
    bar.finish_and_clear();
    say!("{GREEN}✓{GREEN:#} {} that give nothing away", count(files.len(), "file"));
    Stage::set(workspace, &mut files)?.check()?;
    files.insert(NOTE.into(), release::note(workspace, &revealed).into_bytes());

    if let Some(repository) = repository {
        repository.commit(&files, &release::shown(&revealed))?;
        say!(
            "{YELLOW}Push them to different remotes{YELLOW:#}: whoever can fetch `{STUDENTS}` can fetch a `{SOLUTIONS}` \
             beside it."
        );
    }
    if let Some(dir) = &args.dir {
        place(&files, dir)?;
        say!("{GREEN}✓{GREEN:#} {} is the students' repository, {}", dir.display(), told(&revealed));
    }
    Ok(Verdict::Passed)
}

fn told(revealed: &[&Lab]) -> String {
    match revealed {
        [] => "without solutions".to_string(),
        labs => {
            format!("with everything of {}", labs.iter().map(|lab| lab.id()).collect::<Vec<_>>().join(", "))
        }
    }
}
