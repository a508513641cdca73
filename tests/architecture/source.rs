//! Rust source as words, marks and texts; comments and character literals are left out.
//!
//! It knows no rule, and only as much of the language as the rules need.

/// One file of the repository.
pub struct Source {
    /// Relative to the repository, with forward slashes.
    pub path: String,
    /// What the file says.
    pub text: String,
}

/// One word, mark or string literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    /// A string literal's contents without its quotes; otherwise the token itself.
    pub text: &'a str,
    /// Counted from 1.
    pub line: usize,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Word,
    Mark,
    Text,
}

impl Source {
    /// A file made of these lines, for the detectors' own tests.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The file's tokens in order.
    pub fn tokens(&self) -> Vec<Token<'_>> {
        let mut lexer = Lexer { rest: &self.text, line: 1 };
        std::iter::from_fn(|| lexer.token()).collect()
    }

    /// The module the file is: `src/web/sign_in.rs` is `["web", "sign_in"]`, `src/lib.rs` is `[]`.
    pub fn module(&self) -> Vec<&str> {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let mut module: Vec<&str> = inner.trim_end_matches(".rs").split('/').collect();
        if matches!(module.last(), Some(&("mod" | "lib" | "main"))) {
            module.pop();
        }
        module
    }

    /// The first part of [`Source::module`]: the line of the map the file belongs to.
    pub fn subject(&self) -> Option<&str> {
        self.module().first().copied()
    }

    /// Whether the file is inside this folder.
    pub fn within(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|inner| inner.starts_with('/'))
    }

    /// Whether the file holds unit tests and nothing else.
    pub fn is_tests(&self) -> bool {
        self.within("tests") || self.module().contains(&"tests")
    }

    /// A violation of `rule` on this line.
    pub fn violation(&self, line: usize, rule: &str) -> String {
        format!("{}:{line}: {rule}", self.path)
    }

    /// Visits every token together with the module it stands in, inline modules included.
    pub fn walk(&self, mut visit: impl FnMut(&[Token<'_>], usize, &[&str])) {
        let tokens = self.tokens();
        let mut module = self.module();
        let mut scopes = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            if token.is_mark("{") {
                let named = inline_module(&tokens[..at]);
                scopes.push(named.is_some());
                module.extend(named);
            } else if token.is_mark("}") && scopes.pop() == Some(true) {
                module.pop();
            }
            visit(&tokens, at, &module);
        }
    }
}

impl Token<'_> {
    /// Whether this is the mark `text`.
    pub fn is_mark(&self, text: &str) -> bool {
        self.kind == Kind::Mark && self.text == text
    }
}

/// The name before an opening brace that makes it an inline module.
fn inline_module<'a>(before: &[Token<'a>]) -> Option<&'a str> {
    let [.., keyword, name] = before else {
        return None;
    };
    (keyword.kind == Kind::Word && keyword.text == "mod" && name.kind == Kind::Word).then_some(name.text)
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Lexer<'a> {
    fn token(&mut self) -> Option<Token<'a>> {
        while let Some(length) = silent(self.rest) {
            self.take(length);
        }
        let line = self.line;
        let first = self.rest.chars().next()?;
        let (kind, text) = if let Some((before, length, after)) = string(self.rest) {
            self.take(before);
            let text = self.take(length);
            self.take(after);
            (Kind::Text, text)
        } else if is_word(first) {
            (Kind::Word, self.take(prefix(self.rest, is_word)))
        } else if self.rest.starts_with("::") {
            (Kind::Mark, self.take(2))
        } else {
            (Kind::Mark, self.take(first.len_utf8()))
        };
        Some(Token { kind, text, line })
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn prefix(text: &str, belongs: fn(char) -> bool) -> usize {
    text.len() - text.trim_start_matches(belongs).len()
}

/// The length of what says nothing here: blanks, comments, character literals, a lifetime's mark.
fn silent(rest: &str) -> Option<usize> {
    if rest.starts_with(char::is_whitespace) {
        Some(prefix(rest, char::is_whitespace))
    } else if rest.starts_with("//") {
        Some(rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        Some(block_comment(rest))
    } else {
        rest.strip_prefix('\'').map(|literal| 1 + character(literal))
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// The length of a character literal after its opening quote; 0 where the quote marks a lifetime.
fn character(after_quote: &str) -> usize {
    let mut characters = after_quote.char_indices();
    let first = characters.next();
    let second = characters.next();
    match (first, second) {
        (Some((_, '\\')), Some((_, escaped))) => {
            let start = 1 + escaped.len_utf8();
            after_quote[start..].find('\'').map_or(after_quote.len(), |end| start + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        (_, _) => 0,
    }
}

/// The lengths of a string literal's opening, contents and closing.
fn string(rest: &str) -> Option<(usize, usize, usize)> {
    let unprefixed = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    let raw = unprefixed.strip_prefix('r');
    let hashes = raw.map_or(0, |raw| prefix(raw, |mark| mark == '#'));
    let contents = raw.unwrap_or(unprefixed)[hashes..].strip_prefix('"')?;
    let before = rest.len() - contents.len();
    let length =
        if raw.is_some() { contents.find(&format!("\"{}", "#".repeat(hashes))) } else { closing_quote(contents) };
    Some(length.map_or((before, contents.len(), 0), |length| (before, length, 1 + hashes)))
}

fn closing_quote(contents: &str) -> Option<usize> {
    let mut escaped = false;
    contents.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let source = Source::new("src/a.rs", text);
        source.tokens().iter().map(|token| token.text.to_owned()).collect()
    }

    #[test]
    fn comments_and_character_literals_say_nothing() {
        assert_eq!(words("a // b\n/* c /* d */ e */ f"), ["a", "f"]);
        assert_eq!(words(r"'{' x '\'' y '\u{7d}' z b'}'"), ["x", "y", "z", "b"]);
        assert_eq!(words("&'a str"), ["&", "a", "str"]);
    }

    #[test]
    fn a_string_is_one_token_however_it_is_written() {
        assert_eq!(words(r#"f("a \" b", c)"#), ["f", "(", r#"a \" b"#, ",", "c", ")"]);
        assert_eq!(words(r##"r#"a "b" c"# d"##), [r#"a "b" c"#, "d"]);
        assert_eq!(words(r#"br"\" c"e\\" f"#), [r"\", r"e\\", "f"]);
    }

    #[test]
    fn lines_are_counted_through_comments_and_strings() {
        let source = Source::new("src/a.rs", "// 1\n/* 2\n3 */ \"4\n5\" end");
        let lines: Vec<usize> = source.tokens().iter().map(|token| token.line).collect();
        assert_eq!(lines, [3, 4]);
    }

    #[test]
    fn a_file_knows_its_module() {
        assert_eq!(Source::new("src/web/sign_in.rs", "").module(), ["web", "sign_in"]);
        assert_eq!(Source::new("src/web/mod.rs", "").module(), ["web"]);
        assert!(Source::new("src/lib.rs", "").module().is_empty());
        assert!(Source::new("src/access/tests.rs", "").is_tests());
        assert!(!Source::new("src/attests.rs", "").is_tests());
    }

    #[test]
    fn inline_modules_open_and_close() {
        let source = Source::new("src/a.rs", "fn f() { x } mod b { mod c { y } } z");
        let mut seen = Vec::new();
        source.walk(|tokens, at, module| {
            if matches!(tokens[at].text, "x" | "y" | "z") {
                seen.push(module.join("::"));
            }
        });
        assert_eq!(seen, ["a", "a::b::c", "a"]);
    }
}
