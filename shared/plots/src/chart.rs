//! The frame that all figures with axes share: title, legend, axes with numbers and names, a colour bar.
//!
//! Everything is measured before it is drawn, so labels of any length fit. The figure's own file draws what is
//! inside, through [`Plane`].

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};

use crate::Figure;
use crate::axis::{Axis, Scale};
use crate::color::{self, ColorMap, Rgb};
use crate::font::{self, Weight};
use crate::plane::Plane;
use crate::scene::{Anchor, Bitmap, Paint, Recorder, Scene, Shape, Stroke, Text, TextLook, UNIT, units};

pub(crate) const TITLE_SIZE: f64 = 15.0;
pub(crate) const LABEL_SIZE: f64 = 13.0;
pub(crate) const TICK_SIZE: f64 = 12.0;
/// Width of a curve, in pixels.
pub(crate) const LINE: f64 = 1.8;

const MARGIN: f64 = 12.0;
const TICK_MARK: f64 = 4.0;
/// plotters keeps twice the tick mark between an axis and its numbers.
const TICK_DISTANCE: f64 = 2.0 * TICK_MARK;
const LEGEND_ROW: f64 = 19.0;
const BAR_WIDTH: f64 = 14.0;
const BAR_GAP: f64 = 14.0;

/// How large a figure is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    /// The whole, in pixels.
    Outer(f64, f64),
    /// The area between the axes, in pixels.
    Plot(f64, f64),
}

impl Default for Size {
    fn default() -> Self {
        Size::Outer(640.0, 400.0)
    }
}

/// The sign in front of a legend's text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sign {
    Line { dashed: bool },
    Disc,
    Square,
}

#[derive(Clone, Debug)]
pub(crate) struct LegendEntry {
    pub(crate) text: String,
    pub(crate) color: Rgb,
    pub(crate) sign: Sign,
}

impl LegendEntry {
    fn width(&self) -> f64 {
        self.sign_width() + 6.0 + font::width(&self.text, TICK_SIZE, Weight::Regular)
    }

    fn sign_width(&self) -> f64 {
        if let Sign::Line { .. } = self.sign { 22.0 } else { 10.0 }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct ColorBar {
    pub(crate) map: ColorMap,
    pub(crate) range: (f64, f64),
    /// Logarithmic if the colours are.
    pub(crate) scale: Scale,
    pub(crate) label: String,
    /// In so many even steps, or smooth.
    pub(crate) steps: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mesh {
    Both,
    Horizontal,
    None,
}

pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) x_label: String,
    pub(crate) y_label: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) size: Size,
    pub(crate) mesh: Mesh,
    pub(crate) legend: Vec<LegendEntry>,
    pub(crate) color_bar: Option<ColorBar>,
    /// Whether to say that there is nothing to see.
    pub(crate) empty: bool,
}

type Chart<'a> = ChartContext<'a, Recorder, Cartesian2d<Axis, Axis>>;

/// plotters' calls can only fail if the backend does, and ours does not.
fn drawn<T>(result: Result<T, DrawingAreaErrorKind<Infallible>>) -> T {
    result.expect("recording shapes cannot fail")
}

fn text_style(size: f64, color: Rgb) -> TextStyle<'static> {
    let font = FontDesc::new(FontFamily::SansSerif, size * f64::from(UNIT), FontStyle::Normal);
    TextStyle { color: RGBColor::from(color).to_backend_color(), ..TextStyle::from(font) }
}

pub(crate) fn filled(color: Rgb, alpha: f64) -> Paint {
    Paint { color, alpha }
}

/// A pen of `width` pixels.
pub(crate) fn pen(color: Rgb, alpha: f64, width: f64) -> Stroke {
    Stroke { paint: filled(color, alpha), width: units(width).max(1), dashed: false }
}

fn mesh_style(color: Rgb) -> ShapeStyle {
    ShapeStyle::from(RGBColor::from(color)).stroke_width(UNIT as u32)
}

