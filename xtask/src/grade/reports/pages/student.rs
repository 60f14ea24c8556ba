//! The page that a student may be given: the own submission, law by law.

use super::html::Html;
use super::{bar, name, points};
use crate::grade::reports::class::Submission;
use crate::grade::reports::story::{self, Form, Row};
use crate::grade::reports::{Settings, Visibility, file_name, text};
use crate::grade::results::{CheckResult, LabResult, Outcome, Status};

/// The page of one submission, with the hidden checks as far as the settings let students see them.
pub(in crate::grade::reports) fn page(submission: &Submission<'_>, settings: &Settings) -> String {
    let title = format!("{} · {}", submission.student, settings.title);
    let mut html = Html::new(&title, "student");
    html.raw("<header>\n<p class=\"course\">").text(&text::line(&settings.title)).raw("</p>\n<h1>");
    name(&mut html, submission.student);
    html.raw("</h1>\n</header>\n");
    let labs: Vec<Shown<'_>> = submission.results().map(|result| Shown::new(result, settings)).collect();
    if labs.len() > 1 {
        overview(&mut html, &labs);
    }
    for lab in &labs {
        section(&mut html, lab);
    }
    html.finish()
}

/// A lab as its student may see it.
struct Shown<'a> {
    result: &'a LabResult,
    /// The checks that are shown.
    checks: Vec<&'a CheckResult>,
    /// The points that are shown; see [`Visibility`].
    score: Option<u32>,
    max: u32,
    /// How many checks are not shown, what they are worth, and a sentence on it.
    hidden: usize,
    hidden_points: u32,
    /// How many of the hidden checks pass and what that earns, where the score tells it anyway.
    hidden_earned: Option<(usize, u32)>,
    why_hidden: &'static str,
}

