//! Parameters of a query or a form, read once and strictly (RFC 6749 section 3.1 and 3.2):
//! unknown ones are kept and ignored, empty ones are absent, repeated ones are known as such.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{HeaderMap, header};

/// No request of the specifications comes near this many bytes.
const LONGEST: usize = 64 * 1024;

/// Nor near this many parameters.
const MOST: usize = 200;

/// Parameters that may be named more than once (RFC 8707 section 2, RFC 8693 section 2.1).
const MAY_REPEAT: [&str; 2] = ["resource", "audience"];

/// What a request says.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    values: BTreeMap<String, String>,
    repeated: BTreeSet<String>,
}

/// Why parameters can't be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Too long, or too many.
    TooLong,
    /// A broken escape, invalid UTF-8 or NUL.
    NotText,
    /// A body that isn't `application/x-www-form-urlencoded`.
    NotAForm,
}

impl Unreadable {
    /// The sentence for the developer.
    pub const fn why(self) -> &'static str {
        match self {
            Self::TooLong => "the request is too long",
            Self::NotText => "a parameter is no text: broken escapes, invalid UTF-8 or NUL",
            Self::NotAForm => "the body must be application/x-www-form-urlencoded",
        }
    }
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text.
    pub fn parse(encoded: &[u8]) -> Result<Self, Unreadable> {
        if encoded.len() > LONGEST {
            return Err(Unreadable::TooLong);
        }
        let mut parameters = Self::default();
        for (index, pair) in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).enumerate() {
            if index >= MOST {
                return Err(Unreadable::TooLong);
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default()).ok_or(Unreadable::NotText)?;
            let value = decode(halves.next().unwrap_or_default()).ok_or(Unreadable::NotText)?;
            parameters.add(name, value);
        }
        Ok(parameters)
    }

    /// Reads the body of a POST.
    pub fn of_form(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable> {
        if is_form(headers) { Self::parse(body) } else { Err(Unreadable::NotAForm) }
    }

    fn add(&mut self, name: String, value: String) {
        // A parameter without value counts as left out (RFC 6749 section 3.1).
        if value.is_empty() {
            return;
        }
        if self.values.contains_key(&name) && !MAY_REPEAT.contains(&name.as_str()) {
            self.repeated.insert(name.clone());
        }
        self.values.entry(name).or_insert(value);
    }

    /// The value, where the parameter was sent exactly once.
    pub fn get(&self, name: &str) -> Option<&str> {
        if self.repeated.contains(name) { None } else { self.values.get(name).map(String::as_str) }
    }

    /// Whether a parameter was sent more than once that mustn't be.
    pub fn has_repeated(&self) -> bool {
        !self.repeated.is_empty()
    }
}

/// Whether the body says it is a form.
pub fn is_form(headers: &HeaderMap) -> bool {
    let essence = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Undoes the form encoding; `None` for what isn't text.
pub fn decode(encoded: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex_digit(rest.next())? << 4 | hex_digit(rest.next())?,
            plain => *plain,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

fn hex_digit(byte: Option<&u8>) -> Option<u8> {
    let digit = char::from(*byte?).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MOST, Parameters, Unreadable};

    #[test]
    fn empty_is_absent_repeated_is_known_and_resources_may_repeat() {
        let read = Parameters::parse(b"a=1&b=&b=2&c=3&c=4&resource=x&resource=y&&d&e=%C3%A9+%2B").unwrap();
        assert_eq!((read.get("a"), read.get("b"), read.get("c"), read.get("d")), (Some("1"), Some("2"), None, None));
        assert_eq!((read.get("resource"), read.get("e")), (Some("x"), Some("é +")));
        assert!(read.has_repeated());
        assert!(!Parameters::parse(b"resource=x&resource=y&a=&a=1").unwrap().has_repeated());
    }

    #[test]
    fn what_is_no_text_is_refused_wherever_it_stands() {
        for text in ["a=%00", "%00=a", "a=%ff", "a=%C3", "a=%", "a=%2", "a=%zz", "a=%+1", "a=\u{0}"] {
            assert_eq!(Parameters::parse(text.as_bytes()).err(), Some(Unreadable::NotText), "{text:?}");
        }
        assert_eq!(Parameters::parse(b"a=\xff").err(), Some(Unreadable::NotText));
    }

    #[test]
    fn floods_are_refused() {
        assert_eq!(Parameters::parse(&vec![b'a'; 70_000]).err(), Some(Unreadable::TooLong));
        assert_eq!(Parameters::parse("a=1&".repeat(MOST + 1).as_bytes()).err(), Some(Unreadable::TooLong));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Parameters::parse(&bytes);
        }

        #[test]
        fn what_was_encoded_is_read_back(pairs in proptest::collection::btree_map("\\PC{1,12}", "\\PC{1,30}", 0..12)) {
            let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let read = Parameters::parse(encoded.as_bytes()).unwrap();
            for (name, value) in &pairs {
                prop_assert_eq!(read.get(name), Some(value.as_str()));
            }
            prop_assert!(!read.has_repeated());
        }
    }
}
