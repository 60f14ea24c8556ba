//! Attacks on the compiler: sources that read while they are compiled, or that make rustc work, swell or die.

use crate::attack::{Attack, BODY, Fate, body};

const REFUSED: &[&str] = &["refused"];
const ERROR: &[&str] = &["compile_error"];

/// Those that are refused or fail at once.
pub(crate) fn quick() -> Vec<Attack> {
    let mut attacks = refused();
    attacks.extend(errors());
    attacks
}

/// What the rules for tokens stop, before any compiler sees it. The words are of the message.
fn refused() -> Vec<Attack> {
    let refused = |name: &str, words: &'static str, text: &str, items: &str| {
        body(name, text, items).ends(Fate::Ends(REFUSED, words))
    };
    let item = |name: &str, words: &'static str, items: &str| {
        body(name, BODY, items).ends(Fate::Ends(REFUSED, words))
    };
    vec![
        refused(
            "include-str",
            "`include_str`",
            "include_str!(\"@SOLUTION@/checks/hidden/oracle.rs\").len()",
            "",
        ),
        refused("include-bytes", "`include_bytes`", "include_bytes!(\"/etc/passwd\").len()", ""),
        item("include", "`include`", "include!(\"@SOLUTION@/checks/hidden/oracle.rs\");"),
        refused("include-raw", "`include`", "r#include!(\"/etc/passwd\")", ""),
        refused("include-by-path", "`include_str`", "::core::include_str! {\"/etc/passwd\"}.len()", ""),
        item("include-renamed", "`include`", "use std::include as harmless; harmless!(\"/etc/passwd\");"),
        refused(
            "include-in-pieces",
            "`include`",
            "call!(include)",
            "macro_rules! call { ($i:ident) => { $i!(\"/etc/passwd\") } }",
        ),
        refused(
            "include-through-vec",
            "`include`",
            "vec!(include)",
            "macro_rules! vec { ($i:ident) => { $i!(\"/etc/passwd\") } }",
        ),
        refused("env", "`env`", "env!(\"CARGO_MANIFEST_DIR\").len()", ""),
        refused("env-in-concat", "`env`", "concat!(env!(\"HOME\"), \"/x\").len()", ""),
        refused("option-env", "`option_env`", "option_env!(\"DL_LABS_ATTACK\").map_or(0, str::len)", ""),
        item(
            "path",
            "`path`",
            "#[path = \"../../../solutions/lab-01-perceptron/checks/hidden/oracle.rs\"] mod oracle;",
        ),
        item("path-by-cfg", "`cfg_attr`", "#[cfg_attr(all(), path = \"/etc/passwd\")] mod oracle;"),
        item(
            "path-in-pieces",
            "attribute",
            "macro_rules! module { ($p:ident) => { #[$p = \"/etc/passwd\"] mod oracle; } } module!(path);",
        ),
        item(
            "path-from-a-comment",
            "attribute",
            "macro_rules! module { (#[doc = $d:expr] $p:ident) => { #[$p = \"/etc/passwd\"] mod oracle; } } module!(/// doc\n path);",
        ),
        item(
            "doc-of-a-file",
            "`include_str`",
            "#[doc = include_str!(\"/etc/passwd\")] pub fn documented() {}",
        ),
        item("module-outside", "no `src/mlp/oracle.rs`", "mod oracle;"),
        item("extern-crate", "`extern`", "extern crate proptest;"),
        item("extern-function", "`extern`", "extern \"C\" fn here() {}"),
        refused("unsafe", "`unsafe`", "unsafe { *(8 as *const usize) }", ""),
        item("unsafe-allowed", "`unsafe_code`", "#[allow(unsafe_code)] fn inside() {}"),
        item("unsafe-attribute", "`unsafe`", "#[unsafe(no_mangle)] fn malloc() {}"),
        item(
            "constructor",
            "`link_section`",
            "#[link_section = \".init_array\"] static START: fn() = || std::process::exit(0);",
        ),
        item("assembler", "`global_asm`", "std::arch::global_asm!(\"nop\");"),
        item(
            "allocator",
            "`global_allocator`",
            "#[global_allocator] static A: std::alloc::System = std::alloc::System;",
        ),
        item("feature-gates", "`feature`", "#![feature(rustc_attrs)]"),
        item("procedural-macro", "`proc_macro`", "#[proc_macro] pub fn reads(_: i32) {}"),
        item("recursion-limit", "`recursion_limit`", "#![recursion_limit = \"100000000\"]"),
        refused("deep-nesting", "nested", &format!("{}0{}", "(".repeat(20_000), ")".repeat(20_000)), ""),
        refused("long-expression", "Break it up", &format!("0{}", " + 1".repeat(50_000)), ""),
    ]
}

