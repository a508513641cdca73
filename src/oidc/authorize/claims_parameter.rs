//! The `claims` parameter (OpenID Connect Core section 5.5): claims wished for one by one. What we don't know of is
//! ignored, what can't be read is refused.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::oidc::errors::Error;
use crate::relying_party::{Claim, Claims};

/// No honest wish is longer than this many bytes.
const LONGEST: usize = 4000;

const UNREADABLE: Error = Error::request("claims is no JSON object of the form of OpenID Connect Core section 5.5");

/// What the parameter says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The claims about the person.
    pub claims: Claims,
    /// Whether the ID token is to tell when the person signed in.
    pub auth_time: bool,
    /// One of these `acr` is a must; none where nothing is (section 5.5.1.1).
    pub essential_acr: BTreeSet<String>,
    /// The one person that an answer may be about.
    pub subject: Option<String>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    userinfo: Option<Map<String, Value>>,
    #[serde(default)]
    id_token: Option<Map<String, Value>>,
}

/// What may be said of one claim (section 5.5.1).
#[derive(Default, Deserialize)]
struct Wish {
    essential: Option<bool>,
    value: Option<Value>,
    values: Option<Vec<Value>>,
}

impl Wishes {
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(Error::request("claims is longer than 4000 bytes"));
        }
        // serde would take a list for the object's members in their order.
        if !text.trim_start().starts_with('{') {
            return Err(UNREADABLE);
        }
        let document: Document = serde_json::from_str(text).map_err(|_| UNREADABLE)?;
        let mut wishes = Self::default();
        for (name, wish) in document.userinfo.iter().flatten() {
            let wish = Wish::read(wish)?;
            wishes.claims.userinfo.extend(name.parse::<Claim>().ok());
            wishes.expect(name, &wish)?;
        }
        for (name, wish) in document.id_token.iter().flatten() {
            let wish = Wish::read(wish)?;
            wishes.claims.id_token.extend(name.parse::<Claim>().ok());
            wishes.expect(name, &wish)?;
            wishes.auth_time |= name == "auth_time";
            if name == "acr" && wish.essential == Some(true) {
                wishes.essential_acr = wish.texts().map(str::to_owned).collect();
            }
        }
        Ok(wishes)
    }

    /// `sub` with a value: nobody else will do.
    fn expect(&mut self, name: &str, wish: &Wish) -> Result<(), Error> {
        let Some(subject) = wish.value.as_ref().filter(|_| name == "sub") else { return Ok(()) };
        let subject = subject.as_str().ok_or(UNREADABLE)?;
        if self.subject.as_deref().is_some_and(|other| other != subject) {
            return Err(Error::request("claims expects two different persons"));
        }
        self.subject = Some(subject.to_owned());
        Ok(())
    }
}

impl Wish {
    fn read(wish: &Value) -> Result<Self, Error> {
        match wish {
            Value::Null => Ok(Self::default()),
            Value::Object(_) => Self::deserialize(wish).map_err(|_| UNREADABLE),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Err(UNREADABLE),
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.value.iter().chain(self.values.iter().flatten()).filter_map(Value::as_str)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Claim, Claims, Wishes};

    #[test]
    fn what_is_known_is_read_and_the_rest_ignored() {
        let wishes = Wishes::parse(
            r#"{"userinfo": {"name": null, "email": {"essential": null, "values": null}, "picture": null,
                    "name#fr": null},
                "id_token": {"roles": {"values": ["billing"]}, "auth_time": {"essential": true},
                    "acr": {"essential": true, "values": ["1fa", 7]}},
                "verified": {"x": [1]}}"#,
        );
        let claims = Claims { userinfo: [Claim::Name, Claim::Email].into(), id_token: [Claim::Roles].into() };
        assert_eq!(
            wishes,
            Ok(Wishes { claims, auth_time: true, essential_acr: ["1fa".to_owned()].into(), subject: None })
        );
        assert_eq!(
            Wishes::parse(r#"{"userinfo": null, "id_token": {"acr": {"values": ["9fa"]}}}"#),
            Ok(Wishes::default()),
            "voluntary"
        );
        let expected =
            Wishes::parse(r#"{"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "a"}}}"#).unwrap();
        assert_eq!(expected.subject.as_deref(), Some("a"));
    }

    #[test]
    fn what_can_not_be_read_is_refused() {
        for text in [
            "",
            "x",
            "[]",
            "7",
            "null",
            r#"{"userinfo": []}"#,
            r#"{"userinfo": {"name": true}}"#,
            r#"{"userinfo": {"name": []}}"#,
            r#"{"id_token": {"acr": {"essential": "yes"}}}"#,
            r#"{"id_token": {"acr": {"values": "1fa"}}}"#,
            r#"{"id_token": {"sub": {"value": 7}}}"#,
            r#"{"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "b"}}}"#,
            &"[".repeat(3000),
            &format!(r#"{{"x": "{}"}}"#, "x".repeat(4000)),
        ] {
            assert!(Wishes::parse(text).is_err(), "{text:.60}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[{}\\[\\]\":,a-z0-9_ ]{0,200}") {
            let _ = Wishes::parse(&text);
        }
    }
}
