//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Students:
  cargo xtask                        where you stand and what comes next
  cargo xtask test lab-05            check what you wrote, step by step
  cargo xtask test lab-05 --watch    the same whenever you save
  cargo xtask hint lab-05            a nudge; again for a stronger one
  cargo xtask demo lab-05            train what you wrote on real data

Authors:
  cargo xtask new lab-13-graphs      lay out an empty lab
  cargo xtask stubs                  write labs/ from solutions/
  cargo xtask verify                 everything that must hold before a push
  cargo xtask mutants lab-05         what its checks would not notice
  cargo xtask bench --peers          how fast it is beside PyTorch, candle and burn

Instructors:
  cargo xtask release ../course      the students' repository
  cargo xtask grade handed-in/       points and reports for a folder of submissions
  cargo xtask doctor --cage          whether this machine keeps hostile code in its place

A lab may be called lab-05-cnn, lab-05, 05, 5 or cnn.
Exit status: 0 passed, 1 failed, 2 the command could not be carried out.";

/// The runner of the labs: checks your code, explains what fails, runs the demos.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// Work on the workspace in this folder instead of the one that the runner belongs to.
    #[arg(long, value_name = "DIR", global = true, hide = true)]
    pub(crate) root: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show all labs and their steps.
    List(ListArgs),
    /// Check what you wrote, in the order of the handout's steps.
    Test(TestArgs),
    /// Show the next hint for the check that fails.
    Hint(HintArgs),
    /// Put back the stubs of a lab, keeping a copy of your files.
    Reset(ResetArgs),
    /// Run a lab's demo on real data.
    Demo(DemoArgs),
    /// Repeat one failed case by the token that a report showed.
    Replay(ReplayArgs),
    /// Write labs/ from solutions/, or compare the two.
    Stubs(StubsArgs),
    /// Lay out a new lab that works from the start.
    New(NewArgs),
    /// Examine this machine: toolchain, memory, data, terminal.
    Doctor(DoctorArgs),
    /// Check the labs themselves: format, lints, tests, stubs, references, wrong solutions.
    Verify(VerifyArgs),
    /// Change the reference in small ways and see which changes no check catches.
    Mutants(MutantsArgs),
    /// Time the training steps of the benchmark, alone or beside PyTorch, candle and burn.
    Bench(BenchArgs),
    /// Judge submissions that nobody trusts: hidden checks, in a cage.
    Grade(GradeArgs),
    /// Join what the shards of a batch have written.
    Merge(MergeArgs),
    /// Write the students' repository: everything but the solutions.
    Release(ReleaseArgs),
    /// Run a worker in a cage, on the socket that is stdin: what check binaries start, not people.
    #[command(hide = true)]
    Worker(WorkerArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print one JSON object per lab.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask test lab-05                        all steps, explaining the first that fails
  cargo xtask test cnn conv2d_equals_seven_loops one check
  cargo xtask test 5 --step 3 --watch            step 3 on every save
  cargo xtask test 5 --all                       explain every failure
  cargo xtask test 5 --solution                  the reference, with its hidden checks")]
pub(crate) struct TestArgs {
    /// The lab: lab-05-cnn, lab-05, 05, 5 or cnn.
    pub(crate) lab: String,
    /// Run only this check (or the checks whose names contain this).
    pub(crate) check: Option<String>,
    /// Check again whenever a file of the lab is saved.
    #[arg(long, short, conflicts_with = "json")]
    pub(crate) watch: bool,
    /// Check the reference solution instead of your code.
    #[arg(long)]
    pub(crate) solution: bool,
    /// Go on after the first failing step and explain every failure.
    #[arg(long, short)]
    pub(crate) all: bool,
    /// Run only the checks of this step.
    #[arg(long, short, value_name = "STEP")]
    pub(crate) step: Option<String>,
    /// Give up on an input after so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) limit: Option<u64>,
    /// Print one JSON object per event, for editors and scripts.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Each call shows one hint more: a nudge, then the idea, then nearly the code.

Examples:
  cargo xtask hint lab-05        for the check that failed last
  cargo xtask hint lab-05 3      for step 3
  cargo xtask hint lab-05 --more all that are left, at once")]
pub(crate) struct HintArgs {
    /// The lab.
    pub(crate) lab: String,
    /// A step or a check; without it, the check that failed last.
    #[arg(value_name = "STEP|CHECK")]
    pub(crate) about: Option<String>,
    /// Show all hints that are left.
    #[arg(long)]
    pub(crate) more: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Your version is kept beside the file (conv.rs.1.bak, conv.rs.2.bak, …).

Examples:
  cargo xtask reset lab-05                 all files with stubs, after asking
  cargo xtask reset lab-05 src/conv.rs -y  one file, without asking")]
pub(crate) struct ResetArgs {
    /// The lab.
    pub(crate) lab: String,
    /// The files to put back, such as src/conv.rs or conv.rs; without them, all files with stubs.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Do not ask.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask demo lab-05                  train what you wrote
  cargo xtask demo lab-05 --solution       train the reference
  cargo xtask demo lab-05 --quick          less data, fewer epochs
  cargo xtask demo lab-05 -- --epochs 3    anything behind -- goes to the demo")]
pub(crate) struct DemoArgs {
    /// The lab.
    pub(crate) lab: String,
    /// Run the reference solution's demo.
    #[arg(long)]
    pub(crate) solution: bool,
    /// The short version.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Print the result as one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Handed to the demo as they are.
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) extra: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The token at the end of a failure's report, such as lab-05:conv_is_linear:0:17.
    pub(crate) token: String,
    /// Repeat it on the reference solution.
    #[arg(long)]
    pub(crate) solution: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask stubs              write all labs
  cargo xtask stubs lab-05       write one
  cargo xtask stubs --check      only compare; exit status 1 if they differ")]
pub(crate) struct StubsArgs {
    /// The labs; without them, all.
    #[arg(value_name = "LAB")]
    pub(crate) labs: Vec<String>,
    /// Show how labs/ differs from what would be written, and write nothing.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// Number and name, such as lab-13-graphs.
    #[arg(value_name = "LAB-NN-NAME")]
    pub(crate) id: String,
    /// The title of the handout; made from the name if left out.
    #[arg(long)]
    pub(crate) title: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
With --cage, exit status 0 means that each misdeed was stopped, and that each was seen to succeed outside: one that fails
there as well proves nothing about the cage. Containers often forbid some; --allow-unknown takes these for good.")]
pub(crate) struct DoctorArgs {
    /// Examine the cage instead: try what hostile code would try, in the cage and outside.
    #[arg(long)]
    pub(crate) cage: bool,
    /// Do not fail for misdeeds that cannot be done here even without a cage.
    #[arg(long, requires = "cage")]
    pub(crate) allow_unknown: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask verify                             everything
  cargo xtask verify --lab lab-05 --only wrong   one lab's wrong solutions
  cargo xtask verify --only fmt --only clippy    two stages
  cargo xtask verify --seeds 200 --lab lab-05    only this: does any right solution ever fail?")]
pub(crate) struct VerifyArgs {
    /// Look at these labs only.
    #[arg(long = "lab", value_name = "LAB")]
    pub(crate) labs: Vec<String>,
    /// Run these stages only.
    #[arg(long, value_name = "STAGE")]
    pub(crate) only: Vec<Stage>,
    /// Instead of the stages, run every reference and alternative solution with N seeds, in the cage: none may fail.
    #[arg(long, value_name = "N", conflicts_with = "only", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) seeds: Option<u64>,
}

/// A stage of `verify`, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// `cargo fmt --check` over the whole workspace.
    Fmt,
    /// `cargo clippy -D warnings` over the whole workspace, labs included.
    Clippy,
    /// Documentation without broken links
    Docs,
    /// `cargo test`: tests and doctests of the default members.
    Tests,
    /// labs/ is what `stubs` writes, and gives nothing away.
    Stubs,
    /// Every stub compiles without a warning and fails every check.
    Fails,
    /// Every reference passes all checks, with several seeds.
    Reference,
    /// Right solutions of another kind pass all checks.
    Alternative,
    /// Every wrong solution is caught by the check it names.
    Wrong,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The mutants are those of cargo-mutants (`cargo install cargo-mutants --locked`) in the code that students write. A survivor
that computes the same as the reference, or cannot matter, is explained in the solution's MUTANTS.md. What was judged
is remembered, so Ctrl-C loses nothing and the same command goes on.

Examples:
  cargo xtask mutants lab-05                    all of them: some minutes
  cargo xtask mutants lab-05 Window::source     those of one function

Exit status: 0 if 95 % of the viable mutants are caught and MUTANTS.md explains exactly the others, else 1.")]
pub(crate) struct MutantsArgs {
    /// The lab.
    pub(crate) lab: String,
    /// Only the mutants whose names contain this.
    pub(crate) name: Option<String>,
    /// Mutants at the same time; without it, one for each core.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Print one JSON object per mutant, and the score.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A workload is a training step (zero_grad, forward, loss, backward, step) on a batch that is in memory already, or a
matrix product. All libraries compute the same in f32 with as many threads, and take turns, so that a ratio holds even
where the machine is not quiet; a network with another number of parameters is an error.

The first run with --peers installs PyTorch into target/bench (Python 3.10 or newer is needed) and builds candle and
burn there, which takes some minutes. What is missing is named in the report.

Examples:
  cargo xtask bench                                  every workload, ours alone
  cargo xtask bench --peers                          beside PyTorch, candle and burn
  cargo xtask bench --peers=pytorch --only lenet     one workload beside one library
  cargo xtask bench threads --only lenet,unet        two threads or more against one
  cargo xtask bench batch                            what a sample costs in small and in large batches
  cargo xtask bench memory --peers=pytorch           what a step adds to the idle process (Linux)
  cargo xtask bench operations                       GFLOP/s and GB/s of single operations

The report is target/bench/time.html (threads.html, …), its numbers are beside it. Ctrl-C keeps what was measured.")]
pub(crate) struct BenchArgs {
    /// What to find out.
    #[arg(value_name = "QUESTION", value_enum, default_value_t = Question::Time)]
    pub(crate) question: Question,
    /// The libraries to compare with; all, if none is named.
    #[arg(
        long,
        value_name = "LIBRARY,…",
        value_enum,
        value_delimiter = ',',
        num_args = 0..,
        require_equals = true,
        default_missing_value = "pytorch,candle,burn"
    )]
    pub(crate) peers: Option<Vec<Library>>,
    /// Only the workloads whose names contain one of these.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Threads; without it, one for each core.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Seconds for each workload and library.
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0, value_parser = seconds)]
    pub(crate) seconds: f64,
    /// Print a JSON object for each workload.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A question that the benchmark answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Question {
    /// How long a step takes.
    Time,
    /// How much faster several threads are than one.
    Threads,
    /// What a sample costs in small and in large batches.
    Batch,
    /// How much memory a step needs beyond what the process has when idle.
    Memory,
    /// How close single operations come to what the machine can do.
    Operations,
}

/// A library that takes part in the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Library {
    /// The one that students write against; always there.
    #[value(skip)]
    Ours,
    /// PyTorch, in a virtual environment below target/.
    Pytorch,
    /// candle, by Hugging Face.
    Candle,
    /// burn, with its fastest CPU backend.
    Burn,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if 0.0 < seconds && seconds <= 3600.0 => Ok(seconds),
        _ => Err("write a number of seconds between 0 and 3600".to_string()),
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
What is a submission:
  - an archive (.zip, .tar.gz, .tgz) is one submission;
  - a folder that holds labs/lab-NN-name/ or lab-NN-name/ (with a lab.toml or a file to hand in) is one submission;
    with a single --lab, so is a folder that holds that lab's lab.toml or src/ itself;
  - any other folder is a folder of submissions: each folder and each archive in it is one.
Inside a submission one wrapping folder is allowed, as in archives from GitHub. A folder in which there is nothing but
one archive stands for it, as in Moodle's downloads. The student's id is the entry's name, or what --roster says.

Only the files that lab.toml lists as `submit` are looked at. Results are written as they land, so Ctrl-C loses nothing
but the submission in flight, and the same command goes on where it stopped.

Examples:
  cargo xtask grade                                 this checkout's own labs/
  cargo xtask grade handed-in/ --lab lab-05         a folder of submissions
  cargo xtask grade alice.zip --visibility visible  one submission, with the hidden checks shown
  cargo xtask grade --solutions                     the references: full marks, or something is wrong
  cargo xtask grade handed-in/ --shard 3/20 --out shard-3     one of twenty machines

Exit status: 0 all graded, 1 something could not be graded (or a reference lost a point), 2 nothing could be done.")]
pub(crate) struct GradeArgs {
    /// Submissions or folders of submissions; without any, this checkout's labs/.
    #[arg(value_name = "PATH", conflicts_with = "solutions")]
    pub(crate) paths: Vec<PathBuf>,
    /// Grade these labs only.
    #[arg(long = "lab", value_name = "LAB", value_delimiter = ',')]
    pub(crate) labs: Vec<String>,
    /// Grade the reference solutions.
    #[arg(long)]
    pub(crate) solutions: bool,
    /// Where results and reports go.
    #[arg(long, value_name = "DIR", default_value = "grades")]
    pub(crate) out: PathBuf,
    /// Submissions at the same time; without it, one for each core.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Only each n-th submission, beginning with the i-th: for n machines.
    #[arg(long, value_name = "I/N", value_parser = Shard::parse)]
    pub(crate) shard: Option<Shard>,
    /// Grade again what was graded already.
    #[arg(long)]
    pub(crate) regrade: bool,
    /// A table `submission,student[,name]` (CSV) that says who handed in what.
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<PathBuf>,
    /// When students see the hidden checks.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Visibility::Hidden)]
    pub(crate) visibility: Visibility,
    /// The course, as the heading of the pages.
    #[arg(long, value_name = "TEXT", default_value = "dl-labs")]
    pub(crate) title: String,
    /// A secret of this course: other salts, other inputs.
    #[arg(long, value_name = "TEXT", default_value = "", env = "DL_LABS_SALT", hide_env_values = true)]
    pub(crate) salt: String,
    /// Seconds for one call of a graded function.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) limit: u64,
    /// Seconds for all calls of a lab.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) budget: u64,
    /// Seconds of processor time for each of the two calls of rustc that a lab needs.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) compile_limit: u64,
    /// Grade other people's code although this system cannot cage it.
    #[arg(long)]
    pub(crate) allow_uncaged: bool,
    /// Print one JSON object per result.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The folders that `grade --shard … --out DIR` wrote.
    #[arg(value_name = "DIR", required = true)]
    pub(crate) shards: Vec<PathBuf>,
    /// Where the whole goes.
    #[arg(long, value_name = "DIR", default_value = "grades")]
    pub(crate) out: PathBuf,
    /// When students see the hidden checks.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Visibility::Hidden)]
    pub(crate) visibility: Visibility,
    /// The course, as the heading of the pages.
    #[arg(long, value_name = "TEXT", default_value = "dl-labs")]
    pub(crate) title: String,
}

/// When students see the hidden checks: what they say and on which input they fail, never their source.
///
/// The names and their meaning are Gradescope's. A page cannot know the day: it shows hidden checks if they are
/// [`Visible`](Visibility::Visible), and is written again when their time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub(crate) enum Visibility {
    /// Never. Their points count in the total that students see.
    Hidden,
    /// When the deadline is over. Until then students see no total either.
    AfterDueDate,
    /// When the grades are published. Until then students see no total either.
    AfterPublished,
    /// Always.
    Visible,
}

/// The i-th of n parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// From 1.
    pub(crate) part: usize,
    pub(crate) of: usize,
}

impl Shard {
    fn parse(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((part, of)) if 1 <= part && part <= of => Ok(Shard { part, of }),
            _ => Err("write the part and the number of parts, such as 3/20; the first part is 1".to_string()),
        }
    }

    /// Whether the `index`-th submission, from 0, is in this part.
    pub(crate) fn has(self, index: usize) -> bool {
        index % self.of == self.part - 1
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Students get labs/, shared/ and the runner; solutions/, recipes and what is marked hidden stay behind. Only what git knows
of is published, as it is in the working tree. The result is scanned for what would give a solution away, its lock file is
checked, and the first of its labs must compile and fail as it should: only then does it replace DIR.

DIR must be empty, missing or an earlier release. What a release does not write (.git, .github, target, …) stays there, so
DIR may be the checkout of the students' repository.

--reveal adds the whole solution of a lab whose deadline has passed, with its hidden checks and wrong solutions: grade first.

--branches commits to two branches of this repository instead, without touching the working tree: `students` has what DIR
would have, `solutions` has everything. Push them to different remotes: whoever can fetch from a remote can read all of its
branches, and a branch `solutions` beside `students` hides nothing.
  git push git@…:course/labs.git students:main          (everybody)
  git push git@…:staff/labs.git solutions               (staff only)

Examples:
  cargo xtask release ../course
  cargo xtask release ../course --reveal lab-01..lab-04      four labs, the last one included
  cargo xtask release --branches --reveal lab-01,lab-02")]
pub(crate) struct ReleaseArgs {
    /// The folder of the students' repository.
    #[arg(value_name = "DIR", required_unless_present = "branches", conflicts_with = "branches")]
    pub(crate) dir: Option<PathBuf>,
    /// Add the solutions of these labs: names and ranges.
    #[arg(long, value_name = "LABS", value_delimiter = ',')]
    pub(crate) reveal: Vec<String>,
    /// Commit to the branches `students` and `solutions` of this repository.
    #[arg(long)]
    pub(crate) branches: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    /// The worker.
    pub(crate) program: PathBuf,
    /// Seconds for all its calls together.
    #[arg(long)]
    pub(crate) budget: u64,
    /// Run it although this system cannot cage.
    #[arg(long)]
    pub(crate) allow_uncaged: bool,
}
