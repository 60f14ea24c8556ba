//! The rules for what a submission may say, checked on its tokens before any compiler sees it.
//!
//! What a student hands in is compiled next to hidden checks. Some constructs reach beyond the file they stand in: they
//! read other files while compiling, speak to the linker, or leave safe Rust. No lab needs them. This scan is the first
//! wall, and there for clear messages; the cage around compiler and worker is the second, and does not depend on it.
//!
//! The tokens come from rustc's own lexer, so that comments, strings and raw identifiers mean here what they mean to
//! the compiler. Names that exist for nothing else are refused wherever they stand. Names that are also ordinary words
//! (`env`, `path`) are refused where they can have their special meaning: in a macro call, in a renaming `use`, in an
//! attribute. A macro of the student's own can put a call or an attribute together from pieces, so such words are
//! refused in everything that is passed to one; the macros of `std` and of the labs' crates are trusted. That is no
//! theory: in `m!(/// doc` … `path)` the comment brings the `#`, and rustc 1.95 takes `$h [$p = "../hidden.rs"] mod x;`
//! for the attribute that it looks like.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use crate::grade::refusal::Refusal;

/// How deep brackets may nest. rustc recurses on them; people stop at ten.
pub(crate) const DEPTH_LIMIT: usize = 128;
/// How many tokens a statement or an item of a list may have, not counting what is in brackets. rustc recurses on
/// operators, types and `else if` as well: 1.95 takes a thousand of each, and dies of two thousand nested closures.
const LENGTH_LIMIT: usize = 1000;

const READS: &str =
    "reads other files or the environment while compiling. Write what is needed into the code";
const LINKER: &str = "speaks to the linker or the platform. A submission is plain Rust";
const CRATE: &str = "changes how the whole crate is compiled. That is the lab's business";
const UNSAFE: &str = "leaves safe Rust. No lab needs it";

/// Names that are refused wherever they stand.
const NEVER: [(&str, &str); 24] = [
    ("unsafe", UNSAFE),
    ("unsafe_code", UNSAFE),
    ("global_asm", UNSAFE),
    ("naked_asm", UNSAFE),
    ("extern", LINKER),
    ("no_mangle", LINKER),
    ("export_name", LINKER),
    ("link_section", LINKER),
    ("link_name", LINKER),
    ("link_args", LINKER),
    ("global_allocator", LINKER),
    ("panic_handler", LINKER),
    ("include_str", READS),
    ("include_bytes", READS),
    ("option_env", READS),
    ("proc_macro", CRATE),
    ("proc_macro_derive", CRATE),
    ("proc_macro_attribute", CRATE),
    ("crate_type", CRATE),
    ("crate_name", CRATE),
    ("recursion_limit", CRATE),
    ("type_length_limit", CRATE),
    ("no_std", CRATE),
    ("no_main", CRATE),
];

/// Macros that are also words.
const MACROS: [(&str, &str); 3] = [("include", READS), ("env", READS), ("asm", UNSAFE)];

/// Attributes that do nothing but guide the compiler. Those of tools (`rustfmt::skip`) are named by the tool.
const ATTRIBUTES: [&str; 26] = [
    "allow",
    "warn",
    "deny",
    "forbid",
    "expect",
    "doc",
    "derive",
    "default",
    "inline",
    "cold",
    "must_use",
    "track_caller",
    "cfg",
    "test",
    "ignore",
    "should_panic",
    "deprecated",
    "non_exhaustive",
    "repr",
    "macro_use",
    "macro_export",
    "automatically_derived",
    "clippy",
    "rustfmt",
    "diagnostic",
    "rustdoc",
];

/// A token that means something.
struct Token<'t> {
    kind: TokenKind,
    /// An identifier without `r#`.
    text: &'t str,
    line: usize,
}

/// An open bracket.
struct Frame<'t> {
    /// Inside an attribute.
    attribute: bool,
    /// Inside the definition or a call of one of the submission's own macros.
    pieces: bool,
    /// The inline module that it opens.
    module: Option<&'t str>,
    /// Tokens of the statement so far.
    length: usize,
}

/// The names of a file's own macros, and those it gives to anything by `as`.
pub(crate) fn renamed(text: &str) -> BTreeSet<String> {
    let tokens = tokens(text);
    let names = tokens.windows(3).filter_map(|window| match window {
        [first, second, third]
            if third.is_ident() && first.is("macro_rules") && second.kind == TokenKind::Bang =>
        {
            Some(third.text)
        }
        [_, second, third] if third.is_ident() && second.is("as") => Some(third.text),
        _ => None,
    });
    names.map(String::from).collect()
}

