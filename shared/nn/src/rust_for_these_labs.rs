#![doc = include_str!("../../../labs/RUST.md")]
// The students' page on Rust. Its examples are tests of this crate, which knows everything that they use; the line
// above is the first, so that a failing example is reported with its line in the page. rustdoc takes note of the codes
// in `compile_fail,E0382` only with RUSTC_BOOTSTRAP=1; the corrected twin of each shows that nothing else is wrong.
