//! What the measurements say: cells for people, JSON for programs.

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::contract::{Work, Workload};
use super::library::{Library, Program};
use super::measure::{Contestant, Outcome};
use super::statistics::{Estimate, Rounds};
pub(crate) use crate::cli::Question;

/// The batch sizes at which the cost of a sample is compared.
const BATCHES: [usize; 3] = [8, 64, 512];

/// What there is to say of a library and a workload.
pub(crate) struct Entry {
    /// A cell for each contestant of the library, and the one that follows from them.
    pub(crate) cells: Vec<String>,
    /// The number that is drawn.
    pub(crate) headline: Option<Estimate>,
    json: Map<String, Value>,
}

/// What there is to say of a workload.
pub(crate) struct Row {
    pub(crate) workload: &'static Workload,
    pub(crate) entries: Vec<Entry>,
    /// The contestants that did not take part, and why.
    pub(crate) missing: Vec<(Library, String)>,
}

impl Question {
    /// Who is to take turns: every library, with the settings that are compared.
    pub(crate) fn contestants<'a>(
        self,
        programs: &'a [(Library, Result<Program, String>)],
        threads: usize,
    ) -> Vec<Contestant<'a>> {
        let settings: Vec<(usize, Option<usize>)> = match self {
            Question::Time | Question::Memory | Question::Operations => vec![(threads, None)],
            Question::Threads => vec![(1, None), (threads, None)],
            Question::Batch => BATCHES.iter().map(|&batch| (threads, Some(batch))).collect(),
        };
        let of = |(library, program): &'a (Library, Result<Program, String>)| {
            let program = program.as_ref().map_err(String::as_str);
            settings
                .iter()
                .map(move |&(threads, batch)| Contestant { library: *library, program, threads, batch })
                .collect::<Vec<_>>()
        };
        programs.iter().flat_map(of).collect()
    }

    /// Whether the question makes sense for a workload.
    pub(crate) fn applies_to(self, workload: &Workload) -> bool {
        self != Question::Batch || workload.batch.is_some()
    }

    /// The columns of one library.
    pub(crate) fn columns(self, library: Library, threads: usize) -> Vec<String> {
        let title = library.title();
        match self {
            Question::Time if library == Library::Ours => vec![title.to_string()],
            Question::Memory if library == Library::Ours => vec![title.to_string()],
            Question::Time | Question::Memory => vec![title.to_string(), format!("ours : {title}")],
            Question::Operations => {
                let mut columns = vec![title.to_string(), "at".to_string(), "of the ceiling".to_string()];
                if library != Library::Ours {
                    columns.push(format!("ours : {title}"));
                }
                columns
            }
            Question::Threads => {
                vec![format!("{title}, 1 thread"), format!("{threads} threads"), "speed-up".to_string()]
            }
            Question::Batch => {
                let mut columns = vec![format!("{title}, {} a step", BATCHES[0])];
                columns.extend(BATCHES[1..].iter().map(usize::to_string));
                columns.push("most : least".to_string());
                columns
            }
        }
    }

    /// What the bars of the page show.
    pub(crate) fn axis(self, peers: &[Library]) -> &'static str {
        match self {
            Question::Time if peers.contains(&Library::Pytorch) => "steps in the time of one of PyTorch's",
            Question::Time => "ms a step",
            Question::Threads => "speed-up over one thread",
            Question::Batch => "most : least, time for a sample",
            Question::Memory => "MiB beyond the idle process",
            Question::Operations => "of what the machine can do",
        }
    }
}

/// What the machine can do at best, per second, as measured by `ceiling_flops` and `ceiling_bytes`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ceilings {
    flops: Option<f64>,
    bytes: Option<f64>,
}

impl Ceilings {
    /// Keeps what a workload says about the ceilings, if it is one of them.
    pub(crate) fn learn(&mut self, workload: &Workload, outcomes: &[Outcome<Rounds>]) {
        let time = outcomes.first().and_then(Outcome::measured).map(Rounds::time);
        let per_second = |work: f64| time.map(|time| 1e3 * work / time.value);
        match (workload.name, workload.work) {
            ("ceiling_flops", Some(Work::Flops(flops))) => self.flops = per_second(flops),
            ("ceiling_bytes", Some(Work::Bytes(bytes))) => self.bytes = per_second(bytes),
            _ => {}
        }
    }
}