/// Checks one file.
///
/// `known` tells whether a source file is part of the lab; `renamed` holds the names of all of the
/// submission's own macros.
pub(crate) fn check(
    file: &Path,
    text: &str,
    renamed: &BTreeSet<String>,
    known: impl Fn(&Path) -> bool,
) -> Result<(), Refusal> {
    let tokens = tokens(text);
    let mut scan = Scan { file, tokens: &tokens, renamed, known, frames: Vec::new(), length: 0 };
    (0..tokens.len()).try_for_each(|at| scan.step(at))
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    // rustc drops a byte order mark too. A shebang line and front matter are not for modules and not skipped here.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    for token in tokenize(text, FrontmatterAllowed::No) {
        let end = at + token.len as usize;
        let whole = &text[at..end];
        let meaningless = matches!(
            token.kind,
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
        );
        if !meaningless {
            let text = match token.kind {
                TokenKind::RawIdent | TokenKind::ForcedKeywordIdent => &whole[2..],
                _ => whole,
            };
            found.push(Token { kind: token.kind, text, line });
        }
        line += whole.bytes().filter(|&byte| byte == b'\n').count();
        at = end;
    }
    found
}

impl Token<'_> {
    fn is_ident(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Ident | TokenKind::RawIdent | TokenKind::ForcedKeywordIdent | TokenKind::UnknownPrefix
        )
    }

    fn is(&self, name: &str) -> bool {
        self.is_ident() && self.text == name
    }

    fn opens(&self) -> bool {
        matches!(self.kind, TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace)
    }

    fn closes(&self) -> bool {
        matches!(self.kind, TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace)
    }
}

struct Scan<'a, 't, K> {
    file: &'a Path,
    tokens: &'a [Token<'t>],
    renamed: &'a BTreeSet<String>,
    known: K,
    frames: Vec<Frame<'t>>,
    /// Tokens of the item so far, outside all brackets.
    length: usize,
}

