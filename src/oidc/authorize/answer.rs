//! The authorization answer (RFC 6749 section 4.1.2, RFC 9207): the code or the error, the exact `state`, and who
//! answers, in a redirect or in a form.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::app::App;
use crate::authorization::{Request, ResponseMode};
use crate::base::Secret;
use crate::base::redirect_uri::origin;
use crate::http::answer::{self, Broken};
use crate::http::{Caller, headers};
use crate::oidc::authorize::form_post::FormPostPage;
use crate::oidc::errors::Error;
use crate::page::{Frame, Framed as _};

/// Where an answer goes: known only once client and redirect URI are proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnAddress {
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) mode: ResponseMode,
}

impl ReturnAddress {
    /// The address of a request that was parked: it was proven before.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        Self { redirect_uri: request.redirect_uri.clone(), state: request.state.clone(), mode: request.response_mode }
    }

    #[must_use]
    pub fn send_code(&self, app: &App, caller: &Caller, code: &Secret) -> Response {
        self.send(app, caller, &[("code", code.expose())])
    }

    /// Sends the error back.
    #[must_use]
    pub fn send_back(&self, app: &App, caller: &Caller, error: Error) -> Response {
        self.send(app, caller, &[("error", error.code.as_str()), ("error_description", error.why)])
    }

    fn send(&self, app: &App, caller: &Caller, what: &[(&'static str, &str)]) -> Response {
        let fields = self.fields(&app.config.issuer, what);
        match self.mode {
            ResponseMode::Query => answer::see_other(&self.with(&fields)),
            ResponseMode::FormPost => match caller.frame(app) {
                Ok(frame) => self.form(frame, &fields),
                Err(fault) => Broken(fault).into_response(),
            },
        }
    }

    /// What is said, with the exact `state` and who says it.
    fn fields<'f>(&'f self, issuer: &'f str, what: &[(&'static str, &'f str)]) -> Vec<(&'static str, &'f str)> {
        let state = self.state.as_deref().map(|state| ("state", state));
        what.iter().copied().chain(state).chain([("iss", issuer)]).collect()
    }

    /// OAuth 2.0 Form Post Response Mode section 2. Only here a script of ours runs.
    fn form(&self, frame: Frame, fields: &[(&'static str, &str)]) -> Response {
        let page = FormPostPage {
            frame,
            action: self.redirect_uri.clone(),
            host: host(&self.redirect_uri),
            fields: fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        };
        let mut response = answer::page(StatusCode::OK, &page);
        if let Some(policy) = origin(&self.redirect_uri).as_deref().and_then(headers::policy_of_form_post) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    fn with(&self, fields: &[(&'static str, &str)]) -> String {
        let query = Serializer::new(String::new()).extend_pairs(fields).finish();
        // A registered query is kept as it is (RFC 6749 section 3.1.2).
        let joint = match self.redirect_uri.rsplit_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some((_, _)) => "&",
        };
        format!("{}{joint}{query}", self.redirect_uri)
    }
}

/// What people recognise of a redirect URI.
pub(super) fn host(redirect_uri: &str) -> String {
    match Url::parse(redirect_uri) {
        Ok(url) => url.host_str().unwrap_or(url.scheme()).to_owned(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ResponseMode, ReturnAddress};

    fn address(redirect_uri: &str, state: Option<&str>) -> ReturnAddress {
        ReturnAddress {
            redirect_uri: redirect_uri.to_owned(),
            state: state.map(str::to_owned),
            mode: ResponseMode::Query,
        }
    }

    #[test]
    fn the_registered_query_is_kept() {
        for (registered, answered) in [
            ("https://a.example/cb", "https://a.example/cb?code=c&iss=i"),
            ("https://a.example/cb?x=1", "https://a.example/cb?x=1&code=c&iss=i"),
            ("https://a.example/cb?", "https://a.example/cb?code=c&iss=i"),
            ("com.example.app:/cb", "com.example.app:/cb?code=c&iss=i"),
        ] {
            let address = address(registered, None);
            assert_eq!(address.with(&address.fields("i", &[("code", "c")])), answered);
        }
    }

    proptest! {
        #[test]
        fn any_state_comes_back_exactly(state in "\\PC{1,80}") {
            let address = address("https://a.example/cb?x=1", Some(&state));
            let answer = address.with(&address.fields("https://i.example", &[("code", "c")]));
            let url = url::Url::parse(&answer).unwrap();
            let found: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let expected = [("x", "1"), ("code", "c"), ("state", &state), ("iss", "https://i.example")];
            prop_assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
            prop_assert!(answer.is_ascii());
        }
    }
}