impl Frame {
    pub(crate) fn new(title: &str, x: Axis, y: Axis) -> Self {
        Self {
            title: title.to_owned(),
            x_label: String::new(),
            y_label: String::new(),
            x,
            y,
            size: Size::default(),
            mesh: Mesh::Both,
            legend: Vec::new(),
            color_bar: None,
            empty: false,
        }
    }

    /// Lays the figure out, lets `contents` draw inside the axes, and returns it.
    pub(crate) fn draw(mut self, contents: impl FnOnce(&mut Plane<'_>)) -> Figure {
        let tick_widths = |axis: &Axis| {
            axis.ticks()
                .iter()
                .map(|tick| font::width(&tick.label, TICK_SIZE, Weight::Regular))
                .fold(0.0, f64::max)
        };
        let title_height = if self.title.is_empty() { 0.0 } else { TITLE_SIZE + 11.0 };
        let label_height = |label: &str| if label.is_empty() { 0.0 } else { LABEL_SIZE + 7.0 };
        // Names that would touch each other stand upright.
        let rough_width = match self.size {
            Size::Outer(width, _) => width - 90.0,
            Size::Plot(width, _) => width,
        };
        let upright =
            self.x.is_category() && tick_widths(&self.x) + 6.0 > rough_width / self.x.ticks().len() as f64;
        let names_height = if upright { tick_widths(&self.x) } else { TICK_SIZE };
        let below = TICK_DISTANCE + names_height + 2.0 + label_height(&self.x_label);

        // Heights first: the numbers on the vertical axis decide how much width is left.
        let (mut width, mut height) = match self.size {
            Size::Outer(width, height) => (width.clamp(160.0, 8000.0), height.clamp(120.0, 8000.0)),
            Size::Plot(width, height) => (width.clamp(40.0, 8000.0), height.clamp(40.0, 8000.0)),
        };
        let legend_width = match self.size {
            Size::Outer(..) => width - 70.0 - MARGIN,
            Size::Plot(..) => width,
        };
        let legend_rows = rows_of(&self.legend, legend_width);
        let above = MARGIN
            + title_height
            + LEGEND_ROW * legend_rows.len() as f64
            + if legend_rows.is_empty() { 0.0 } else { 5.0 };
        let plot_height = match self.size {
            Size::Outer(..) => height - above - below - MARGIN,
            Size::Plot(..) => height,
        }
        .max(40.0);
        self.y.place_ticks((plot_height / 42.0) as usize);
        let mut bar_axis = self.color_bar.as_ref().map(|bar| {
            let mut axis = Axis::exactly(bar.range, bar.scale);
            axis.place_ticks((plot_height / 42.0) as usize);
            axis
        });
        let left = MARGIN + tick_widths(&self.y) + TICK_DISTANCE + label_height(&self.y_label);
        let bar_label = self.color_bar.as_ref().map_or(0.0, |bar| label_height(&bar.label));
        let right = MARGIN
            + bar_axis
                .as_ref()
                .map_or(6.0, |axis| BAR_GAP + BAR_WIDTH + TICK_DISTANCE + tick_widths(axis) + bar_label);
        let plot_width = match self.size {
            Size::Outer(..) => width - left - right,
            Size::Plot(..) => width,
        }
        .max(40.0);
        if let Size::Plot(..) = self.size {
            let title_width = font::width(&self.title, TITLE_SIZE, Weight::Bold);
            width = (left + plot_width + right).max(MARGIN + title_width + MARGIN);
            height = above + plot_height + below + MARGIN;
        }
        fit_ticks(&mut self.x, plot_width);

        let scene = Rc::new(RefCell::new(Scene::new(width, height)));
        let (plot_left, plot_right) = (left, left + plot_width);
        // The title stands over the plot, unless it only fits when it starts further left.
        let title_width = font::width(&self.title, TITLE_SIZE, Weight::Bold);
        let title_left = plot_left.min((width - MARGIN - title_width).max(MARGIN));
        scene.borrow_mut().text(
            (title_left, MARGIN),
            &self.title,
            TextLook {
                size: TITLE_SIZE,
                weight: Weight::Bold,
                color: color::INK,
                horizontal: Anchor::Start,
                vertical: Anchor::Start,
            },
        );
        for (row, entries) in legend_rows.iter().enumerate() {
            let middle = MARGIN + title_height + LEGEND_ROW * (row as f64 + 0.5);
            draw_legend(&mut scene.borrow_mut(), entries, plot_left, middle);
        }

        let area = Recorder(Rc::clone(&scene)).into_drawing_area();
        let mut chart: Chart<'_> = drawn(
            ChartBuilder::on(&area)
                .margin_left(units(MARGIN))
                .margin_top(units(above))
                .margin_bottom(units(MARGIN))
                .margin_right(units(width - plot_right))
                .x_label_area_size(units(below))
                .y_label_area_size(units(left - MARGIN))
                .build_cartesian_2d(self.x.clone(), self.y.clone()),
        );
        let mut mesh = chart.configure_mesh();
        if upright {
            mesh.x_label_formatter(&|_| String::new());
        }
        mesh.bold_line_style(mesh_style(color::MESH))
            .light_line_style(mesh_style(color::FAINT_MESH))
            .axis_style(mesh_style(color::AXIS))
            .label_style(text_style(TICK_SIZE, color::INK))
            .axis_desc_style(text_style(LABEL_SIZE, color::INK))
            .x_desc(self.x_label.clone())
            .y_desc(self.y_label.clone())
            .set_all_tick_mark_size(units(TICK_MARK));
        match self.mesh {
            Mesh::Both => {}
            Mesh::Horizontal => {
                mesh.disable_x_mesh();
            }
            Mesh::None => {
                mesh.disable_mesh();
            }
        }
        drawn(mesh.draw());

        let (xs, ys) = chart.plotting_area().get_pixel_range();
        let (low, high) = ((xs.start, ys.start), (xs.end, ys.end));
        drop(chart);
        drop(area);
        let mut scene = Rc::into_inner(scene).expect("plotters is done").into_inner();
        if upright {
            for tick in self.x.ticks() {
                let center = low.0 + (self.x.fraction(tick.value) * f64::from(high.0 - low.0)) as i32;
                scene.push(Shape::Text(Text {
                    at: (center + units(TICK_SIZE * font::CAP_HEIGHT / 2.0), high.1 + units(TICK_DISTANCE)),
                    anchor: Anchor::End,
                    size: units(TICK_SIZE),
                    weight: Weight::Regular,
                    color: color::INK,
                    rotation: 270,
                    text: tick.label.clone(),
                }));
            }
        }
        scene.push(Shape::Clip { low, high });
        contents(&mut Plane::new(&mut scene, (low, high), (self.x, self.y)));
        scene.push(Shape::Unclip);
        if self.mesh == Mesh::None {
            let stroke = Some(pen(color::AXIS, 1.0, 1.0));
            scene.push(Shape::Rectangle { low, high, fill: None, stroke });
        }
        if self.empty {
            scene.text(
                ((plot_left + plot_right) / 2.0, above + plot_height / 2.0),
                "no data",
                TextLook {
                    size: LABEL_SIZE,
                    weight: Weight::Regular,
                    color: color::SOFT_INK,
                    horizontal: Anchor::Middle,
                    vertical: Anchor::Middle,
                },
            );
        }
        if let Some((bar, axis)) = self.color_bar.as_ref().zip(bar_axis.as_mut()) {
            draw_color_bar(&mut scene, bar, axis, (plot_right + BAR_GAP, above), plot_height);
        }
        Figure::new(&self.title, scene)
    }
}

