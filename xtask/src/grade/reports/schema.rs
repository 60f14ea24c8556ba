//! The formats of others, as their owners document them, to hold the reports against.

use roxmltree::{Document, Node};
use serde_json::Value;

/// Checks Gradescope's `results.json` against `gradescope.schema.json`.
pub(super) fn gradescope(file: &Value) -> Result<(), Vec<String>> {
    let schema = serde_json::from_str(include_str!("gradescope.schema.json")).unwrap();
    let mut wrong = Vec::new();
    check(&schema, file, "$", &mut wrong);
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// The part of JSON Schema that the file uses (<https://json-schema.org/draft/2020-12/json-schema-validation>).
///
/// # Panics
///
/// At a keyword it does not know, since what is skipped is not checked.
fn check(schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$comment" | "additionalProperties" => {}
            "type" => {
                let is = match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "number" => value.is_number(),
                    other => panic!("unknown type {other}"),
                };
                if !is {
                    wrong.push(format!("{place}: is no {rule}"));
                }
            }
            "enum" => {
                if !rule.as_array().unwrap().contains(value) {
                    wrong.push(format!("{place}: {value} is none of {rule}"));
                }
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        wrong.push(format!("{place}: {name} is missing"));
                    }
                }
            }
            "anyOf" => {
                let holds = |schema| {
                    let mut wrong = Vec::new();
                    check(schema, value, place, &mut wrong);
                    wrong.is_empty()
                };
                if !rule.as_array().unwrap().iter().any(holds) {
                    wrong.push(format!("{place}: none of anyOf holds"));
                }
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, item, &format!("{place}[{i}]"), wrong);
                }
            }
            "properties" => {
                for (name, property) in value.as_object().into_iter().flatten() {
                    match rule.get(name) {
                        Some(schema) => check(schema, property, &format!("{place}.{name}"), wrong),
                        None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                            wrong.push(format!("{place}: {name} is unknown"));
                        }
                        None => {}
                    }
                }
            }
            other => panic!("unknown keyword {other}"),
        }
    }
}

/// An element of JUnit XML: its name, the attributes it must have, those it may have, and its children.
struct Element(&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// As in `src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd` of
/// <https://github.com/jenkinsci/xunit-plugin>, without what only Surefire's reruns need.
const JUNIT: &[Element] = &[
    Element("testsuites", &[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
    Element(
        "testsuite",
        &["name", "tests", "failures", "errors"],
        &["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"],
        &["testsuite", "properties", "testcase", "system-out", "system-err"],
    ),
    Element("properties", &[], &[], &["property"]),
    Element("property", &["name", "value"], &[], &[]),
    Element(
        "testcase",
        &["name"],
        &["time", "classname", "group"],
        &["skipped", "error", "failure", "system-out", "system-err"],
    ),
    Element("failure", &[], &["type", "message"], &["text"]),
    Element("error", &[], &["type", "message"], &["text"]),
    Element("skipped", &[], &["type", "message"], &["text"]),
    Element("system-out", &[], &[], &["text"]),
    Element("system-err", &[], &[], &["text"]),
];

/// What in a document Jenkins would not take.
pub(super) fn junit(document: &Document<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let root = document.root_element().tag_name().name();
    if !["testsuites", "testsuite"].contains(&root) {
        wrong.push(format!("the root is <{root}>"));
    }
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        let Some(Element(_, required, optional, children)) = JUNIT.iter().find(|element| element.0 == name)
        else {
            wrong.push(format!("<{name}> is unknown"));
            continue;
        };
        for attribute in node.attributes().map(|attribute| attribute.name()) {
            if !required.contains(&attribute) && !optional.contains(&attribute) {
                wrong.push(format!("<{name}> has no attribute {attribute}"));
            }
        }
        wrong.extend(
            required
                .iter()
                .filter(|attribute| !node.has_attribute(**attribute))
                .map(|attribute| format!("<{name}> lacks {attribute}")),
        );
        for child in node.children() {
            let blank = child.text().is_some_and(|text| text.trim().is_empty());
            let child = if child.is_text() { "text" } else { child.tag_name().name() };
            if !(children.contains(&child) || child == "text" && blank) {
                wrong.push(format!("<{name}> may not hold {child}"));
            }
        }
    }
    wrong
}

#[test]
fn what_breaks_a_schema_is_found() {
    for (file, number) in [
        (r#"{ "score": 1 }"#, 0),
        (r#"{ "tests": [] }"#, 0),
        (r#"{ "output": "no score" }"#, 1),
        (r#"{ "score": "1" }"#, 1),
        (r#"{ "score": 1, "visibility": "never" }"#, 1),
        (r#"{ "score": 1, "tests": [{ "sore": 1 }, { "status": "ok", "tags": [1] }] }"#, 3),
        (r#"{ "score": 1, "leaderboard": [{ "name": "x" }] }"#, 1),
    ] {
        let wrong = gradescope(&serde_json::from_str(file).unwrap()).err().unwrap_or_default();
        assert_eq!(wrong.len(), number, "{file}: {wrong:?}");
    }
    for (xml, number) in [
        ("<testsuites/>", 0),
        ("<testsuites><testcase name=''/></testsuites>", 1),
        ("<testsuite name='' tests='' failures=''/>", 1),
        ("<testsuites when=''><b/>text</testsuites>", 4),
        ("<failure/>", 1),
    ] {
        let wrong = junit(&Document::parse(xml).unwrap());
        assert_eq!(wrong.len(), number, "{xml}: {wrong:?}");
    }
}