/// What rustc itself refuses.
fn errors() -> Vec<Attack> {
    let error = |name: &str, words: &'static str, text: &str, items: &str| {
        body(name, text, items).ends(Fate::Ends(ERROR, words))
    };
    vec![
        error("crate-of-the-checks", "proptest", "proptest::num::u8::ANY.0", ""),
        error("crate-of-the-grader", "grading", "grading::prelude::Tolerance::EXACT as usize", ""),
        error("its-own-hidden-module", "hidden", "crate::hidden::checks().len()", ""),
        error("unstable-library", "unstable", "std::intrinsics::abort()", ""),
        error("another-crate-type", "", "0", "fn main() {}\nconst _: [(); 0] = [(); 1];"),
        error(
            "endless-macro",
            "recursion limit",
            "{ macro_rules! forever { () => { forever!() } } forever!() }",
            "",
        ),
        error(
            "endless-type",
            "",
            "grow(0, 100)",
            "fn grow<T>(x: T, n: usize) -> usize { if n == 0 { 0 } else { grow((x, n), n - 1) } }",
        ),
        error(
            "endless-trait",
            "overflow",
            "<Vec<u8> as Endless>::ZERO",
            "trait Endless { const ZERO: usize; } impl<T> Endless for T where Vec<T>: Endless { const ZERO: usize = 0; }",
        ),
        // The library is small, the program that is linked from it is not.
        error(
            "huge-program",
            "",
            "BIG[self.layers.len()] as usize",
            "static BIG: [u8; 400 << 20] = [1; 400 << 20];",
        ),
        error("panics-in-a-constant", "evaluation", "ZERO", "const ZERO: usize = [1, 2][7];"),
        error("constant-memory", "memory", "BIG.len()", "const BIG: &[u8] = &[1; 16 << 30];"),
        error("thousands-of-errors", "and so on", "0", &"fn f() -> u8 { \"no\" }\n".repeat(3000)),
    ]
}

/// Those that would not end, or would take all memory, on a short limit.
pub(crate) fn endless() -> Vec<Attack> {
    let late = |name: &str, text: &str, items: &str| {
        // Whether time or memory runs out first depends on the machine; a compiler that gives up is as good.
        body(name, text, items).ends(Fate::Ends(&["timeout", "out_of_memory"], "the compiler"))
    };
    vec![
        late(
            "endless-constant",
            "STEPS",
            "#[allow(long_running_const_eval)] const STEPS: usize = { let mut n = 0_usize; while n < usize::MAX { n += 1; } n };",
        ),
        late(
            "doubling-macro",
            "{ macro_rules! double { ($($t:tt)*) => { double!($($t)* $($t)*) } } double!(a) }",
            "",
        ),
        late(
            "doubling-items",
            "0",
            "macro_rules! items { ([$($n:tt)*]) => { const _: u8 = 0; }; ([$($n:tt)*] x $($rest:tt)*) => { mod left { items!([$($n)* l] $($rest)*); } mod right { items!([$($n)* r] $($rest)*); } } } \
             items!([] x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x);",
        ),
    ]
}
