//! A report of one run as a single HTML file: figures, tables and numbers, nothing from the network.

use std::fmt::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::figure::write_atomically;
use crate::svg::escape;
use crate::{Animation, Figure, Result};

/// Forbids everything that is not in the file itself, scripts included.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const STYLE: &str = include_str!("page.css");

/// A self-contained HTML page, made step by step.
///
/// What comes after a [`section`](Page::section), figures, text and tables, belongs to that section. All text is
/// escaped; a blank line in prose starts a new paragraph.
///
/// ```
/// # use plots::{Curves, Page};
/// let curves = Curves::new("Loss").series("train", &[0.9, 0.4, 0.2]).figure()?;
/// let page = Page::new("Lab 05: LeNet-5 on MNIST")
///     .result("Test accuracy", "99.12 %")
///     .setting("epochs", 3)
///     .section("Loss", "Train and validation loss by epoch.")
///     .figure(curves)
///     .table(&["class", "accuracy"], &[["0", "99.7 %"], ["1", "99.6 %"]])
///     .footer("cargo xtask demo lab-05");
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("report.html");
/// page.save(path)?;
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .save() to write it"]
pub struct Page {
    title: String,
    subtitle: String,
    results: Vec<(String, String)>,
    settings: Vec<(String, String)>,
    footer: Vec<String>,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
enum Block {
    Heading(String),
    Text(String),
    Code(String),
    Figure { figure: Box<Figure>, caption: String },
    Animation { animation: Animation, caption: String },
    Table { header: Vec<String>, rows: Vec<Vec<String>> },
}

impl Page {
    /// A page with nothing but a title.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            subtitle: String::new(),
            results: Vec::new(),
            settings: Vec::new(),
            footer: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// One sentence under the title.
    pub fn subtitle(mut self, subtitle: &str) -> Self {
        self.subtitle = subtitle.to_owned();
        self
    }