impl<'t, K: Fn(&Path) -> bool> Scan<'_, 't, K> {
    fn step(&mut self, at: usize) -> Result<(), Refusal> {
        let token = &self.tokens[at];
        if self.lengthen(at) > LENGTH_LIMIT {
            let rule = format!("A statement has more than {LENGTH_LIMIT} tokens. Break it up.");
            return Err(self.refuse(at, rule));
        }
        if token.opens() {
            if self.frames.len() == DEPTH_LIMIT {
                let rule =
                    format!("Brackets are nested more than {DEPTH_LIMIT} deep. Break the expression up.");
                return Err(self.refuse(at, rule));
            }
            let frame = self.frame(at);
            self.frames.push(frame);
        } else if token.closes() {
            self.frames.pop();
        } else if matches!(token.kind, TokenKind::Pound | TokenKind::GuardedStrPrefix) {
            self.attribute(at)?;
        } else if token.kind == TokenKind::Dollar && self.frames.last().is_some_and(|frame| frame.attribute) {
            return Err(self.refuse(at, BUILT_ATTRIBUTE));
        } else if token.is_ident() {
            self.name(at)?;
        }
        Ok(())
    }

    fn name(&self, at: usize) -> Result<(), Refusal> {
        let name = self.tokens[at].text;
        let means = |reason: &str| self.refuse(at, format!("`{name}` {reason}."));
        if let Some((_, reason)) = NEVER.iter().find(|(never, _)| *never == name) {
            return Err(means(reason));
        }
        let in_pieces = self.frames.last().is_some_and(|frame| frame.pieces);
        if let Some((_, reason)) = MACROS.iter().find(|(word, _)| *word == name) {
            if self.is_call(at) || self.follows(at, |next| next.is("as")) {
                return Err(means(reason));
            }
            if in_pieces {
                return Err(self.refuse(at, in_macro(name)));
            }
        }
        if name == "path" && in_pieces {
            return Err(self.refuse(at, in_macro(name)));
        }
        if name == "use" && in_pieces && self.kind(at + 1) != Some(TokenKind::Lt) {
            return Err(
                self.refuse(at, "A macro of your own may not import anything. Write the `use` outside.")
            );
        }
        if name == "macro_rules" {
            let named = self.kind(at + 1) == Some(TokenKind::Bang)
                && self.tokens.get(at + 2).is_some_and(Token::is_ident);
            if !named {
                return Err(
                    self.refuse(at, "A macro must be defined under a plain name: `macro_rules! name { … }`.")
                );
            }
        }
        if name == "mod" && self.kind(at + 2) == Some(TokenKind::Semi) && self.tokens[at + 1].is_ident() {
            let candidates = self.module_files(self.tokens[at + 1].text);
            if !candidates.iter().any(|file| (self.known)(file)) {
                let rule = format!(
                    "There is no `{}` among the lab's files, and files of your own are not handed in. \
                     Write the module into this file: `mod {} {{ … }}`.",
                    candidates[0].display().to_string().replace('\\', "/"),
                    self.tokens[at + 1].text
                );
                return Err(self.refuse(at, rule));
            }
        }
        Ok(())
    }

    /// The length of the statement at hand, with this token.
    fn lengthen(&mut self, at: usize) -> usize {
        let token = &self.tokens[at];
        // What a block ends is over, unless it goes on: `} else {`, `} + 1`.
        let ended = at.checked_sub(1).is_some_and(|before| self.tokens[before].kind == TokenKind::CloseBrace)
            && (token.is_ident() && !token.is("else") && !token.is("as") || token.kind == TokenKind::Pound);
        let length = self.frames.last_mut().map_or(&mut self.length, |frame| &mut frame.length);
        if ended || matches!(token.kind, TokenKind::Semi | TokenKind::Comma) {
            *length = 0;
        }
        *length += 1;
        *length
    }

    /// `#` must begin an attribute that is known to be harmless.
    fn attribute(&self, at: usize) -> Result<(), Refusal> {
        let inner = usize::from(self.kind(at + 1) == Some(TokenKind::Bang));
        let name = self.tokens.get(at + inner + 2);
        let guard = self.tokens[at].kind == TokenKind::GuardedStrPrefix;
        if guard || self.kind(at + inner + 1) != Some(TokenKind::OpenBracket) {
            return Err(self.refuse(at, "This `#` does not begin an attribute such as `#[inline]`."));
        }
        match name {
            Some(name) if name.kind == TokenKind::Dollar => Err(self.refuse(at, BUILT_ATTRIBUTE)),
            // `unsafe(…)` and the others that are refused everywhere have their own words.
            Some(name) if NEVER.iter().any(|(never, _)| name.is(never)) => Ok(()),
            Some(name) if name.is_ident() && !ATTRIBUTES.contains(&name.text) => {
                let rule = format!(
                    "The attribute `{}` is not for submissions. Leave it out; `allow`, `derive`, `doc`, \
                     `inline`, `cfg` and other plain ones may stay.",
                    name.text
                );
                Err(self.refuse(at + inner + 2, rule))
            }
            _ => Ok(()),
        }
    }

    /// What the bracket at `at` opens.
    fn frame(&self, at: usize) -> Frame<'t> {
        let before = |count: usize| at.checked_sub(count).map(|index| &self.tokens[index]);
        let bang = before(1).is_some_and(|token| token.kind == TokenKind::Bang);
        let attribute = before(1).is_some_and(|token| token.kind == TokenKind::Pound)
            || bang && before(2).is_some_and(|token| token.kind == TokenKind::Pound);
        let called = before(2).filter(|token| bang && token.is_ident()).map(|token| token.text);
        let own = called.is_some_and(|name| self.renamed.contains(name));
        let defined = before(3).is_some_and(|token| token.is("macro_rules"))
            && before(2).is_some_and(|token| token.kind == TokenKind::Bang);
        let inside = self.frames.last();
        let module = before(2)
            .filter(|token| token.is("mod") && self.tokens[at].kind == TokenKind::OpenBrace)
            .and_then(|_| before(1))
            .map(|token| token.text);
        Frame {
            attribute: attribute || inside.is_some_and(|frame| frame.attribute),
            pieces: own || defined || inside.is_some_and(|frame| frame.pieces),
            module,
            length: 0,
        }
    }

    /// Where rustc looks for `mod name;`.
    fn module_files(&self, name: &str) -> [PathBuf; 2] {
        let mut folder = self.file.parent().map(Path::to_path_buf).unwrap_or_default();
        let stem = self.file.file_stem().unwrap_or_default();
        if !["lib", "main", "mod"].iter().any(|root| stem == *root) {
            folder.push(stem);
        }
        folder.extend(self.frames.iter().filter_map(|frame| frame.module));
        [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")]
    }

    fn is_call(&self, at: usize) -> bool {
        self.kind(at + 1) == Some(TokenKind::Bang) && self.tokens.get(at + 2).is_some_and(Token::opens)
    }

    fn follows(&self, at: usize, what: impl Fn(&Token<'t>) -> bool) -> bool {
        self.tokens.get(at + 1).is_some_and(what)
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn refuse(&self, at: usize, rule: impl Into<String>) -> Refusal {
        Refusal::at(self.file, self.tokens[at].line, rule)
    }
}

const BUILT_ATTRIBUTE: &str =
    "An attribute must be written out; a macro may not put it together from its arguments.";

fn in_macro(name: &str) -> String {
    format!("The word `{name}` may not be passed to or used in a macro of your own. Choose another name.")
}

#[cfg(test)]
mod tests;
