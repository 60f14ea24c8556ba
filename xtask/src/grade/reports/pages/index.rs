//! The instructor's page: who has how many points, how they are distributed, and which laws are hard.

use std::collections::BTreeMap;

use super::html::Html;
use super::{bar, name};
use crate::grade::reports::class::Class;
use crate::grade::reports::{FileNames, Settings, file_name, text};
use crate::grade::results::{LabResult, Outcome, Status};

/// The cell of a lab that was not handed in: a dash to see, words to hear.
const ABSENT: &str =
    "<span aria-hidden=\"true\" class=\"of\">–</span><span class=\"unseen\">not handed in</span>";

/// The gradebook of a class; `files` are the names of the students' pages.
pub(in crate::grade::reports) fn page(
    class: &Class<'_>,
    files: &FileNames<'_>,
    settings: &Settings,
) -> String {
    let mut html = Html::new(&format!("Gradebook · {}", settings.title), "gradebook");
    html.raw("<header>\n<p class=\"course\">")
        .text(&text::line(&settings.title))
        .raw("</p>\n<h1>Gradebook</h1>\n");
    summary(&mut html, class);
    html.raw("</header>\n");
    not_graded(&mut html, class, files);
    table(&mut html, class, files);
    html.raw("<section>\n<h2>Distribution</h2>\n<div class=\"charts\">\n");
    for lab in &class.labs {
        distribution(&mut html, class, lab);
    }
    html.raw("</div>\n</section>\n");
    hard_checks(&mut html, class);
    html.finish()
}

/// How many results ended how.
fn summary(html: &mut Html, class: &Class<'_>) {
    let mut endings: BTreeMap<Status, usize> = BTreeMap::new();
    class.results().for_each(|result| *endings.entry(result.status).or_default() += 1);
    html.raw("<dl class=\"summary\">\n");
    let mut fact = |label: &str, number: usize| {
        html.raw("<div><dt>").text(label).raw("</dt><dd>").show(number).raw("</dd></div>\n");
    };
    fact("students", class.submissions.len());
    fact("labs", class.labs.len());
    for (status, number) in endings {
        fact(&status.to_string(), number);
    }
    html.raw("</dl>\n");
}

/// What has no score and needs the instructor, with the reason.
fn not_graded(html: &mut Html, class: &Class<'_>, files: &FileNames<'_>) {
    let missing: Vec<&LabResult> =
        class.results().filter(|result| result.status == Status::NotGraded).collect();
    if missing.is_empty() {
        return;
    }
    html.raw("<section class=\"verdict\">\n<h2>Not graded</h2>\n")
        .raw("<p>These have no score, which is not 0. Grade them again.</p>\n<ul>\n");
    for result in missing {
        html.raw("<li>");
        link(html, result, files);
        html.raw(" · ");
        name(html, &result.lab);
        if let Some(message) = &result.message {
            html.raw(": ").text(&text::first_line(message));
        }
        html.raw("</li>\n");
    }
    html.raw("</ul>\n</section>\n");
}

/// A link to the lab on the page of its student.
fn link(html: &mut Html, result: &LabResult, files: &FileNames<'_>) {
    let student = result.student.as_str();
    html.raw("<a href=\"students/")
        .text(&files[student])
        .raw(".html#")
        .text(&file_name(&result.lab))
        .raw("\">");
    name(html, student);
    html.raw("</a>");
}

