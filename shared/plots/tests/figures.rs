//! Every kind of figure, from sensible and from hostile numbers: SVG that parses, PNGs of the right size, the same
//! bytes twice, and no panic.

use plots::{
    Bars, ColorMap, ConfusionMatrix, Contour, Curves, Error, Figure, Grid, HeatMap, Histogram, Image, Images,
    Page, Scatter, VectorField,
};
use proptest::prelude::*;

/// One figure of each kind over the same numbers, with each option that looks at them.
fn every_kind(numbers: &[f64], title: &str) -> Vec<Figure> {
    let labels: Vec<usize> = (0..numbers.len()).map(|index| index % 3).collect();
    let reversed: Vec<f64> = numbers.iter().rev().copied().collect();
    let names: Vec<String> = numbers.iter().map(|number| format!("{number:e} & <{title}>")).collect();
    let side = numbers.len().isqrt();
    let square = &numbers[..side * side];
    let grid = Grid::new(side, side, square).unwrap();
    let range = (numbers.first().copied().unwrap_or(0.0), numbers.last().copied().unwrap_or(0.0));
    let curves = Curves::new(title)
        .x_label(title)
        .series("plain", numbers)
        .series_xy(title, numbers, &reversed)
        .band(&reversed, numbers)
        .dashed()
        .markers()
        .mark(range.0, title);
    let scatter = Scatter::new(title).points(numbers, &reversed, &labels);
    let mut figures = vec![
        curves.clone().figure().unwrap(),
        curves.clone().log_x().log_y().figure().unwrap(),
        curves.x_range(range.0, range.1).y_range(range.1, range.0).figure().unwrap(),
        scatter.clone().figure().unwrap(),
        Images::new(title)
            .image(Image::gray(side, side, square).unwrap().caption(title))
            .image(Image::signed(1, numbers.len(), numbers).unwrap().highlighted(true))
            .image(Image::stretched(numbers.len(), 1, numbers).unwrap())
            .image(Image::mapped(side, side, square, ColorMap::Viridis, range).unwrap())
            .figure(),
        HeatMap::new(title, grid.clone()).numbers().figure(),
        HeatMap::new(title, grid.clone()).diverging().extent(range, range).figure(),
        HeatMap::new(title, grid.clone()).range(range.1, range.0).figure(),
        Bars::new(title, &names)
            .series(title, numbers)
            .errors(&reversed)
            .series("", &reversed)
            .numbers()
            .figure()
            .unwrap(),
        Histogram::new(title).series("a", numbers).series("b", &reversed).density().figure(),
        VectorField::new(title, numbers, &reversed, &reversed, numbers)
            .trajectory(title, numbers, numbers)
            .figure()
            .unwrap(),
        Contour::new(title, range, range, grid.clone())
            .trajectory(title, &reversed, numbers)
            .point(range.0, range.1, title)
            .figure()
            .unwrap(),
        Contour::new(title, (0.0, 1.0), (0.0, 1.0), grid).log().figure().unwrap(),
    ];
    if side > 0 {
        let with_decision = scatter.decision(range, range, (side, side), square);
        figures.push(with_decision.figure().unwrap());
    }
    figures.push(Figure::grid(title, figures.chunks(3).map(<[Figure]>::to_vec)));
    figures
}

fn check_svg(figure: &Figure) {
    let svg = figure.to_svg().unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}:\n{svg}"));
    let root = document.root_element();
    assert!(root.has_tag_name(("http://www.w3.org/2000/svg", "svg")));
    let title = root.children().find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "title")));
    assert_eq!(title.unwrap().text().unwrap_or(""), figure.title());
    assert_eq!(root.attribute("viewBox").unwrap().split(' ').count(), 4);
    for node in document.descendants().filter(|node| node.is_element()) {
        // An embedded picture is text of any letters.
        for attribute in node.attributes().filter(|attribute| attribute.name() != "href") {
            let value = attribute.value();
            assert!(!value.contains("NaN") && !value.contains("inf"), "{attribute:?}");
        }
    }
    assert!(!svg.contains("id=\""), "ids of several figures in one page would collide");
}

fn png_size(bytes: &[u8]) -> (u32, u32) {
    let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height)
}