/// As many ticks as fit without their labels touching.
fn fit_ticks(axis: &mut Axis, length: f64) {
    let mut count = (length / 55.0).clamp(2.0, 14.0) as usize;
    loop {
        axis.place_ticks(count);
        let needed: f64 =
            axis.ticks().iter().map(|tick| font::width(&tick.label, TICK_SIZE, Weight::Regular) + 14.0).sum();
        if needed <= length || count <= 2 {
            return;
        }
        count -= 1;
    }
}

/// Fills rows from left to right.
fn rows_of(entries: &[LegendEntry], width: f64) -> Vec<Vec<&LegendEntry>> {
    let mut rows: Vec<Vec<&LegendEntry>> = Vec::new();
    let mut used = f64::INFINITY;
    for entry in entries {
        let needed = entry.width() + 18.0;
        if used + needed > width + 18.0 {
            rows.push(Vec::new());
            used = 0.0;
        }
        used += needed;
        if let Some(row) = rows.last_mut() {
            row.push(entry);
        }
    }
    rows
}

fn draw_legend(scene: &mut Scene, entries: &[&LegendEntry], left: f64, middle: f64) {
    let mut x = left;
    for entry in entries {
        let paint = Paint { color: entry.color, alpha: 1.0 };
        let sign_width = entry.sign_width();
        match entry.sign {
            Sign::Line { dashed } => scene.push(Shape::Path {
                points: vec![(units(x), units(middle)), (units(x + sign_width), units(middle))],
                closed: false,
                fill: None,
                stroke: Some(Stroke { paint, width: units(LINE + 0.4), dashed }),
            }),
            Sign::Disc => scene.push(Shape::Circle {
                center: (units(x + sign_width / 2.0), units(middle)),
                radius: units(4.0),
                fill: Some(paint),
                stroke: None,
            }),
            Sign::Square => scene.push(Shape::Rectangle {
                low: (units(x), units(middle - 5.0)),
                high: (units(x + 10.0), units(middle + 5.0)),
                fill: Some(paint),
                stroke: None,
            }),
        }
        scene.text(
            (x + sign_width + 6.0, middle),
            &entry.text,
            TextLook {
                size: TICK_SIZE,
                weight: Weight::Regular,
                color: color::INK,
                horizontal: Anchor::Start,
                vertical: Anchor::Middle,
            },
        );
        x += entry.width() + 18.0;
    }
}