/// Students by labs.
fn table(html: &mut Html, class: &Class<'_>, files: &FileNames<'_>) {
    html.raw("<section>\n<h2>Points</h2>\n")
        .raw("<div class=\"scroll\" role=\"region\" aria-label=\"Points by student and lab\" tabindex=\"0\">\n")
        .raw("<table class=\"points\">\n<thead><tr><th scope=\"col\">Student</th>");
    for lab in &class.labs {
        html.raw("<th scope=\"col\" class=\"number\">");
        name(html, lab);
        html.raw(" <span class=\"of\">/ ").show(class.max_of_lab(lab)).raw("</span></th>");
    }
    html.raw("<th scope=\"col\" class=\"number\">Total <span class=\"of\">/ ")
        .show(class.max())
        .raw("</span></th>");
    html.raw("</tr></thead>\n<tbody>\n");
    for submission in &class.submissions {
        html.raw("<tr><th scope=\"row\"><a href=\"students/")
            .text(&files[submission.student])
            .raw(".html\">");
        name(html, submission.student);
        html.raw("</a></th>");
        for lab in &class.labs {
            html.raw("<td class=\"number\">");
            match submission.lab(lab) {
                Some(result) => cell(html, result),
                None => {
                    html.raw(ABSENT);
                }
            }
            html.raw("</td>");
        }
        html.raw("<td class=\"number total\">");
        match submission.score() {
            Some(score) => html.show(score),
            None => html.raw("<span class=\"status attention\">open</span>"),
        };
        html.raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n</div>\n");
    if class.results().count() < class.submissions.len() * class.labs.len() {
        html.raw("<p class=\"soft legend\" aria-hidden=\"true\">– is not handed in.</p>\n");
    }
    html.raw("</section>\n");
}

fn cell(html: &mut Html, result: &LabResult) {
    match result.status {
        Status::Graded => {}
        Status::NotGraded => {
            html.raw("<span class=\"status attention\">not graded</span>");
        }
        status => {
            html.raw("<span class=\"status\">").show(status).raw("</span> ");
        }
    }
    if let Some(score) = result.score() {
        html.show(score);
    }
}

/// How many submissions lie in each tenth of a lab's points; full marks stand alone.
fn distribution(html: &mut Html, class: &Class<'_>, lab: &str) {
    let mut scores: Vec<(u32, u32)> =
        class.of_lab(lab).filter_map(|result| Some((result.score()?, result.max_score()))).collect();
    scores.sort_unstable();
    let mut tenths = [0usize; 11];
    for &(score, max) in &scores {
        tenths[(10 * score).checked_div(max).unwrap_or_default().min(10) as usize] += 1;
    }
    let most = tenths.into_iter().max().unwrap_or_default().max(1);
    html.raw("<figure>\n<figcaption><h3>");
    name(html, lab);
    html.raw("</h3><p class=\"soft\">");
    html.show(scores.len()).raw(" graded");
    if let Some(median) = scores.get(scores.len() / 2) {
        let mean = scores.iter().map(|&(score, _)| f64::from(score)).sum::<f64>() / scores.len() as f64;
        html.raw(", median ").show(median.0).raw(", mean ").show(format_args!("{mean:.1}"));
        html.raw(" of ").show(class.max_of_lab(lab));
    }
    html.raw("</p></figcaption>\n");
    html.raw("<svg class=\"histogram\" viewBox=\"0 0 330 132\" role=\"img\" aria-label=\"");
    html.raw("Number of submissions by share of the points: ");
    for (tenth, number) in tenths.iter().enumerate().filter(|&(_, &number)| number > 0) {
        html.show(format_args!("{}: {number}. ", share(tenth)));
    }
    html.raw("\">\n");
    for (tenth, &number) in tenths.iter().enumerate() {
        let (x, height) = (30 * tenth + 3, 90 * number / most);
        let y = 108 - height;
        html.raw("<g><title>").show(format_args!("{}: {number}", share(tenth))).raw("</title><rect class=\"");
        html.raw(if tenth == 10 { "fill full" } else { "fill" });
        html.raw("\" x=\"")
            .show(x)
            .raw("\" width=\"24\" y=\"")
            .show(y)
            .raw("\" height=\"")
            .show(height)
            .raw("\"/>");
        if number > 0 {
            html.raw("<text x=\"")
                .show(x + 12)
                .raw("\" y=\"")
                .show(y - 4)
                .raw("\">")
                .show(number)
                .raw("</text>");
        }
        html.raw("</g>\n");
    }
    html.raw("<path class=\"axis\" d=\"M0 108.5H330\"/>");
    for (x, label) in [(15, "0 %"), (165, "50 %"), (315, "all")] {
        html.raw("<text class=\"soft\" x=\"").show(x).raw("\" y=\"125\">").raw(label).raw("</text>");
    }
    html.raw("</svg>\n</figure>\n");
}

/// What a bar stands for.
fn share(tenth: usize) -> String {
    if tenth == 10 { "all points".into() } else { format!("{} to {} %", 10 * tenth, 10 * tenth + 9) }
}

/// How often a check was asked, failed, and for which known mistake.
#[derive(Default)]
struct Hardness<'a> {
    asked: usize,
    failed: usize,
    hidden: bool,
    law: &'a str,
    mistakes: BTreeMap<&'a str, usize>,
}

