use std::path::Path;

use super::*;
use crate::grade::overlay::lay;
use crate::grade::submission::test_lab;
use crate::stubs::{self, Files, Source};
use crate::variants::{self, Kind};

fn scan(text: &str) -> Result<(), Refusal> {
    check(Path::new("src/a.rs"), text, &renamed(text), |file| {
        [Path::new("src/a/known.rs"), Path::new("src/a/inner/known/mod.rs")].contains(&file)
    })
}

fn refused(text: &str, word: &str) {
    match scan(text) {
        Ok(()) => panic!("accepted: {text}"),
        Err(refusal) => assert!(refusal.rule.contains(word), "{text}\n{refusal} should say {word:?}"),
    }
}

#[test]
fn every_construct_is_refused_in_many_disguises() {
    let constructs = [
        ("include!(\"hidden.rs\")", "include"),
        ("include_str!(\"hidden.rs\")", "include_str"),
        ("include_bytes!(\"hidden.rs\")", "include_bytes"),
        ("env!(\"HOME\")", "env"),
        ("option_env!(\"HOME\")", "option_env"),
        ("asm!(\"nop\")", "asm"),
        ("global_asm!(\"nop\")", "global_asm"),
        ("naked_asm!(\"nop\")", "naked_asm"),
    ];
    let names = [
        "unsafe",
        "extern",
        "no_mangle",
        "export_name",
        "link_section",
        "global_allocator",
        "panic_handler",
        "proc_macro",
        "crate_type",
        "crate_name",
        "recursion_limit",
        "type_length_limit",
        "no_std",
        "no_main",
        "unsafe_code",
    ];
    for (call, word) in constructs {
        let (name, rest) = call.split_once('!').unwrap();
        for text in [
            format!("fn f() {{ let x = {call}; }}"),
            format!("fn f() {{ let x = std::{call}; }}"),
            format!("fn f() {{ let x = r#{call}; }}"),
            format!("fn f() {{ {name}\n\n!\n{rest}; }}"),
            format!("fn f() {{ {name} /* }} */ ! // {{{{\n /* /* nested */ */ {rest}; }}"),
            format!("fn f() {{ {name}![\"x\"]; {name}! {{\"x\"}} }}"),
            format!("macro_rules! m {{ () => {{ {call} }} }}"),
            format!("macro_rules! m {{ ($i:ident) => {{ $i!(\"x\") }} }} fn f() {{ m!({name}) }}"),
            format!("macro_rules! m {{ ($($t:tt)*) => {{ $($t)* }} }} fn f() {{ m!({name}, !, (\"x\")) }}"),
            format!("macro_rules! vec {{ ($i:ident) => {{ $i!(\"x\") }} }} fn f() {{ vec!({name}) }}"),
            format!("macro_rules! r#if {{ ($i:ident) => {{ $i!(\"x\") }} }} fn f() {{ r#if!({name}) }}"),
            format!("use std::{name} as harmless;"),
            format!("use std::{{cmp, r#{name} as harmless}};"),
            format!("#[doc = {call}] fn f() {{}}"),
            format!("fn f() {{ vec![format!(\"{{}}\", {call})]; }}"),
        ] {
            refused(&text, word);
        }
    }
    for name in names {
        for text in [
            format!("{name} fn f() {{}}"),
            format!("#![{name}]"),
            format!("#[{name} = \"x\"] fn f() {{}}"),
            format!("#[unsafe({name})] fn f() {{}}"),
            format!("#[cfg(any({name}))] fn f() {{}}"),
            format!("#[allow(\n/* c */ {name})] fn f() {{}}"),
            format!("macro_rules! m {{ () => {{ {name} {{}} }} }}"),
            format!("fn f() {{ r#{name}; }}"),
        ] {
            assert!(scan(&text).is_err(), "accepted: {text}");
        }
    }
}

#[test]
fn attributes_are_refused_unless_known() {
    for text in [
        "#[path = \"../../hidden.rs\"] mod hidden;",
        "#\n[\n/* c */ r#path = \"../../hidden.rs\"] mod hidden {}",
        "#[cfg_attr(all(), path = \"x\")] mod hidden {}",
        "#![feature(asm)]",
        "#![no_core]",
        "#[link(name = \"c\")] struct S;",
        "#[serde(bound = \"[u8; include_bytes!(1).len()]: Sized\")] struct S;",
        "#[target_feature(enable = \"avx\")] fn f() {}",
        "#!/usr/bin/env run\nfn f() {}",
        "macro_rules! m { ($p:ident) => { #[$p = \"x\"] mod a {} } }",
        "macro_rules! m { ($p:meta) => { #[$p] mod a {} } }",
        "macro_rules! m { ($h:tt) => { $h [path = \"x\"] mod a {} } }",
        "macro_rules! m { ($h:tt $p:tt) => { $h [$p = \"x\"] mod a {} } } m!(/// doc\n path);",
        "macro_rules! m { ($t:tt) => { # $t mod a {} } }",
        "macro_rules! m { ($t:literal) => { #[doc = $t] mod a {} } }",
        "macro_rules! $name { () => {} }",
        "##[path = \"x\"] mod hidden {}",
        "#\"x\"#",
        "macro_rules! al { ($a:tt $v:ident) => { use crate::m $a $v; } } al!(as vec);",
        "macro_rules! al { ($($t:tt)*) => { $($t)* } } al!(use crate::m as vec;);",
        "use crate::own as vec; fn f() { vec!(path) }",
        "macro_rules! def { ($n:tt) => { macro_rules! $n { () => {} } } }",
        "macro_rules! m { ($($t:tt)*) => { $($t)* } } m!(macro_rules, !, vec, { () => {} });",
    ] {
        assert!(scan(text).is_err(), "accepted: {text}");
    }
    let fine = "#![allow(unused)]\n#[derive(Debug, Clone)]\n#[must_use] #[rustfmt::skip]\n#[cfg(test)] mod tests { #[test] fn f() {} }";
    scan(fine).unwrap();
}

