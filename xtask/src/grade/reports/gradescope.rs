//! Gradescope's `results.json`, one for each submission
//! (<https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format>).
//!
//! Gradescope itself shows or hides a test by its `visibility`, so a hidden check is written with all that a student
//! may ever read of it. As long as a test may yet become visible, Gradescope withholds the total as well.
//!
//! A submission that was not graded gets neither `score` nor `tests`. Gradescope asks for one of them, so the upload fails
//! and the instructor reads why, where any number, or a list of tests to sum up, would be taken for a score of 0.

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use super::class::Submission;
use super::{Settings, Visibility, story, text};
use crate::grade::results::{CheckResult, LabResult, Status};

/// The whole file.
#[derive(Serialize)]
struct Results {
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u32>,
    output: String,
    output_format: &'static str,
    visibility: Visibility,
    /// What the grader prints is for instructors.
    stdout_visibility: Visibility,
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<Vec<Test>>,
    extra_data: serde_json::Value,
}

/// One check.
#[derive(Serialize)]
struct Test {
    score: u32,
    max_score: u32,
    status: &'static str,
    name: String,
    name_format: &'static str,
    number: String,
    output: String,
    output_format: &'static str,
    tags: Vec<String>,
    visibility: Visibility,
    extra_data: serde_json::Value,
}

/// The file of one submission.
pub(super) fn write(submission: &Submission<'_>, settings: &Settings) -> Result<String> {
    let score = submission.score();
    let tests = score.map(|_| submission.results().flat_map(|lab| tests(lab, settings)).collect());
    let labs = submission.results().map(|result| {
        let lab = json!({ "status": result.status, "digest": result.digest });
        (result.lab.clone(), lab)
    });
    let results = Results {
        score,
        output: submission.results().map(summary).collect::<Vec<_>>().join("\n\n"),
        output_format: "text",
        visibility: Visibility::Visible,
        stdout_visibility: Visibility::Hidden,
        tests,
        extra_data: json!({ "labs": labs.collect::<serde_json::Map<_, _>>() }),
    };
    Ok(serde_json::to_string_pretty(&results)? + "\n")
}

/// How a lab ended, and what there is to say about the whole.
fn summary(result: &LabResult) -> String {
    let mut output = format!("{}: {}", text::line(&result.lab), result.status);
    let verdict = story::verdict(result.status).map(String::from);
    let message = result.message.as_deref().map(text::block);
    let notes = result.notes.iter().map(|note| format!("Note: {}", text::block(note)));
    for part in verdict.into_iter().chain(message).chain(notes) {
        output += "\n\n";
        output += &part;
    }
    output
}

fn tests(result: &LabResult, settings: &Settings) -> Vec<Test> {
    let mut number_in_step = (String::new(), 0);
    let mut test = |check: &CheckResult| {
        let step = text::line(&check.info.step);
        number_in_step = match number_in_step.clone() {
            (before, number) if before == step => (step.clone(), number + 1),
            _ => (step.clone(), 1),
        };
        let mut tags = vec![text::line(&result.lab), format!("step {step}")];
        tags.extend(check.info.hidden.then(|| "hidden".into()));
        Test {
            score: check.points(),
            max_score: check.info.points,
            status: if check.passed() { "passed" } else { "failed" },
            name: text::line(&check.info.name),
            name_format: "text",
            number: format!("{step}.{}", number_in_step.1),
            output: story::plain(result, check),
            output_format: "text",
            tags,
            visibility: if check.info.hidden { settings.hidden } else { Visibility::Visible },
            extra_data: json!({}),
        }
    };
    // A lab that was not graded never comes so far: its points would be read as 0.
    debug_assert_ne!(result.status, Status::NotGraded);
    result.checks.iter().map(&mut test).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::class::Class;
    use super::super::{sample, schema};
    use super::*;

    fn written(results: &[LabResult], hidden: Visibility) -> Vec<Value> {
        let class = Class::new(results).unwrap();
        let settings = Settings { hidden, ..Settings::default() };
        let files = class.submissions.iter().map(|submission| write(submission, &settings).unwrap());
        files.map(|file| serde_json::from_str(&file).unwrap()).collect()
    }

    #[test]
    fn files_are_as_gradescope_specifies() {
        for hidden in Visibility::ALL {
            for file in written(&sample::class(), hidden) {
                match schema::gradescope(&file) {
                    Ok(()) => assert!(file["score"].is_u64()),
                    Err(wrong) => {
                        assert_eq!(wrong, ["$: none of anyOf holds"], "{file:#}");
                        assert!(file["output"].as_str().unwrap().contains("not graded"));
                        assert_eq!((file.get("score"), file.get("tests")), (None, None));
                    }
                }
            }
        }
    }

    #[test]
    fn the_score_is_the_sum_of_the_tests() {
        let results = [sample::mixed("ada", "lab-05-cnn"), sample::mixed("ada", "lab-06-resnet")];
        let file = &written(&results, Visibility::Visible)[0];
        let sum: u64 =
            file["tests"].as_array().unwrap().iter().map(|test| test["score"].as_u64().unwrap()).sum();
        assert_eq!(file["score"].as_u64(), Some(sum));
        assert_eq!(sum, u64::from(2 * results[0].score().unwrap()));
    }

    #[test]
    fn one_lab_that_was_not_graded_leaves_the_file_without_a_score() {
        let results = [sample::mixed("ada", "lab-05-cnn"), sample::not_graded("ada", "lab-06-resnet")];
        let file = &written(&results, Visibility::Visible)[0];
        assert_eq!((file.get("score"), file.get("tests")), (None, None));
        assert!(file["output"].as_str().unwrap().contains(sample::CAGE_ERROR));
    }

    #[test]
    fn hidden_checks_are_as_visible_as_the_settings_say_and_cannot_be_replayed() {
        for hidden in Visibility::ALL {
            let file = &written(&[sample::mixed("ada", "lab-05-cnn")], hidden)[0];
            assert_eq!(file["stdout_visibility"], "hidden");
            let mut seen = 0;
            for test in file["tests"].as_array().unwrap() {
                let is_hidden = test["tags"].as_array().unwrap().iter().any(|tag| tag == "hidden");
                let expected = if is_hidden { hidden } else { Visibility::Visible };
                assert_eq!(test["visibility"], json!(expected));
                let output = test["output"].as_str().unwrap();
                assert_eq!(output.contains("cargo xtask replay"), !is_hidden && test["status"] == "failed");
                seen += usize::from(is_hidden && output.contains(sample::HIDDEN_INPUT));
            }
            assert_eq!(seen, 1, "words and counterexample are there to be shown");
            assert!(!file.to_string().contains(sample::HIDDEN_FILE));
        }
    }
}