#[test]
fn a_png_has_two_pixels_to_the_css_pixel_and_decodes() {
    let figures = every_kind(&[3.0, 1.0, 4.0, 1.0, 5.0], "π");
    for figure in figures.iter().step_by(2) {
        let (width, height) = png_size(&figure.to_png().unwrap());
        assert_eq!(f64::from(width), (2.0 * figure.width()).round());
        assert_eq!(f64::from(height), (2.0 * figure.height()).round());
    }
}

#[test]
fn nothing_and_next_to_nothing_give_pictures() {
    let hostile: [&[f64]; 8] = [
        &[],
        &[0.0],
        &[f64::NAN],
        &[f64::INFINITY, f64::NEG_INFINITY],
        &[2.5; 9],
        &[f64::MAX, f64::MIN, 0.0, f64::MIN_POSITIVE],
        &[1.0, f64::NAN, 2.0, f64::INFINITY, -1.0],
        &[1e15, 1e15 + 1.0, 1e15 + 2.0, 1e15 + 3.0],
    ];
    for numbers in hostile {
        for figure in every_kind(numbers, "<hostile> & \"title\" \u{0}") {
            let svg = figure.to_svg().unwrap();
            // The title has a character that XML forbids, so it is not found again as it was.
            roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{numbers:?}: {error}"));
        }
    }
    for figure in every_kind(&[f64::NAN, f64::MAX, -1e-300], "") {
        figure.to_png().unwrap();
    }
    let empty: [Vec<Figure>; 0] = [];
    check_svg(&Figure::grid("", empty));
    let empty: [Vec<u32>; 0] = [];
    check_svg(&ConfusionMatrix::new("no classes", &empty).unwrap().figure());
}

#[test]
fn empty_figures_say_so() {
    let empty: [f64; 0] = [];
    assert!(Curves::new("t").series("a", &empty).figure().unwrap().to_svg().unwrap().contains("no data"));
    assert!(
        Curves::new("t").series("a", &[f64::NAN]).figure().unwrap().to_svg().unwrap().contains("no data")
    );
    assert!(!Curves::new("t").series("a", &[1.0]).figure().unwrap().to_svg().unwrap().contains("no data"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_numbers_give_well_formed_figures(
        numbers in prop::collection::vec(prop_oneof![
            prop::num::f64::ANY, -1e3..1e3f64, Just(0.0), Just(f64::NAN), Just(1.0),
        ], 0..30),
        title in "[ -~äß∇]{0,40}",
    ) {
        for figure in every_kind(&numbers, &title) {
            check_svg(&figure);
        }
    }
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    let numbers: Vec<f64> = (0..16).map(|index| f64::from(index * index % 7)).collect();
    for (first, second) in every_kind(&numbers, "t").iter().zip(every_kind(&numbers, "t")) {
        assert_eq!(first.to_svg().unwrap(), second.to_svg().unwrap());
    }
    // All shapes are in these two, and large PNGs take their time.
    for figure in [
        || Images::new("t").image(Image::gray(2, 2, &[0u8, 9, 99, 255]).unwrap().caption("a")).figure(),
        || Curves::new("t").series("a", &[1.0, 3.0, 2.0]).dashed().markers().figure().unwrap(),
    ] {
        assert_eq!(figure().to_png().unwrap(), figure().to_png().unwrap());
    }
}

#[test]
fn long_series_stay_small_files() {
    let noise: Vec<f64> = (0..200_000u64).map(|i| (i.wrapping_mul(2_654_435_761) % 1000) as f64).collect();
    let svg = Curves::new("noise").series("loss", &noise).figure().unwrap().to_svg().unwrap();
    assert!(svg.len() < 60_000, "{} bytes", svg.len());
}

#[test]
fn curves_outside_of_the_range_are_cut_off_and_not_moved_to_the_border() {
    let figure = Curves::new("t").series("a", &[0.0, 10.0, 10.0, 0.0]).y_range(0.0, 1.0).figure().unwrap();
    let svg = figure.to_svg().unwrap();
    // Two parts, near the ends; nothing along the upper border.
    let inside = svg.split("<svg x=").nth(1).unwrap().split("</svg>").next().unwrap();
    assert_eq!(inside.matches("<path").count(), 2, "{inside}");
}

#[test]
fn what_does_not_fit_together_is_an_error_that_names_it() {
    let message = |error: Error| error.to_string();
    let curves = Curves::new("Loss").series_xy("train", &[1.0, 2.0], &[1.0]).figure().unwrap_err();
    assert_eq!(message(curves), "Loss: x has 2 values, but y of “train” has 1; pass as many of each");
    let grid = Grid::new(2, 3, &[0.0; 5]).unwrap_err();
    assert_eq!(message(grid), "grid: the shape [2, 3] needs 6 values, got 5");
    let ragged = Grid::from_rows(&[vec![1.0, 2.0], vec![3.0]]).unwrap_err();
    assert!(message(ragged).contains("row 1 has 1"));
    let label = ConfusionMatrix::from_labels("Test", &[0, 3], &[0, 1], 3).unwrap_err();
    assert_eq!(message(label), "Test: the label 3 is out of range, there are 3 classes (0 to 2)");
    let image = Image::rgb(2, 2, &[0u8; 4]).unwrap_err();
    assert_eq!(message(image), "image: the shape [3, 2, 2] needs 12 values, got 4");
    assert!(Image::gray(usize::MAX, 2, &[0.0]).is_err());
    let decision = Scatter::new("Moons").decision((0.0, 1.0), (0.0, 1.0), (2, 2), &[0.5; 3]);
    assert!(matches!(decision.figure(), Err(Error::Shape { needed: 4, got: 3, .. })));
    assert!(Scatter::new("Moons").points(&[1.0], &[1.0], &[0, 1]).figure().is_err());
    assert!(Bars::new("Bars", &["a", "b"]).series("s", &[1.0]).figure().is_err());
    let wide = Curves::new("wide").series("a", &[1.0]).size(8000.0, 8000.0).figure().unwrap();
    assert!(matches!(wide.to_png(), Err(Error::TooLarge { .. })));
}

#[test]
fn files_are_written_by_extension_and_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let figure = Curves::new("t").series("a", &[1.0, 2.0]).figure().unwrap();
    figure.save(folder.path().join("figure.svg")).unwrap();
    figure.save(folder.path().join("figure.PNG")).unwrap();
    let svg = std::fs::read_to_string(folder.path().join("figure.svg")).unwrap();
    assert_eq!(svg, figure.to_svg().unwrap());
    assert_eq!(std::fs::read(folder.path().join("figure.PNG")).unwrap(), figure.to_png().unwrap());
    assert!(matches!(figure.save(folder.path().join("figure.jpg")), Err(Error::Extension { .. })));
    assert!(matches!(figure.save(folder.path().join("none/figure.svg")), Err(Error::Write { .. })));
    // A folder is in the way: the new file must not stay beside it.
    std::fs::create_dir(folder.path().join("folder.svg")).unwrap();
    assert!(matches!(figure.save(folder.path().join("folder.svg")), Err(Error::Write { .. })));
    let mut names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["figure.PNG", "figure.svg", "folder.svg"]);
}

