//! Pages as text that is escaped where it is foreign.

use std::fmt::{Display, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::text;

const STYLE: &str = include_str!("style.css");

/// A page that grows. Markup is written in the source of this program; everything else is escaped.
pub(super) struct Html(String);

impl Html {
    /// A page with its head, up to the first line of `main`.
    ///
    /// The policy lets in this very style and nothing else, from nowhere.
    pub(super) fn new(title: &str, class: &'static str) -> Html {
        let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        let mut html = Html(String::new());
        html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
            .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
            .text(&style)
            .raw("'; base-uri 'none'; form-action 'none'\"/>\n")
            .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
            .raw("<meta name=\"color-scheme\" content=\"light dark\"/>\n")
            .raw("<meta name=\"referrer\" content=\"no-referrer\"/>\n")
            .raw("<meta name=\"robots\" content=\"noindex, nofollow\"/>\n<title>")
            .text(&text::line(title))
            .raw("</title>\n<style>")
            .raw(STYLE)
            .raw("</style>\n</head>\n<body>\n<main class=\"")
            .raw(class)
            .raw("\">\n");
        html
    }

    /// The page, closed.
    pub(super) fn finish(mut self) -> String {
        self.raw("</main>\n</body>\n</html>\n");
        self.0
    }

    /// Markup: by its type nothing that was read or computed.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Text, in an element or in an attribute between double quotes. [`text::block`] and [`text::line`] make it fit.
    pub(super) fn text(&mut self, text: &str) -> &mut Html {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// A number, or what else prints itself.
    pub(super) fn show(&mut self, value: impl Display) -> &mut Html {
        let mut text = String::new();
        let _ = write!(text, "{value}");
        self.text(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_knows_the_style() {
        // Browsers digest what stands between the tags, so that nothing may be added there.
        let page = Html::new("t", "c").finish();
        let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let digest = BASE64_STANDARD.encode(Sha256::digest(style));
        assert!(
            page.contains(&format!("&#39;sha256-{digest}&#39;"))
                || page.contains(&format!("'sha256-{digest}'"))
        );
        assert!(!STYLE.contains(['<', '&']) && !STYLE.contains("url(") && !STYLE.contains("@import"));
    }

    #[test]
    fn text_cannot_leave_its_place() {
        let mut html = Html(String::new());
        html.raw("<a title=\"").text("\"'<>&").raw("\">").text("</a><b>&amp;").raw("</a>");
        let page = html.0;
        let document = roxmltree::Document::parse(&page).unwrap();
        assert_eq!(document.root_element().attribute("title"), Some("\"'<>&"));
        assert_eq!(document.root_element().text(), Some("</a><b>&amp;"));
    }

    /// Contrast of two colours after WCAG 2.2, <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |colour: &str| {
            let linear = |at: usize| {
                let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5) + 0.05
        };
        let (a, b) = (luminance(a), luminance(b));
        f64::max(a, b) / f64::min(a, b)
    }

    #[test]
    fn text_can_be_read_on_every_ground() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        let schemes: Vec<&str> =
            STYLE.split(":root {").skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        assert_eq!(schemes.len(), 3, "light, dark, paper");
        for scheme in &schemes[..2] {
            let colour = |name: &str| {
                scheme.split(';').find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": ")).unwrap()
            };
            for ground in ["--ground", "--panel", "--warn-ground"] {
                for ink in ["--ink", "--soft", "--accent", "--good", "--bad", "--warn"] {
                    let contrast = contrast(colour(ink), colour(ground));
                    assert!(contrast >= 4.5, "{ink} on {ground}: {contrast:.2}");
                }
            }
        }
    }
}
