//! The checks of lab 05.

fn main() {}