#[test]
fn a_page_is_one_file_that_asks_for_nothing() {
    let hostile = "<script src=\"http://x\">alert('1')</script> & more";
    let bars = Bars::new(hostile, &[hostile]).series(hostile, &[1.0]).figure().unwrap();
    let picture = Images::new("").image(Image::gray(2, 2, &[0u8, 255, 3, 4]).unwrap()).figure();
    let page = Page::new(hostile)
        .subtitle(hostile)
        .result(hostile, hostile)
        .setting(hostile, 6)
        .section(hostile, hostile)
        .figure_with_caption(bars, hostile)
        .figure(picture)
        .table(&[hostile, "n"], &[[hostile, "−1.5"]])
        .code(hostile)
        .section("second", "one\n\ntwo")
        .footer(hostile);
    let html = page.to_html().unwrap();
    assert!(!html.contains("<script"));
    let namespace = "xmlns=\"http://www.w3.org/2000/svg\"";
    let escaped = "&lt;script src=&quot;http://x&quot;&gt;";
    assert!(!html.replace(namespace, "").replace(escaped, "").contains("http:"));
    assert!(html.contains("default-src 'none'"));
    assert!(html.contains("<p>one</p>\n<p>two</p>"));
    assert!(html.contains("<td class=\"number\">−1.5</td>"));
    assert_eq!(html.matches("<section>").count(), html.matches("</section>").count());
    assert_eq!(html, page.to_html().unwrap());

    let folder = tempfile::tempdir().unwrap();
    page.save(folder.path().join("report.html")).unwrap();
    assert_eq!(std::fs::read_to_string(folder.path().join("report.html")).unwrap(), html);
}