    /// Adds a headline number; they stand large at the top, in order.
    pub fn result(mut self, name: &str, value: impl ToString) -> Self {
        self.results.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a line to the table of settings.
    pub fn setting(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// Starts a section with its first paragraphs, which may be empty.
    pub fn section(mut self, heading: &str, prose: &str) -> Self {
        self.blocks.push(Block::Heading(heading.to_owned()));
        self.text(prose)
    }

    /// Adds paragraphs.
    pub fn text(mut self, prose: &str) -> Self {
        let paragraphs = prose.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
        self.blocks.extend(paragraphs.map(|text| Block::Text(text.to_owned())));
        self
    }

    /// Adds text whose line breaks and columns matter: a sample of a language model, a program's output.
    pub fn code(mut self, text: &str) -> Self {
        self.blocks.push(Block::Code(text.to_owned()));
        self
    }

    /// Adds a figure.
    pub fn figure(self, figure: Figure) -> Self {
        self.figure_with_caption(figure, "")
    }

    /// Adds a figure with a sentence under it.
    pub fn figure_with_caption(mut self, figure: Figure, caption: &str) -> Self {
        let (figure, caption) = (Box::new(figure), caption.to_owned());
        self.blocks.push(Block::Figure { figure, caption });
        self
    }

    /// Adds an animation with a sentence under it.
    pub fn animation(mut self, animation: Animation, caption: &str) -> Self {
        self.blocks.push(Block::Animation { animation, caption: caption.to_owned() });
        self
    }

    /// Adds a table. Cells that start with a digit or a sign are set to the right, as numbers are.
    pub fn table<H: AsRef<str>, R: AsRef<[C]>, C: AsRef<str>>(mut self, header: &[H], rows: &[R]) -> Self {
        let header = header.iter().map(|cell| cell.as_ref().to_owned()).collect();
        let row = |row: &R| row.as_ref().iter().map(|cell| cell.as_ref().to_owned()).collect();
        self.blocks.push(Block::Table { header, rows: rows.iter().map(row).collect() });
        self
    }

    /// Adds to the small print at the end: the command, the time, the machine.
    pub fn footer(mut self, text: &str) -> Self {
        self.footer.push(text.to_owned());
        self
    }

    /// The page as HTML.
    ///
    /// # Errors
    /// [`Error::Png`](crate::Error::Png) if an image in a figure cannot be encoded.
    pub fn to_html(&self) -> Result<String> {
        let title = escape(&self.title);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{title}</h1>\n"
        );
        if !self.subtitle.is_empty() {
            push(&mut html, format_args!("<p class=\"subtitle\">{}</p>\n", escape(&self.subtitle)));
        }
        html.push_str("</header>\n");
        if !self.results.is_empty() {
            html.push_str("<dl class=\"results\">\n");
            for (name, value) in &self.results {
                push(
                    &mut html,
                    format_args!("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(name), escape(value)),
                );
            }
            html.push_str("</dl>\n");
        }
        if !self.settings.is_empty() {
            html.push_str("<table class=\"settings\">\n<caption>Settings</caption>\n");
            for (name, value) in &self.settings {
                push(
                    &mut html,
                    format_args!(
                        "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
                        escape(name),
                        escape(value)
                    ),
                );
            }
            html.push_str("</table>\n");
        }
        let mut section_is_open = false;
        for block in &self.blocks {
            if let Block::Heading(heading) = block {
                html.push_str(if section_is_open { "</section>\n<section>\n" } else { "<section>\n" });
                section_is_open = true;
                push(&mut html, format_args!("<h2>{}</h2>\n", escape(heading)));
            } else {
                write_block(&mut html, block)?;
            }
        }
        if section_is_open {
            html.push_str("</section>\n");
        }
        if !self.footer.is_empty() {
            html.push_str("<footer>\n");
            for line in &self.footer {
                push(&mut html, format_args!("<p>{}</p>\n", escape(line)));
            }
            html.push_str("</footer>\n");
        }
        html.push_str("</main>\n</body>\n</html>\n");
        Ok(html)
    }

    /// Writes the page. The file is replaced at once or not at all.
    ///
    /// # Errors
    /// [`Error::Write`](crate::Error::Write) if the file cannot be written, and what [`Page::to_html`] gives.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write_atomically(path.as_ref(), self.to_html()?.as_bytes())
    }
}

fn push(html: &mut String, text: std::fmt::Arguments<'_>) {
    html.write_fmt(text).expect("writing to a String never fails");
}

fn write_block(html: &mut String, block: &Block) -> Result<()> {
    match block {
        Block::Heading(_) => {}
        Block::Text(text) => push(html, format_args!("<p>{}</p>\n", escape(text))),
        Block::Code(text) => push(html, format_args!("<pre>{}</pre>\n", escape(text))),
        Block::Figure { figure, caption } => {
            html.push_str("<figure>\n");
            html.push_str(&figure.to_svg()?);
            write_caption(html, caption);
            html.push_str("</figure>\n");
        }
        Block::Animation { animation, caption } => {
            let (width, height) = animation.size();
            let (alt, png) = (escape(animation.title()), STANDARD.encode(animation.to_png()?));
            push(
                html,
                format_args!(
                    "<figure>\n<img alt=\"{alt}\" width=\"{width}\" height=\"{height}\" \
                     src=\"data:image/png;base64,{png}\">\n"
                ),
            );
            write_caption(html, caption);
            html.push_str("</figure>\n");
        }
        Block::Table { header, rows } => {
            html.push_str("<div class=\"scroll\"><table>\n");
            if !header.is_empty() {
                html.push_str("<thead><tr>");
                for (column, cell) in header.iter().enumerate() {
                    let numbers = rows.iter().filter_map(|row| row.get(column));
                    let class = if numbers.clone().count() > 0 && numbers.clone().all(|cell| is_number(cell))
                    {
                        " class=\"number\""
                    } else {
                        ""
                    };
                    push(html, format_args!("<th scope=\"col\"{class}>{}</th>", escape(cell)));
                }
                html.push_str("</tr></thead>\n");
            }
            html.push_str("<tbody>\n");
            for row in rows {
                html.push_str("<tr>");
                for cell in row {
                    let class = if is_number(cell) { " class=\"number\"" } else { "" };
                    push(html, format_args!("<td{class}>{}</td>", escape(cell)));
                }
                html.push_str("</tr>\n");
            }
            html.push_str("</tbody>\n</table></div>\n");
        }
    }
    Ok(())
}

fn write_caption(html: &mut String, caption: &str) {
    if !caption.is_empty() {
        push(html, format_args!("<figcaption>{}</figcaption>\n", escape(caption)));
    }
}

fn is_number(cell: &str) -> bool {
    cell.trim_start_matches(['-', '−', '+', '<', '≥', '≤', '±', ' '])
        .starts_with(|first: char| first.is_ascii_digit())
}
