//! JUnit XML, for what shows test results: Jenkins, GitLab, editors.
//!
//! There is no standard; this is what Jenkins takes
//! (`junit-10.xsd` of <https://github.com/jenkinsci/xunit-plugin>). A suite is a lab of a student. Its first case says
//! whether the lab could be graded at all, and is an error if not, so that a suite whose checks were all
//! skipped is never green.

use anyhow::Result;
use grading::event::FailureKind;
use grading::render;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::class::Class;
use super::{story, text};
use crate::grade::results::{CheckResult, LabResult, Outcome, Status};

/// One test case.
struct Case {
    name: String,
    outcome: CaseOutcome,
}

enum CaseOutcome {
    Passed,
    /// The answer was wrong.
    Failure(Trouble),
    /// There was no answer.
    Error(Trouble),
    Skipped(String),
}

struct Trouble {
    kind: String,
    message: String,
    details: String,
}

/// The results as JUnit XML.
pub(super) fn write(class: &Class<'_>) -> Result<Vec<u8>> {
    let suites: Vec<(&LabResult, Vec<Case>)> =
        class.results().map(|result| (result, cases(result))).collect();
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = || suites.iter().flat_map(|(_, cases)| cases);
    let mut root = BytesStart::new("testsuites");
    root.push_attribute(("name", "dl-labs"));
    count(&mut root, all());
    xml.write_event(Event::Start(root))?;
    for (result, cases) in &suites {
        write_suite(&mut xml, result, cases)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

/// The attributes that `testsuites` and `testsuite` share.
fn count<'a>(element: &mut BytesStart<'_>, cases: impl Iterator<Item = &'a Case> + Clone) {
    let number =
        |of: fn(&CaseOutcome) -> bool| cases.clone().filter(|case| of(&case.outcome)).count().to_string();
    element.push_attribute(("tests", number(|_| true).as_str()));
    element
        .push_attribute(("failures", number(|outcome| matches!(outcome, CaseOutcome::Failure(_))).as_str()));
    element.push_attribute(("errors", number(|outcome| matches!(outcome, CaseOutcome::Error(_))).as_str()));
}

fn write_suite(xml: &mut Writer<Vec<u8>>, result: &LabResult, cases: &[Case]) -> Result<()> {
    let (student, lab) = (text::line(&result.student), text::line(&result.lab));
    let mut suite = BytesStart::new("testsuite");
    suite.push_attribute(("name", format!("{student}: {lab}").as_str()));
    count(&mut suite, cases.iter());
    let skipped = cases.iter().filter(|case| matches!(case.outcome, CaseOutcome::Skipped(_))).count();
    suite.push_attribute(("skipped", skipped.to_string().as_str()));
    xml.write_event(Event::Start(suite))?;
    // Viewers take a dot for the end of a package.
    let class_name = format!("{}.{}", lab.replace('.', "_"), student.replace('.', "_"));
    for case in cases {
        let mut start = BytesStart::new("testcase");
        start.push_attribute(("classname", class_name.as_str()));
        start.push_attribute(("name", case.name.as_str()));
        match &case.outcome {
            CaseOutcome::Passed => xml.write_event(Event::Empty(start))?,
            CaseOutcome::Skipped(reason) => {
                xml.write_event(Event::Start(start))?;
                let mut skipped = BytesStart::new("skipped");
                skipped.push_attribute(("message", reason.as_str()));
                xml.write_event(Event::Empty(skipped))?;
                xml.write_event(Event::End(BytesEnd::new("testcase")))?;
            }
            CaseOutcome::Failure(trouble) => write_trouble(xml, start, "failure", trouble)?,
            CaseOutcome::Error(trouble) => write_trouble(xml, start, "error", trouble)?,
        }
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    Ok(())
}

fn write_trouble(
    xml: &mut Writer<Vec<u8>>,
    case: BytesStart<'_>,
    element: &str,
    trouble: &Trouble,
) -> Result<()> {
    xml.write_event(Event::Start(case))?;
    let mut start = BytesStart::new(element);
    start.push_attribute(("type", trouble.kind.as_str()));
    start.push_attribute(("message", trouble.message.as_str()));
    xml.write_event(Event::Start(start))?;
    xml.write_event(Event::Text(BytesText::new(&trouble.details)))?;
    xml.write_event(Event::End(BytesEnd::new(element)))?;
    xml.write_event(Event::End(BytesEnd::new("testcase")))?;
    Ok(())
}

fn cases(result: &LabResult) -> Vec<Case> {
    let graded = match result.status {
        Status::Graded => CaseOutcome::Passed,
        status => CaseOutcome::Error(Trouble {
            kind: status.to_string(),
            message: story::verdict(status).unwrap_or_default().into(),
            details: result.message.as_deref().map(text::block).unwrap_or_default(),
        }),
    };
    let graded = Case { name: "can be graded".into(), outcome: graded };
    let checks = result
        .checks
        .iter()
        .map(|check| Case { name: text::line(&check.info.name), outcome: outcome(result, check) });
    std::iter::once(graded).chain(checks).collect()
}

fn outcome(result: &LabResult, check: &CheckResult) -> CaseOutcome {
    let failure = match &check.outcome {
        Outcome::Passed { .. } => return CaseOutcome::Passed,
        Outcome::NotRun => return CaseOutcome::Skipped(format!("not run: {}", result.status)),
        Outcome::Failed { failure } => failure,
    };
    let trouble = Trouble {
        kind: render::kind(&failure.kind).into(),
        message: text::first_line(&failure.message),
        details: story::plain(result, check),
    };
    match failure.kind {
        FailureKind::Wrong | FailureKind::NotWritten | FailureKind::InvalidAnswer => {
            CaseOutcome::Failure(trouble)
        }
        FailureKind::Panicked | FailureKind::TimedOut | FailureKind::NotAsked | FailureKind::Crashed => {
            CaseOutcome::Error(trouble)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::reports::{sample, schema};

    fn written(results: &[LabResult]) -> String {
        String::from_utf8(write(&Class::new(results).unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn the_file_is_as_jenkins_specifies() {
        for results in [sample::class(), Vec::new()] {
            let xml = written(&results);
            let document = roxmltree::Document::parse(&xml).unwrap();
            assert_eq!(schema::junit(&document), Vec::<String>::new(), "{xml}");
        }
    }

    #[test]
    fn every_check_is_one_case_and_the_counts_are_right() {
        let results = sample::class();
        let xml = written(&results);
        let document = roxmltree::Document::parse(&xml).unwrap();
        let suites: Vec<_> = document.root_element().children().filter(|node| node.is_element()).collect();
        assert_eq!(suites.len(), results.len());
        let checks: usize = results.iter().map(|result| result.checks.len()).sum();
        let cases = document.descendants().filter(|node| node.has_tag_name("testcase")).count();
        assert_eq!(cases, checks + results.len());
        for element in suites.iter().chain([&document.root_element()]) {
            for (attribute, name) in
                [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
            {
                let number = element.descendants().filter(|node| node.has_tag_name(name)).count();
                if let Some(said) = element.attribute(attribute) {
                    assert_eq!(said, number.to_string(), "{attribute}");
                }
            }
        }
    }

    #[test]
    fn no_suite_is_green_that_was_not_graded() {
        for result in [sample::not_graded("ada", "lab-05-cnn"), sample::broken("ada", "lab-05-cnn")] {
            let xml = written(std::slice::from_ref(&result));
            assert!(xml.contains("errors=\"1\""), "{xml}");
            assert!(xml.contains(&format!("type=\"{}\"", result.status)), "{xml}");
        }
    }

    #[test]
    fn foreign_text_stays_text() {
        let xml = written(&[sample::hostile("]]><testcase name=\"x\"/>&#0;\u{0}\u{ffff}", "lab-05-cnn")]);
        let document = roxmltree::Document::parse(&xml).unwrap();
        assert_eq!(schema::junit(&document), Vec::<String>::new());
        let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
        assert_eq!(suite.attribute("name"), Some("]]><testcase name=\"x\"/>&#0;␀\u{fffd}: lab-05-cnn"));
        assert!(document.descendants().any(|node| node.text().is_some_and(|text| text.contains("<script>"))));
    }
}