impl<'a> Shown<'a> {
    fn new(result: &'a LabResult, settings: &Settings) -> Shown<'a> {
        let is_shown = |check: &&CheckResult| !check.info.hidden || settings.hidden == Visibility::Visible;
        let (checks, hidden): (Vec<_>, Vec<_>) = result.checks.iter().partition(is_shown);
        let hidden_points: u32 = hidden.iter().map(|check| check.info.points).sum();
        let counts_hidden = matches!(settings.hidden, Visibility::Visible | Visibility::Hidden);
        let (score, max) = if counts_hidden {
            (result.score(), result.max_score())
        } else {
            let score = checks.iter().map(|check| check.points()).sum();
            (result.score().map(|_| score), result.max_score() - hidden_points)
        };
        let hidden_earned = (settings.hidden == Visibility::Hidden && result.score().is_some()).then(|| {
            let passed = hidden.iter().filter(|check| check.passed()).count();
            (passed, hidden.iter().map(|check| check.points()).sum())
        });
        let why_hidden = match settings.hidden {
            Visibility::Hidden => "Their points are counted above, they are not shown.",
            Visibility::AfterDueDate => "They are not counted above and are shown after the due date.",
            Visibility::AfterPublished => {
                "They are not counted above and are shown when the grades are published."
            }
            Visibility::Visible => "",
        };
        Shown { result, checks, score, max, hidden: hidden.len(), hidden_points, hidden_earned, why_hidden }
    }
}

/// A table of all labs with links to their sections.
fn overview(html: &mut Html, labs: &[Shown<'_>]) {
    html.raw(
        "<table class=\"overview\">\n<thead><tr><th scope=\"col\">Lab</th><th scope=\"col\">Status</th>",
    )
    .raw("<th scope=\"col\" class=\"number\">Points</th></tr></thead>\n<tbody>\n");
    for lab in labs {
        html.raw("<tr><th scope=\"row\"><a href=\"#").text(&file_name(&lab.result.lab)).raw("\">");
        name(html, &lab.result.lab);
        html.raw("</a></th><td>").show(lab.result.status).raw("</td><td class=\"number\">");
        points(html, lab.score, lab.max);
        html.raw("</td></tr>\n");
    }
    html.raw("</tbody>\n<tfoot><tr><th scope=\"row\" colspan=\"2\">Sum</th><td class=\"number\">");
    points(html, labs.iter().map(|lab| lab.score).sum(), labs.iter().map(|lab| lab.max).sum());
    html.raw("</td></tr></tfoot>\n</table>\n");
}

fn section(html: &mut Html, lab: &Shown<'_>) {
    let result = lab.result;
    html.raw("<section class=\"lab\" id=\"").text(&file_name(&result.lab)).raw("\">\n<h2>");
    name(html, &result.lab);
    html.raw("</h2>\n<div class=\"score\"><p class=\"points\">");
    points(html, lab.score, lab.max);
    html.raw(" points</p>");
    if let Some(score) = lab.score {
        bar(html, score as usize, lab.max as usize);
    }
    let passed = lab.checks.iter().filter(|check| check.passed()).count();
    html.raw("<p class=\"soft\">");
    match result.status {
        Status::Graded => {
            let checks = if lab.hidden > 0 { " visible checks pass" } else { " checks pass" };
            html.show(passed).raw(" of ").show(lab.checks.len()).raw(checks)
        }
        status => html.raw("Status: ").show(status),
    };
    html.raw("</p></div>\n");
    message(html, result);
    // Where nothing was asked, a list of what was not asked tells nothing.
    if lab.checks.iter().any(|check| check.outcome != Outcome::NotRun) {
        for step in lab.checks.chunk_by(|a, b| a.info.step == b.info.step) {
            html.raw("<h3>Step ").text(&text::line(&step[0].info.step)).raw("</h3>\n<ul class=\"checks\">\n");
            for check in step {
                item(html, check);
            }
            html.raw("</ul>\n");
        }
    }
    if lab.hidden > 0 {
        let (are, checks) = if lab.hidden == 1 { ("is", " hidden check") } else { ("are", " hidden checks") };
        html.raw("<p class=\"soft hidden\">There ").raw(are).raw(" ").show(lab.hidden).raw(checks);
        html.raw(", worth ").show(lab.hidden_points).raw(". ");
        if let Some((passed, points)) = lab.hidden_earned {
            html.show(passed).raw(if passed == 1 { " passes, for " } else { " pass, for " }).show(points);
            html.raw(if points == 1 { " point. " } else { " points. " });
        }
        html.raw(lab.why_hidden).raw("</p>\n");
    }
    html.raw("</section>\n");
}

/// How the whole ended, if the checks do not say it.
fn message(html: &mut Html, result: &LabResult) {
    if let Some(verdict) = story::verdict(result.status) {
        html.raw("<div class=\"verdict\"><p><strong>");
        let status = result.status.to_string();
        let mut letters = status.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        html.text(&first).text(letters.as_str()).raw(".</strong> ").raw(verdict).raw("</p>\n");
        // What a cage lacks is of the machine, and nothing that its student can change.
        match &result.message {
            Some(message) if result.status != Status::NotGraded => {
                html.raw("<pre>").text(&text::block(message)).raw("</pre>\n");
            }
            _ => {}
        }
        html.raw("</div>\n");
    } else if let Some(message) = &result.message {
        html.raw("<pre>").text(&text::block(message)).raw("</pre>\n");
    }
    if result.status != Status::NotGraded && !result.notes.is_empty() {
        html.raw("<ul class=\"notes soft\">\n");
        for note in &result.notes {
            html.raw("<li>").text(&text::block(note)).raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
}

fn item(html: &mut Html, check: &CheckResult) {
    let (class, mark, word) = match &check.outcome {
        Outcome::Passed { .. } => ("passed", "✓", "passed"),
        Outcome::Failed { .. } => ("failed", "✗", "failed"),
        Outcome::NotRun => ("not-run", "–", "not run"),
    };
    html.raw("<li class=\"")
        .raw(class)
        .raw("\">\n<div class=\"check\"><p class=\"mark\"><span aria-hidden=\"true\">");
    html.raw(mark).raw("</span> ").raw(word).raw("</p>\n<p class=\"law\">");
    html.text(&text::block(&check.info.law));
    if check.info.hidden {
        html.raw(" <span class=\"tag\">hidden</span>");
    }
    html.raw(" <code>").text(&text::line(&check.info.name)).raw("</code></p>\n<p class=\"worth\">");
    points(html, Some(check.points()), check.info.points);
    html.raw("</p></div>\n");
    if let Outcome::Failed { failure } = &check.outcome {
        html.raw("<dl>\n");
        for Row { label, text, form } in story::failure(check, failure) {
            html.raw("<div><dt>").raw(label).raw("</dt><dd>");
            match form {
                Form::Prose => html.raw("<p>").text(&text).raw("</p>"),
                Form::Values => html.raw("<pre>").text(&text).raw("</pre>"),
                Form::Command => html.raw("<pre><code>").text(&text).raw("</code></pre>"),
            };
            html.raw("</dd></div>\n");
        }
        html.raw("</dl>\n");
    }
    html.raw("</li>\n");
}

#[cfg(test)]
mod tests {
    use roxmltree::{Document, ParsingOptions};

    use super::*;
    use crate::grade::reports::class::Class;
    use crate::grade::reports::sample;

    fn pages(results: &[LabResult], hidden: Visibility) -> Vec<String> {
        let settings = Settings { hidden, ..Settings::default() };
        Class::new(results).unwrap().submissions.iter().map(|one| page(one, &settings)).collect()
    }

    /// A page is XML too, so whatever a text broke open would be found.
    fn parse(page: &str) -> Document<'_> {
        Document::parse_with_options(page, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() })
            .unwrap()
    }

    fn texts(document: &Document<'_>) -> String {
        document.descendants().filter_map(|node| node.is_text().then(|| node.text()).flatten()).collect()
    }

    #[test]
    fn hostile_text_makes_no_element() {
        for page in pages(&sample::class(), Visibility::Visible) {
            let document = parse(&page);
            for node in document.descendants().filter(|node| node.is_element()) {
                let name = node.tag_name().name();
                assert!(!["script", "img", "iframe", "link", "object", "form"].contains(&name), "{name}");
                for attribute in node.attributes() {
                    assert!(!attribute.name().starts_with("on"));
                    assert!(attribute.name() != "href" || attribute.value().starts_with('#'));
                }
            }
            assert_eq!(document.descendants().filter(|node| node.has_tag_name("style")).count(), 1);
        }
        let [page] = &pages(&[sample::hostile("x", "lab-05-cnn")], Visibility::Visible)[..] else { panic!() };
        assert!(texts(&parse(page)).contains(sample::SCRIPT), "shown as it was written");
        assert!(page.len() < 300_000, "{}", page.len());
        assert!(!page.contains(['\u{202e}', '\u{2066}', '\0', '\u{1b}', '\u{7}']));
        assert!(!page.contains("/home/"));
    }

    #[test]
    fn a_failure_tells_law_input_answer_mistake_hint_and_how_to_repeat_it() {
        let [page] = &pages(&[sample::mixed("ada", "lab-05-cnn")], Visibility::Hidden)[..] else { panic!() };
        let text = texts(&parse(page));
        for part in [
            "An output value is the sum over its window",
            "The answer differs from the sum",
            "kernel: [1, 1, 2, 2] = 1, 2, 3, 4",
            "1  2\n3  4",
            "4  3\n2  1",
            "off by 3 where 2.4e-6 is allowed",
            "the kernel is flipped",
            "Write down which inputs",
            "cargo xtask replay lab-05-cnn:conv_is_a_sum_over_the_window:7:12",
            "src/pooling.rs:41",
            "src/notes.txt does not belong",
        ] {
            assert!(text.contains(part), "{part:?} in {text}");
        }
    }

    #[test]
    fn hidden_checks_are_shown_as_the_settings_say() {
        let result = sample::mixed("ada", "lab-05-cnn");
        let open: u32 =
            result.checks.iter().filter(|check| !check.info.hidden).map(CheckResult::points).sum();
        let all = result.score().unwrap();
        assert_ne!(open, all);
        for (hidden, score) in [
            (Visibility::Hidden, all),
            (Visibility::AfterDueDate, open),
            (Visibility::AfterPublished, open),
            (Visibility::Visible, all),
        ] {
            let [page] = &pages(std::slice::from_ref(&result), hidden)[..] else { panic!() };
            let shown = hidden == Visibility::Visible;
            for secret in [sample::HIDDEN_INPUT, "conv_gradient_agrees", "finite differences", "not finite"] {
                assert_eq!(page.contains(secret), shown, "{secret:?} with {hidden:?}");
            }
            for never in [sample::HIDDEN_FILE, "hidden_gradient:7:3", "digest", "Landlock"] {
                assert!(!page.contains(never), "{never:?}");
            }
            assert!(page.contains(&format!("<strong>{score}</strong>")), "{score} with {hidden:?}");
            // Where the score counts the hidden checks, the page says which part of it is theirs.
            let share = format!(" for {} point", all - open);
            assert_eq!(page.contains(&share), hidden == Visibility::Hidden, "{share:?} with {hidden:?}");
        }
    }

    #[test]
    fn what_was_not_graded_shows_no_score_and_no_machine() {
        let [page] = &pages(&[sample::not_graded("ada", "lab-05-cnn")], Visibility::Visible)[..] else {
            panic!()
        };
        assert!(page.contains("<strong>–</strong>") && page.contains("no fault of its author"));
        assert!(!page.contains(sample::CAGE_ERROR) && !page.contains("<strong>0</strong>"));
    }

    #[test]
    fn a_page_tells_nothing_of_other_students() {
        let results = sample::class();
        let class = Class::new(&results).unwrap();
        for one in &class.submissions {
            let page = page(one, &Settings::default());
            for other in ["cleo", "Zoë", "passwd"].into_iter().filter(|other| !one.student.contains(other)) {
                assert!(!page.contains(other), "{other} on the page of {}", one.student);
            }
        }
    }
}