#[test]
fn ordinary_words_comments_and_strings_do_not_matter() {
    scan(
        "// include_str!(\"x\") unsafe\n/* extern /* env!() */ */\n/// unsafe\nfn f(path: &[usize], env: &mut Env, link: f32, feature: u8, include: bool) -> f32 {\n\
         let s = \"include!(x) \\\" unsafe\"; let r = r##\"# unsafe \"# extern\"##; let c = 'u'; let b = b\"unsafe\";\n\
         let path = path.len(); if env != other && !(include) { vec![path] } println!(\"{}\", path); anyhow::ensure!(path, env); env.step(path);\n\
         std::path::Path::new(\"x\"); let x = if !(path == 1) { 1 } else { 2 }; 'unsafe_: loop { break 'unsafe_ } }\n\
         macro_rules! sum { ($($x:expr),*) => { 0.0 $(+ $x)* } } fn g() { sum!(1.0, 2.0) }",
    )
    .unwrap();
}

#[test]
fn modules_must_be_among_the_files() {
    scan("mod known; mod inner { mod known; } mod other { fn f() {} }").unwrap();
    refused("mod hidden;", "src/a/hidden.rs");
    refused("mod other { pub\nmod known; }", "src/a/other/known.rs");
}

#[test]
fn nesting_is_bounded_and_nothing_breaks_the_scan() {
    let nested = |depth: usize| format!("fn f() {}1{}", "(".repeat(depth), ")".repeat(depth));
    scan(&nested(DEPTH_LIMIT)).unwrap();
    refused(&nested(DEPTH_LIMIT + 1), "nested more than 128");
    refused(&"[".repeat(200_000), "nested");
    for (before, repeated, after) in [
        ("fn f() -> bool {", "!", "true }"),
        ("fn f() -> u8 {", "1+", "1 }"),
        ("fn f() -> u8 {", "{ 1 } + ", "1 }"),
        ("type A = ", "&'static ", "u8;"),
        ("type A = ", "Box<", "u8;"),
        ("fn f() -> u8 {", "if true { 1 } else ", "{ 0 } }"),
        ("fn f() -> u8 { 1", " as u8", "}"),
    ] {
        refused(&format!("{before}{}{after}", repeated.repeat(20_000)), "more than 1000 tokens");
    }
    scan(&format!(
        "fn f() {{ {} }} const T: [u8; 9000] = [{}];",
        "if a { b } else { c } d; ".repeat(900),
        "1 + 2,".repeat(9000)
    ))
    .unwrap();
    scan(&"#[inline] fn f() { 1 }".repeat(2000)).unwrap();
    for text in [
        "",
        "#",
        "#!",
        "#[",
        "#![",
        "mod",
        "mod a",
        "macro_rules",
        "macro_rules!",
        ")))}",
        "a!",
        "\u{feff}",
        "r#",
        "\"",
        "/*",
        "'",
    ] {
        let _ = scan(text);
    }
}

#[test]
fn a_refusal_names_the_line() {
    let refusal = scan("\u{feff}// one\n/* two\nthree */\r\nfn f() {\n  unsafe {}\n}").unwrap_err();
    assert_eq!(refusal.line, Some(5));
    assert!(refusal.to_string().starts_with("src/a.rs:5: `unsafe` leaves safe Rust"));
}

#[test]
fn names_cannot_hide_behind_unicode() {
    // rustc normalises identifiers; the only letter that becomes ASCII is the Kelvin sign, which becomes `K`.
    let names = NEVER.iter().chain(&MACROS).map(|(name, _)| *name).chain(["path"]);
    for name in names {
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_text_breaks_the_scan(text in "[#!\\[\\](){}$a-z_\"'/*\n r;]{0,200}|.{0,200}") {
        let _ = scan(&text);
    }

    /// Whatever stands around it, as long as it is whole tokens.
    #[test]
    fn unsafe_is_found_among_any_tokens(
        before in "((fn|mod|a|path|#\\[doc\\]|vec!|\\(|\\)|\\{|\\}|;|,|/\\*c\\*/|//c\n|\"s\"|1\\.0|'a) ){0,30}",
    ) {
        let found = scan(&(before + " unsafe")).is_err();
        proptest::prop_assert!(found);
    }
}

fn stub_and(files: &Files) -> Result<(), Refusal> {
    let lab = test_lab();
    let solution = Source::read(&lab).unwrap();
    let everything: Files = solution.marked.keys().map(|path| (path.clone(), Vec::new())).collect();
    let submitted = files.iter().filter(|(path, _)| lab.submit.contains(path));
    lay(&lab, &everything, &submitted.map(|(path, bytes)| (path.clone(), bytes.clone())).collect())
        .map(|_| ())
}

#[test]
fn stubs_references_and_variants_are_accepted() {
    let lab = test_lab();
    stub_and(&stubs::generate(&lab).unwrap()).unwrap();
    let source = Source::read(&lab).unwrap();
    for kind in [Kind::Wrong, Kind::Alternative] {
        for variant in variants::read(&lab, kind).unwrap() {
            stub_and(&variants::apply(&source, &variant).unwrap())
                .unwrap_or_else(|refusal| panic!("{}: {refusal}", variant.name));
        }
    }
}
