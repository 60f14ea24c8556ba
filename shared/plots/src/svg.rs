//! A scene as SVG text.
//!
//! Coordinates stay whole numbers (the view box counts tenths of a pixel), runs of shapes with one look share a group,
//! and images are embedded as PNG, so that a figure is a few kilobytes. There are no ids: many figures can stand in
//! one HTML page without getting into each other's way.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::font::{self, Weight};
use crate::raster;
use crate::scene::{Anchor, Paint, Point, Scene, Shape, Stroke, Text, UNIT};
use crate::{Result, color};

/// Escapes text for XML and HTML, in elements and attributes alike. Characters that XML forbids become U+FFFD.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(character),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push('\u{fffd}');
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// The SVG element of `scene`, with `title` for those who cannot see it.
pub(crate) fn write(scene: &Scene, title: &str) -> Result<String> {
    let mut svg = String::new();
    let unit = f64::from(UNIT);
    write_to(
        &mut svg,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{}\" height=\"{}\" \
             role=\"img\" font-family=\"{}\">\n<title>{}</title>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n",
            f64::from(scene.width) / unit,
            f64::from(scene.height) / unit,
            escape(font::FAMILY).replace("&#39;", "'"),
            escape(title),
            width = scene.width,
            height = scene.height,
        ),
    );
    let mut elements = Vec::with_capacity(scene.shapes.len());
    for shape in &scene.shapes {
        elements.push(element(shape)?);
    }
    for run in elements.chunk_by(|a, b| a.look == b.look && a.can_share() && b.can_share()) {
        match run {
            [one] => write_to(&mut svg, format_args!("{}{}{}\n", one.open, one.look, one.rest)),
            _ => {
                write_to(&mut svg, format_args!("<g{}>\n", run[0].look));
                for element in run {
                    write_to(&mut svg, format_args!("{}{}\n", element.open, element.rest));
                }
                svg.push_str("</g>\n");
            }
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn write_to(svg: &mut String, text: std::fmt::Arguments<'_>) {
    svg.write_fmt(text).expect("writing to a String never fails");
}

/// `<circle cx="1" cy="2" r="3"` + ` fill="#fff"` + `/>`.
struct Element {
    open: String,
    look: String,
    rest: String,
}

impl Element {
    fn can_share(&self) -> bool {
        !self.look.is_empty()
    }
}

fn element(shape: &Shape) -> Result<Element> {
    let empty = |open: String, look: String| Element { open, look, rest: "/>".to_owned() };
    let raw = |rest: String| Element { open: String::new(), look: String::new(), rest };
    Ok(match shape {
        Shape::Path { points, closed, fill, stroke } => {
            let end = if *closed { "z" } else { "" };
            let open = format!("<path d=\"{}{end}\"", path_data(points));
            let mut look = look(*fill, *stroke, shape.is_crisp());
            if points.len() > 2 && stroke.is_some() {
                look.push_str(" stroke-linejoin=\"round\"");
            }
            empty(open, look)
        }
        Shape::Rectangle { low, high, fill, stroke } => {
            let (width, height) = (high.0 - low.0, high.1 - low.1);
            let open = format!("<rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\"", low.0, low.1);
            empty(open, look(*fill, *stroke, true))
        }
        Shape::Circle { center, radius, fill, stroke } => {
            let open = format!("<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"", center.0, center.1);
            empty(open, look(*fill, *stroke, false))
        }
        Shape::Text(text) => text_element(text),
        Shape::Image { low, high, bitmap, smooth } => {
            let data = STANDARD.encode(raster::encode_bitmap(bitmap)?);
            let rendering = if *smooth { "" } else { " style=\"image-rendering:pixelated\"" };
            raw(format!(
                "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\"{rendering} \
                 href=\"data:image/png;base64,{data}\"/>",
                low.0,
                low.1,
                high.0 - low.0,
                high.1 - low.1
            ))
        }
        // An inner svg cuts off what lies outside of it, without the id that a clipPath needs.
        Shape::Clip { low, high } => {
            let (x, y, width, height) = (low.0, low.1, high.0 - low.0, high.1 - low.1);
            raw(format!(
                "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" viewBox=\"{x} {y} {width} {height}\">"
            ))
        }
        Shape::Unclip => raw("</svg>".to_owned()),
    })
}

fn path_data(points: &[Point]) -> String {
    let mut data = String::new();
    let mut last = (0, 0);
    for (index, &(x, y)) in points.iter().enumerate() {
        // Relative moves are short numbers; the minus sign separates by itself.
        let (dx, dy) = if index == 0 { (x, y) } else { (x - last.0, y - last.1) };
        let command = match index {
            0 => "M",
            1 => "l",
            _ if dx < 0 => "",
            _ => " ",
        };
        let separator = if dy < 0 { "" } else { " " };
        write_to(&mut data, format_args!("{command}{dx}{separator}{dy}"));
        last = (x, y);
    }
    data
}

fn hex(color: color::Rgb) -> String {
    let color::Rgb(red, green, blue) = color;
    let short = |byte: u8| byte >> 4 == byte & 15;
    if short(red) && short(green) && short(blue) {
        format!("#{:x}{:x}{:x}", red & 15, green & 15, blue & 15)
    } else {
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

fn look(fill: Option<Paint>, stroke: Option<Stroke>, crisp: bool) -> String {
    let mut look = match fill {
        Some(paint) => format!(" fill=\"{}\"{}", hex(paint.color), opacity("fill", paint.alpha)),
        None => " fill=\"none\"".to_owned(),
    };
    if let Some(Stroke { paint, width, dashed }) = stroke {
        let opacity = opacity("stroke", paint.alpha);
        write_to(
            &mut look,
            format_args!(" stroke=\"{}\"{opacity} stroke-width=\"{width}\"", hex(paint.color)),
        );
        if dashed {
            let [on, off] = dashes(width);
            write_to(&mut look, format_args!(" stroke-dasharray=\"{on} {off}\""));
        }
    }
    if crisp {
        look.push_str(" shape-rendering=\"crispEdges\"");
    }
    look
}

/// The lengths of a dash and of the gap after it.
pub(crate) fn dashes(width: i32) -> [i32; 2] {
    [3 * width, 2 * width]
}

fn opacity(of: &str, alpha: f64) -> String {
    if alpha >= 1.0 {
        String::new()
    } else {
        let rounded = format!("{alpha:.2}");
        format!(" {of}-opacity=\"{}\"", rounded.trim_end_matches('0').trim_end_matches('.'))
    }
}

fn text_element(text: &Text) -> Element {
    let (x, y) = text.at;
    let mut look = format!(" font-size=\"{}\" fill=\"{}\"", text.size, hex(text.color));
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => look.push_str(" text-anchor=\"middle\""),
        Anchor::End => look.push_str(" text-anchor=\"end\""),
    }
    if text.weight == Weight::Bold {
        look.push_str(" font-weight=\"bold\"");
    }
    let open = match text.rotation {
        0 => format!("<text x=\"{x}\" y=\"{y}\""),
        degrees => format!("<text x=\"{x}\" y=\"{y}\" transform=\"rotate({degrees} {x} {y})\""),
    };
    Element { open, look, rest: format!(">{}</text>", escape(&text.text)) }
}