/// The checks by how many submissions fail them, of those that could be asked.
fn hard_checks(html: &mut Html, class: &Class<'_>) {
    let mut checks: BTreeMap<(&str, &str), Hardness<'_>> = BTreeMap::new();
    for result in class.results() {
        for check in result.checks.iter().filter(|check| check.outcome != Outcome::NotRun) {
            let hardness = checks.entry((&result.lab, &check.info.name)).or_default();
            hardness.asked += 1;
            hardness.hidden = check.info.hidden;
            hardness.law = &check.info.law;
            if let Outcome::Failed { failure } = &check.outcome {
                hardness.failed += 1;
                if let Some(mistake) = &failure.mistake {
                    *hardness.mistakes.entry(mistake).or_default() += 1;
                }
            }
        }
    }
    let mut failing: Vec<_> = checks.iter().filter(|(_, hardness)| hardness.failed > 0).collect();
    // By the rate: a/b > c/d as ad > cb, without rounding.
    failing.sort_by(|(a, x), (b, y)| (y.failed * x.asked).cmp(&(x.failed * y.asked)).then(a.cmp(b)));
    let easy = checks.len() - failing.len();
    html.raw(
        "<section>\n<h2>Checks by failures</h2>\n<p class=\"soft\">Of the submissions that could be asked. ",
    );
    match easy {
        0 => {}
        1 => {
            html.raw("One more check holds for everybody.");
        }
        easy => {
            html.show(easy).raw(" more checks hold for everybody.");
        }
    }
    html.raw("</p>\n");
    if !failing.is_empty() {
        html.raw("<div class=\"scroll\" role=\"region\" aria-label=\"Checks by failures\" tabindex=\"0\">\n")
            .raw("<table class=\"hard\">\n<thead><tr><th scope=\"col\">Check</th><th scope=\"col\">Lab</th>")
            .raw("<th scope=\"col\" class=\"number\">Failed</th><th scope=\"col\">Most often</th></tr></thead>\n<tbody>\n");
        for ((lab, check), hardness) in failing {
            row(html, lab, check, hardness);
        }
        html.raw("</tbody>\n</table>\n</div>\n");
    }
    html.raw("</section>\n");
}

fn row(html: &mut Html, lab: &str, check: &str, hardness: &Hardness<'_>) {
    html.raw("<tr><th scope=\"row\">").text(&text::block(hardness.law));
    if hardness.hidden {
        html.raw(" <span class=\"tag\">hidden</span>");
    }
    html.raw(" <code>").text(&text::line(check)).raw("</code></th><td class=\"lab-name\">");
    name(html, lab);
    html.raw("</td><td class=\"number\">").show(hardness.failed).raw(" of ").show(hardness.asked);
    bar(html, hardness.failed, hardness.asked);
    html.raw("</td><td>");
    // The first of equally frequent ones, in the order of their words.
    let most = hardness.mistakes.iter().rev().max_by_key(|(_, number)| **number);
    if let Some((mistake, number)) = most {
        html.text(&text::first_line(mistake)).raw(" <span class=\"of\">× ").show(number).raw("</span>");
    }
    html.raw("</td></tr>\n");
}

