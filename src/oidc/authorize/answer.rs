//! The authorization answer (RFC 6749 section 4.1.2, RFC 9207): a redirect with the code or the error, the exact `state`, and who answers.

use axum::response::Response;
use url::form_urlencoded::Serializer;

use crate::authorization::Request;
use crate::base::Secret;
use crate::http::answer::see_other;
use crate::oidc::errors::Error;

/// Where an answer goes: known only once client and redirect URI are proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnAddress {
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
}

impl ReturnAddress {
    /// The address of a request that was parked: it was proven before.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        Self { redirect_uri: request.redirect_uri.clone(), state: request.state.clone() }
    }

    /// Sends the code.
    #[must_use]
    pub fn send_code(&self, issuer: &str, code: &Secret) -> Response {
        see_other(&self.with(issuer, &[("code", code.expose())]))
    }

    /// Sends the error back.
    #[must_use]
    pub fn send_back(&self, issuer: &str, error: Error) -> Response {
        see_other(&self.with(issuer, &[("error", error.code.as_str()), ("error_description", error.why)]))
    }

    fn with(&self, issuer: &str, what: &[(&str, &str)]) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(what);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
        // A registered query is kept as it is (RFC 6749 section 3.1.2).
        let joint = match self.redirect_uri.rsplit_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some((_, _)) => "&",
        };
        format!("{}{joint}{}", self.redirect_uri, query.finish())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ReturnAddress;

    fn address(redirect_uri: &str, state: Option<&str>) -> ReturnAddress {
        ReturnAddress { redirect_uri: redirect_uri.to_owned(), state: state.map(str::to_owned) }
    }

    #[test]
    fn the_registered_query_is_kept() {
        for (registered, answered) in [
            ("https://a.example/cb", "https://a.example/cb?code=c&iss=i"),
            ("https://a.example/cb?x=1", "https://a.example/cb?x=1&code=c&iss=i"),
            ("https://a.example/cb?", "https://a.example/cb?code=c&iss=i"),
            ("com.example.app:/cb", "com.example.app:/cb?code=c&iss=i"),
        ] {
            assert_eq!(address(registered, None).with("i", &[("code", "c")]), answered);
        }
    }

    proptest! {
        #[test]
        fn any_state_comes_back_exactly(state in "\\PC{1,80}") {
            let answer = address("https://a.example/cb?x=1", Some(&state)).with("https://i.example", &[("code", "c")]);
            let url = url::Url::parse(&answer).unwrap();
            let found: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let expected = [("x", "1"), ("code", "c"), ("state", &state), ("iss", "https://i.example")];
            prop_assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
            prop_assert!(answer.is_ascii());
        }
    }
}