fn draw_color_bar(scene: &mut Scene, bar: &ColorBar, axis: &Axis, (left, top): (f64, f64), height: f64) {
    use plotters::coord::ranged1d::Ranged;

    let steps = bar.steps.unwrap_or(128).max(1);
    let bitmap = Bitmap::from_fn(steps, 1, |row, _| bar.map.color(1.0 - (row as f64 + 0.5) / steps as f64));
    let (low, high) = ((units(left), units(top)), (units(left + BAR_WIDTH), units(top + height)));
    scene.push(Shape::Image { low, high, bitmap: Arc::new(bitmap), smooth: false });
    let ink = |color| Paint { color, alpha: 1.0 };
    let stroke = Stroke { paint: ink(color::AXIS), width: UNIT, dashed: false };
    scene.push(Shape::Rectangle { low, high, fill: None, stroke: Some(stroke) });
    let right = left + BAR_WIDTH;
    let mut widest: f64 = 0.0;
    for tick in axis.ticks() {
        let y = axis.map(&tick.value, (high.1, low.1));
        scene.push(Shape::Path {
            points: vec![(high.0, y), (high.0 + units(TICK_MARK), y)],
            closed: false,
            fill: None,
            stroke: Some(stroke),
        });
        scene.text(
            (right + TICK_DISTANCE, f64::from(y) / f64::from(UNIT)),
            &tick.label,
            TextLook {
                size: TICK_SIZE,
                weight: Weight::Regular,
                color: color::INK,
                horizontal: Anchor::Start,
                vertical: Anchor::Middle,
            },
        );
        widest = widest.max(font::width(&tick.label, TICK_SIZE, Weight::Regular));
    }
    if !bar.label.is_empty() {
        scene.push(Shape::Text(Text {
            at: (
                units(right + TICK_DISTANCE + widest + 7.0 + LABEL_SIZE * font::ASCENT),
                units(top + height / 2.0),
            ),
            anchor: Anchor::Middle,
            size: units(LABEL_SIZE),
            weight: Weight::Regular,
            color: color::INK,
            rotation: 270,
            text: bar.label.clone(),
        }));
    }
}