#[cfg(test)]
mod tests {
    use roxmltree::{Document, ParsingOptions};

    use super::*;
    use crate::grade::reports::{file_names, sample};

    fn written(results: &[LabResult]) -> String {
        let class = Class::new(results).unwrap();
        let files = file_names(class.submissions.iter().map(|submission| submission.student)).unwrap();
        page(&class, &files, &Settings::default())
    }

    fn parse(page: &str) -> Document<'_> {
        Document::parse_with_options(page, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() })
            .unwrap()
    }

    /// The text of every cell of the table of this class.
    fn rows(page: &str, class: &str) -> Vec<Vec<String>> {
        let document = parse(page);
        let table = document
            .descendants()
            .find(|node| node.has_tag_name("table") && node.attribute("class") == Some(class))
            .unwrap();
        let text = |cell: roxmltree::Node<'_, '_>| {
            cell.descendants().filter_map(|node| node.is_text().then(|| node.text()).flatten()).collect()
        };
        table
            .descendants()
            .filter(|node| node.has_tag_name("tr"))
            .map(|row| row.children().filter(|node| node.is_element()).map(text).collect())
            .collect()
    }

    #[test]
    fn the_table_has_every_student_and_lab() {
        let results = sample::class();
        let (mixed, max) = (results[0].score().unwrap().to_string(), results[0].max_score().to_string());
        let rows = rows(&written(&results), "points");
        assert_eq!(rows[0][1], format!("lab-05-cnn / {max}"));
        let row = |name: &str| rows.iter().find(|row| row[0] == name).unwrap()[1..].to_vec();
        let total = (results[0].score().unwrap() + results[0].max_score()).to_string();
        assert_eq!(row("ada"), [mixed.clone(), max.clone(), total]);
        assert_eq!(row("ADA"), [mixed.clone(), "–not handed in".into(), mixed.clone()]);
        assert_eq!(row("cleo"), ["compile error 0", "–not handed in", "0"]);
        assert_eq!(row("dan"), ["not graded", &mixed, "open"]);
        assert_eq!(row("../../etc/passwd"), ["–not handed in", &max, &max]);
    }

    #[test]
    fn links_lead_to_the_pages_that_are_written() {
        let results = sample::class();
        let dir = tempfile::tempdir().unwrap();
        super::super::super::write_all(dir.path(), &results, &Settings::default()).unwrap();
        let page = std::fs::read_to_string(dir.path().join("index.html")).unwrap();
        let links = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        let mut number = 0;
        for link in links {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = std::fs::read_to_string(dir.path().join(file)).unwrap();
            assert!(anchor.is_empty() || target.contains(&format!("id=\"{anchor}\"")), "{link}");
            number += 1;
        }
        assert!(number > 10);
    }

    #[test]
    fn checks_are_counted_where_they_were_asked_and_sorted_by_rate() {
        let results = [
            sample::mixed("ada", "lab-05-cnn"),
            sample::right("bob", "lab-05-cnn"),
            sample::broken("cleo", "lab-05-cnn"),
            sample::mixed("ada", "lab-06-resnet"),
        ];
        let rows = rows(&written(&results), "hard");
        let failed: Vec<&str> = rows[1..].iter().map(|row| row[2].as_str()).collect();
        assert_eq!(failed, ["1 of 1", "1 of 1", "1 of 1", "1 of 1", "1 of 2", "1 of 2", "1 of 2", "1 of 2"]);
        assert!(
            rows.iter().any(|row| row[3].starts_with("the kernel is flipped") && row[3].ends_with("× 1"))
        );
    }

    #[test]
    fn hostile_names_make_no_element() {
        let page = written(&sample::class());
        let document = parse(&page);
        for node in document.descendants().filter(|node| node.is_element()) {
            assert!(!["script", "img"].contains(&node.tag_name().name()));
        }
        assert!(page.contains("Zoë &lt;script&gt;"));
    }
}
