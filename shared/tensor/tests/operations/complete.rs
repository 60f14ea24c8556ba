//! Nothing is left out of the table: every public operation in `src/ops` is called in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Operations that have no line of their own, with the reason.
const ELSEWHERE: &[(&str, &str)] = &[
    ("kernel", "a setting of a pool"),
    ("stride", "a setting of a pool"),
    ("padding", "a setting of a pool"),
    ("dilation", "a setting of a pool"),
    ("ceil_mode", "a setting of a pool, compared with PyTorch"),
    ("exclude_padding", "a setting of a pool"),
    ("output_size", "arithmetic on sizes, tested beside its code"),
    ("argmax", "answers places, not a tensor: below"),
    ("argmin", "answers places, not a tensor: below"),
    ("argsort", "answers places, not a tensor: below"),
    ("one_hot", "takes labels, not a tensor: below"),
    ("equal", "answers yes or no, tested in its example"),
    ("unbind", "slices by select, which has a line"),
    ("chunk", "split with another count, which has a line"),
];

fn read_all(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text += &read_all(&path);
        } else if path.file_name().is_some_and(|name| name != "tests.rs" && name != "complete.rs") {
            text += &fs::read_to_string(&path).expect("a source");
        }
    }
    text
}

/// The names after `pub fn`, and those in the lists from which macros make functions:
/// `    exp exp_ Exp;`, `    conv2d try_conv2d convolve 2;`.
fn public_functions(source: &str) -> BTreeSet<String> {
    let is_name = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let listed = source.lines().filter_map(|line| {
        let words: Vec<&str> = line.strip_prefix("    ")?.strip_suffix(';')?.split(' ').collect();
        (words.len() >= 2 && words.iter().all(|word| word.chars().all(|c| c.is_alphanumeric() || c == '_')))
            .then(|| words[0].to_owned())
            .filter(|name| {
                is_name(name) && !["let", "use", "pub", "return", "break"].contains(&name.as_str())
            })
    });
    let defined = source.split("pub fn ").skip(1).filter_map(|rest| {
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        (!name.is_empty()).then_some(name)
    });
    listed.chain(defined).collect()
}

#[test]
fn every_public_operation_has_a_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = read_all(&root.join("tests/operations"));
    let functions = public_functions(&read_all(&root.join("src/ops")));
    assert!(functions.len() > 100, "only {} functions were found", functions.len());
    let missing: Vec<&String> = functions
        .iter()
        // `try_exp` and `exp_` are the same code as `exp`.
        .filter(|name| !name.starts_with("try_") && (!name.ends_with('_') || *name == "where_"))
        .filter(|name| !ELSEWHERE.iter().any(|(other, _)| other == name))
        // Called as a method or as a function, or by a macro of the table, which takes the name apart.
        .filter(|name| {
            let calls = [format!(".{name}("), format!("::{name}("), format!(" {name}("), format!(" {name},")];
            !calls.iter().any(|call| table.contains(call))
        })
        .filter(|name| !["add", "sub", "mul", "div"].contains(&name.as_str()))
        .collect();
    assert!(missing.is_empty(), "no line in the table for {missing:?}");
}

#[test]
fn places_of_extremes_and_order_are_those_of_a_loop() {
    use crate::table::{VIEWS, Values, draw};
    for view in VIEWS {
        let mut generator = tensor::Generator::seed(2);
        let x = draw(&mut generator, Values::Distinct, &[3, 4, 5], view);
        for dim in 0..3 {
            let behind: Vec<usize> = (0..3).filter(|&other| other != dim).chain([dim]).collect();
            let rows = x.permute(&behind[..]).to_vec();
            let rows: Vec<&[f64]> = rows.chunks_exact(x.size(dim)).collect();
            let first = |row: &[f64], better: fn(f64, f64) -> bool| {
                (1..row.len()).fold(0, |best, i| if better(row[i], row[best]) { i } else { best })
            };
            let largest: Vec<usize> = rows.iter().map(|row| first(row, |a, b| a > b)).collect();
            let smallest: Vec<usize> = rows.iter().map(|row| first(row, |a, b| a < b)).collect();
            assert_eq!(x.argmax(dim), largest, "{view:?}, dimension {dim}");
            assert_eq!(x.argmin(dim), smallest, "{view:?}, dimension {dim}");
            // Sorting by the places gives rising numbers.
            let sorted = x.gather(dim, &x.argsort(dim), x.shape());
            let rising = sorted.permute(&behind[..]).to_vec();
            assert!(rising.chunks_exact(x.size(dim)).all(|row| row.is_sorted()), "{view:?}, dimension {dim}");
        }
    }
}

#[test]
fn one_hot_rows_hold_a_single_one() {
    let x: tensor::Tensor = tensor::Tensor::one_hot(&[2, 0, 1, 1], 3);
    assert_eq!(x.argmax(1), [2, 0, 1, 1]);
    assert_eq!(x.sum(1).to_vec(), [1.0; 4]);
    assert_eq!(x.max(1).to_vec(), [1.0; 4]);
}
