//! The pages: a gradebook for the instructor, and for each student a page that may be given away.
//!
//! A page is one file that loads nothing and runs nothing: no script, no font, no picture from elsewhere, and a policy that
//! tells the browser so. Foreign text gets in by [`Html::text`] only.

mod html;
mod index;
mod student;

pub(super) use index::page as index;
pub(super) use student::page as student;

use self::html::Html;
use super::text;

/// Points with their maximum, `17 / 24`; a dash where there is no score.
fn points(html: &mut Html, score: Option<u32>, max: u32) {
    match score {
        Some(score) => html.raw("<strong>").show(score).raw("</strong>"),
        None => html.raw("<strong>–</strong>"),
    };
    html.raw(" <span class=\"of\">/ ").show(max).raw("</span>");
}

/// A bar of `part` in `whole`. The number stands beside it, so it says nothing to a reader of the page.
fn bar(html: &mut Html, part: usize, whole: usize) {
    let width = if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 };
    html.raw("<svg class=\"bar\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
        .raw("<rect class=\"track\" width=\"100\" height=\"6\"/><rect class=\"fill\" height=\"6\" width=\"")
        .show(format_args!("{width:.1}"))
        .raw("\"/></svg>");
}

/// A name that neighbours cannot be turned around by.
fn name(html: &mut Html, name: &str) {
    html.raw("<bdi>").text(&text::line(name)).raw("</bdi>");
}