/// The answers of one workload, from the times of all contestants.
pub(crate) fn timed(
    question: Question,
    ceilings: Ceilings,
    contestants: &[Contestant<'_>],
    workload: &'static Workload,
    outcomes: &[Outcome<Rounds>],
) -> Row {
    let all: Vec<_> = contestants.iter().zip(outcomes).collect();
    let of = |library| all.iter().find(|(contestant, _)| contestant.library == library)?.1.measured();
    let (ours, pytorch) = (of(Library::Ours), of(Library::Pytorch));
    let entries = all.chunk_by(|a, b| a.0.library == b.0.library).map(|group| {
        let library = group[0].0.library;
        match question {
            Question::Time | Question::Memory => time(library, group[0].1.measured(), ours, pytorch),
            Question::Operations => achieved(library, group[0].1.measured(), ours, workload, ceilings),
            Question::Threads => speed_up(library, group),
            Question::Batch => cost_of_a_sample(library, group),
        }
    });
    Row { workload, entries: entries.collect(), missing: missing(contestants, outcomes) }
}

/// The answers of one workload, from the bytes by which the contestants grew.
pub(crate) fn grown(
    contestants: &[Contestant<'_>],
    workload: &'static Workload,
    outcomes: &[Outcome<u64>],
) -> Row {
    let mebibytes = |outcome: &Outcome<u64>| outcome.measured().map(|&bytes| bytes as f64 / (1 << 20) as f64);
    let ours = outcomes.first().and_then(mebibytes);
    let entries = contestants.iter().zip(outcomes).map(|(contestant, outcome)| {
        let (library, size) = (contestant.library, mebibytes(outcome));
        let key = library.key();
        let mut json = Map::from_iter([(format!("{key}_mib"), json!(size))]);
        let mut cells = vec![size.map_or(dash(), |size| format!("{} MiB", digits(size)))];
        if library != Library::Ours {
            let ratio = ours.zip(size).map(|(ours, size)| ours / size);
            json.insert(format!("ratio_{key}"), json!(ratio));
            cells.push(ratio.map_or(dash(), digits));
        }
        let headline = size.map(|value| Estimate { value, low: value, high: value });
        Entry { cells, headline, json }
    });
    Row { workload, entries: entries.collect(), missing: missing(contestants, outcomes) }
}

fn missing<T>(contestants: &[Contestant<'_>], outcomes: &[Outcome<T>]) -> Vec<(Library, String)> {
    let reasons = contestants
        .iter()
        .zip(outcomes)
        .filter_map(|(contestant, outcome)| Some((contestant.library, outcome.missing()?.to_string())));
    let mut reasons: Vec<_> = reasons.collect();
    reasons.dedup();
    reasons
}

fn time(library: Library, rounds: Option<&Rounds>, ours: Option<&Rounds>, pytorch: Option<&Rounds>) -> Entry {
    let key = library.key();
    let time = rounds.map(Rounds::time);
    let mut json = Map::new();
    estimate(&mut json, &format!("{key}_ms"), time);
    let mut cells = vec![time.map_or(dash(), with_scatter)];
    if library != Library::Ours {
        let ratio = ours.zip(rounds).map(|(ours, rounds)| ours.ratio(rounds));
        estimate(&mut json, &format!("ratio_{key}"), ratio);
        cells.push(ratio.map_or(dash(), with_range));
    }
    let headline = match (pytorch, rounds) {
        (Some(pytorch), Some(rounds)) => Some(pytorch.ratio(rounds)),
        _ => time,
    };
    Entry { cells, headline, json }
}

fn achieved(
    library: Library,
    rounds: Option<&Rounds>,
    ours: Option<&Rounds>,
    workload: &Workload,
    ceilings: Ceilings,
) -> Entry {
    let Entry { mut cells, mut json, .. } = time(library, rounds, ours, None);
    let (work, ceiling, unit) = match workload.work {
        Some(Work::Flops(flops)) => (flops, ceilings.flops, "GFLOP/s"),
        Some(Work::Bytes(bytes)) => (bytes, ceilings.bytes, "GB/s"),
        None => (0.0, None, ""),
    };
    let rate = rounds.map(|rounds| 1e3 * work / rounds.time().value);
    let share = rate.zip(ceiling).map(|(rate, ceiling)| rate / ceiling);
    let key = library.key();
    let name = unit.to_lowercase().replace('/', "_");
    json.insert(format!("{key}_{name}"), json!(rate.map(|rate| rate / 1e9)));
    json.insert(format!("{key}_of_ceiling"), json!(share));
    cells.insert(1, rate.map_or(dash(), |rate| format!("{} {unit}", digits(rate / 1e9))));
    cells.insert(2, share.map_or(dash(), |share| format!("{:.0} %", 100.0 * share)));
    let headline = share.map(|value| Estimate { value, low: value, high: value });
    Entry { cells, headline, json }
}

fn speed_up(library: Library, group: &[(&Contestant<'_>, &Outcome<Rounds>)]) -> Entry {
    let rounds: Vec<_> = group.iter().map(|(_, outcome)| outcome.measured()).collect();
    let speed_up = match rounds[..] {
        [Some(one), Some(several)] => Some(one.ratio(several)),
        _ => None,
    };
    let mut json = Map::from_iter([("library".to_string(), json!(library.key()))]);
    let mut cells = Vec::new();
    for ((contestant, _), rounds) in group.iter().zip(&rounds) {
        let time = rounds.map(Rounds::time);
        estimate(&mut json, &format!("ms_threads_{}", contestant.threads), time);
        cells.push(time.map_or(dash(), with_scatter));
    }
    estimate(&mut json, "speed_up", speed_up);
    cells.push(speed_up.map_or(dash(), with_range));
    Entry { cells, headline: speed_up, json }
}

fn cost_of_a_sample(library: Library, group: &[(&Contestant<'_>, &Outcome<Rounds>)]) -> Entry {
    let mut json = Map::from_iter([("library".to_string(), json!(library.key()))]);
    let mut cells = Vec::new();
    let mut costs = Vec::new();
    for (contestant, outcome) in group {
        let batch = contestant.batch.unwrap_or(1);
        let cost = outcome.measured().map(|rounds| rounds.time().scaled(1.0 / batch as f64));
        let microseconds = cost.map(|cost| cost.scaled(1e3));
        estimate(&mut json, &format!("us_per_sample_{batch}"), microseconds);
        cells.push(cost.map_or(dash(), with_scatter));
        costs.extend(cost.map(|cost| cost.value));
    }
    let most = costs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
    let complete = costs.len() == group.len();
    let headline = complete.then(|| Estimate { value: most / least, low: most / least, high: most / least });
    json.insert("most_to_least".to_string(), json!(headline.map(|headline| headline.value)));
    cells.push(headline.map_or(dash(), |headline| digits(headline.value)));
    Entry { cells, headline, json }
}

impl Row {
    /// The lines of `--json`: one for the workload where libraries are compared, one for each library else.
    pub(crate) fn json(&self, question: Question, threads: usize) -> Vec<Value> {
        let mut head = Map::from_iter([
            ("workload".to_string(), json!(self.workload.name)),
            ("threads".to_string(), json!(threads)),
        ]);
        let missing: Map<_, _> =
            self.missing.iter().map(|(library, reason)| (library.key().to_string(), json!(reason))).collect();
        if !missing.is_empty() {
            head.insert("missing".to_string(), Value::Object(missing));
        }
        let entries = self.entries.iter().map(|entry| entry.json.clone());
        match question {
            Question::Time | Question::Memory | Question::Operations => {
                // A library that was not asked has its columns too.
                let unit = if question == Question::Memory { "mib" } else { "ms" };
                for peer in Library::value_variants() {
                    head.insert(format!("{}_{unit}", peer.key()), Value::Null);
                    head.insert(format!("ratio_{}", peer.key()), Value::Null);
                }
                vec![Value::Object(head.into_iter().chain(entries.flatten()).collect())]
            }
            Question::Threads | Question::Batch => {
                entries.map(|entry| Value::Object(head.clone().into_iter().chain(entry).collect())).collect()
            }
        }
    }

    /// The cells of the table: the workload, then those of each library.
    pub(crate) fn cells(&self) -> Vec<String> {
        let cells = self.entries.iter().flat_map(|entry| entry.cells.iter().cloned());
        std::iter::once(self.workload.name.to_string()).chain(cells).collect()
    }
}

fn estimate(json: &mut Map<String, Value>, name: &str, estimate: Option<Estimate>) {
    json.insert(name.to_string(), json!(estimate.map(|estimate| estimate.value)));
    if let Some(Estimate { low, high, .. }) = estimate {
        json.insert(format!("{name}_range"), json!([low, high]));
    }
}

fn dash() -> String {
    "–".to_string()
}

/// `2.31 ms ±4 %`: half of the rounds lie between 4 % below and 4 % above.
fn with_scatter(milliseconds: Estimate) -> String {
    let Estimate { value, low, high } = milliseconds;
    let scatter = 100.0 * (value - low).max(high - value) / value;
    let (value, unit) = if value < 0.1 { (1e3 * value, "µs") } else { (value, "ms") };
    format!("{} {unit} ±{scatter:.0} %", digits(value))
}

/// `0.44 (0.43–0.46)`.
fn with_range(estimate: Estimate) -> String {
    format!("{} ({}–{})", digits(estimate.value), digits(estimate.low), digits(estimate.high))
}

/// Three significant digits.
pub(crate) fn digits(number: f64) -> String {
    if !number.is_finite() || number == 0.0 {
        return format!("{number}");
    }
    // 99.96 has three digits before it is rounded, and four after.
    let before_the_point = number.abs().log10().floor() as i32 + 1;
    let decimals = usize::try_from(3 - before_the_point).unwrap_or(0);
    format!("{number:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        let examples =
            [(0.010_23, "0.0102"), (0.5, "0.500"), (2.314, "2.31"), (71.04, "71.0"), (1234.5, "1234")];
        for (number, text) in examples {
            assert_eq!(digits(number), text);
        }
    }
}
