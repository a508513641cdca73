//! The authorization request (OpenID Connect Core section 3.1.2.1, RFC 6749 section 4.1.1, RFC 7636 section 4.3).
//! Until client and redirect URI are proven it can't be answered anywhere but on a page of ours.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::authorization::{Prompt, Request, ResponseMode};
use crate::base::ids::AccountId;
use crate::oidc::errors::{Error, ErrorCode};
use crate::oidc::hint::Hint;
use crate::oidc::parameters::Parameters;
use crate::relying_party::{RelyingParties, RelyingParty, Scope, Scopes};

use super::answer::ReturnAddress;
use super::claims_parameter::Wishes;

/// `state` and `nonce` are echoed whole up to this many bytes.
const LONGEST_ECHO: usize = 2000;

/// Hints for our pages are used up to this many bytes.
const LONGEST_HINT: usize = 300;

/// A request from nobody known.
#[derive(Debug)]
pub struct Unverified(Parameters);

/// Why a request can't be answered to whoever it claims to come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// No `client_id`, or more than one.
    NoClient,
    /// No client goes by that id.
    UnknownClient,
    /// No `redirect_uri`, or more than one.
    NoRedirectUri,
    /// The client didn't register that redirect URI.
    ForeignRedirectUri,
}

impl Unsendable {
    /// What the relying party's developer reads on the error page.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        match self {
            Self::NoClient => "invalid_request: client_id is missing or sent twice",
            Self::UnknownClient => "invalid_client: no client has this client_id",
            Self::NoRedirectUri => "invalid_request: redirect_uri is missing or sent twice",
            Self::ForeignRedirectUri => "invalid_request: redirect_uri isn't registered for this client",
        }
    }
}

impl Unverified {
    #[must_use]
    pub const fn new(parameters: Parameters) -> Self {
        Self(parameters)
    }

    /// Proves client and redirect URI. The URI is compared as an exact string (RFC 9700 section 2.1).
    pub fn verify(self, parties: &RelyingParties) -> Result<Verified, Unsendable> {
        let client = self.0.get("client_id").ok_or(Unsendable::NoClient)?;
        let client = parties.find(client).ok_or(Unsendable::UnknownClient)?;
        let redirect_uri = self.0.get("redirect_uri").ok_or(Unsendable::NoRedirectUri)?;
        if !client.redirects_to(redirect_uri) {
            return Err(Unsendable::ForeignRedirectUri);
        }
        Ok(Verified { client, redirect_uri: redirect_uri.to_owned(), parameters: self.0 })
    }
}

/// A request whose client and redirect URI are proven.
#[derive(Debug)]
pub struct Verified {
    client: Arc<RelyingParty>,
    redirect_uri: String,
    parameters: Parameters,
}

impl Verified {
    #[must_use]
    pub fn client(&self) -> Arc<RelyingParty> {
        Arc::clone(&self.client)
    }

    /// Where the answer goes. A `state` that isn't echoed whole isn't echoed at all.
    #[must_use]
    pub fn return_address(&self) -> ReturnAddress {
        let mode = self.response_mode().unwrap_or(ResponseMode::Query);
        let state = self.get("state").filter(|state| state.len() <= LONGEST_ECHO && survives(state, mode));
        ReturnAddress { redirect_uri: self.redirect_uri.clone(), state: state.map(str::to_owned), mode }
    }

    /// Reads the rest. `hint` reads an ID token of ours.
    pub fn request(&self, hint: impl FnOnce(&str) -> Option<Hint>) -> Result<Request, Error> {
        if self.parameters.has_repeated() {
            return Err(Error::request("a parameter was sent twice"));
        }
        self.refuse_request_objects()?;
        self.check_response_type()?;
        let scope = self.scope()?;
        let wishes = self.wishes(&scope)?;
        Ok(Request {
            client: self.client.id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            response_mode: self.response_mode()?,
            state: self.state()?,
            nonce: self.echoed("nonce", "nonce is longer than 2000 bytes")?,
            challenge: self.challenge()?,
            prompt: self.prompt()?,
            max_age: self.max_age()?,
            login_hint: self.for_our_pages("login_hint"),
            ui_locales: self.for_our_pages("ui_locales"),
            expected: self.expected(wishes.subject.as_deref(), hint)?,
            claims: wishes.claims.within(&self.client.scope),
            essential_acr: wishes.essential_acr,
            acr_values: self.acr_values(),
            wants_auth_time: wishes.auth_time,
            scope,
        })
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// OpenID Connect Core section 6: what we don't read is refused, never silently ignored.
    fn refuse_request_objects(&self) -> Result<(), Error> {
        if self.get("request").is_some() {
            return Err(Error::new(ErrorCode::RequestNotSupported, "request objects are not supported"));
        }
        if self.get("request_uri").is_some() {
            return Err(Error::new(ErrorCode::RequestUriNotSupported, "request_uri is not supported"));
        }
        Ok(())
    }

    /// The code flow and nothing else.
    fn check_response_type(&self) -> Result<(), Error> {
        match self.get("response_type") {
            Some("code") => Ok(()),
            Some(_) => Err(Error::new(ErrorCode::UnsupportedResponseType, "response_type must be code")),
            None => Err(Error::request("response_type is missing")),
        }
    }

    /// A form can be posted to web addresses only.
    fn response_mode(&self) -> Result<ResponseMode, Error> {
        match self.get("response_mode").map(str::parse) {
            None | Some(Ok(ResponseMode::Query)) => Ok(ResponseMode::Query),
            Some(Ok(ResponseMode::FormPost)) if self.redirect_uri.starts_with("http") => Ok(ResponseMode::FormPost),
            Some(Ok(ResponseMode::FormPost)) => {
                Err(Error::request("response_mode=form_post needs a redirect_uri of the web"))
            }
            Some(Err(_)) => Err(Error::request("response_mode must be query or form_post")),
        }
    }

    fn state(&self) -> Result<Option<String>, Error> {
        let state = self.echoed("state", "state is longer than 2000 bytes")?;
        if state.as_deref().is_some_and(|state| !survives(state, self.response_mode().unwrap_or(ResponseMode::Query))) {
            return Err(Error::request("state holds line breaks, which forms change"));
        }
        Ok(state)
    }

    /// Without `openid` this is plain OAuth, where nobody asks for claims.
    fn wishes(&self, scope: &Scopes) -> Result<Wishes, Error> {
        match self.get("claims") {
            Some(text) if scope.has(Scope::Openid) => Wishes::parse(text),
            Some(_) | None => Ok(Wishes::default()),
        }
    }

    /// `id_token_hint`, and `sub` with a value in `claims` (OpenID Connect Core section 5.5.1): nobody else will do.
    fn expected(
        &self,
        subject: Option<&str>,
        hint: impl FnOnce(&str) -> Option<Hint>,
    ) -> Result<Option<AccountId>, Error> {
        let hinted = self
            .get("id_token_hint")
            .map(|token| hint(token).ok_or(Error::request("id_token_hint is no ID token of ours")));
        let hinted = hinted.transpose()?.map(|hint| hint.account);
        let Some(subject) = subject else { return Ok(hinted) };
        let nobody = Error::new(ErrorCode::LoginRequired, "claims expects somebody who has no account here");
        let wished: AccountId = subject.parse().map_err(|_| nobody)?;
        if hinted.is_some_and(|hinted| hinted != wished) {
            return Err(Error::request("claims and id_token_hint expect two different persons"));
        }
        Ok(Some(wished))
    }

    /// Unknown scopes, and those this client may not have, are left out; the token answer tells what was granted (RFC
    /// 6749 section 3.3).
    fn scope(&self) -> Result<Scopes, Error> {
        let asked = self.get("scope").unwrap_or_default();
        let granted = Scopes::known(asked.split(' ')).within(&self.client.scope.of_people());
        // To go on while the person is away says nothing by itself.
        if granted.iter().all(|scope| scope == Scope::OfflineAccess) {
            Err(Error::new(ErrorCode::InvalidScope, "scope names nothing this client may ask for"))
        } else {
            Ok(granted)
        }
    }

    /// S256 only (RFC 9700 section 2.1.1): a challenge without method would be `plain`.
    fn challenge(&self) -> Result<Option<String>, Error> {
        match (self.get("code_challenge"), self.get("code_challenge_method")) {
            (Some(challenge), Some("S256")) if is_challenge(challenge) => Ok(Some(challenge.to_owned())),
            (Some(_), Some("S256")) => Err(Error::request("code_challenge isn't the SHA-256 digest of a verifier")),
            (Some(_), Some(_) | None) => Err(Error::request("code_challenge_method must be S256")),
            (None, Some(_)) => Err(Error::request("code_challenge is missing")),
            (None, None) if self.client.require_pkce => {
                Err(Error::request("code_challenge is required of this client"))
            }
            (None, None) => Ok(None),
        }
    }

    /// Values we don't know are ignored, as OpenID Connect Core section 3.1.2.1 advises; `none` stands alone.
    fn prompt(&self) -> Result<BTreeSet<Prompt>, Error> {
        let words: BTreeSet<&str> =
            self.get("prompt").unwrap_or_default().split(' ').filter(|word| !word.is_empty()).collect();
        let prompt: BTreeSet<Prompt> = words.iter().filter_map(|word| word.parse().ok()).collect();
        if prompt.contains(&Prompt::None) && words.len() > 1 {
            return Err(Error::request("prompt=none stands alone"));
        }
        Ok(prompt)
    }

    /// In order of preference; no honest list is longer.
    fn acr_values(&self) -> Vec<String> {
        self.for_our_pages("acr_values")
            .unwrap_or_default()
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn max_age(&self) -> Result<Option<i64>, Error> {
        let read = |text: &str| {
            text.parse::<u32>().map(i64::from).map_err(|_| Error::request("max_age is no number of seconds"))
        };
        self.get("max_age").map(read).transpose()
    }

    fn echoed(&self, name: &str, too_long: &'static str) -> Result<Option<String>, Error> {
        match self.get(name) {
            Some(value) if value.len() > LONGEST_ECHO => Err(Error::request(too_long)),
            value => Ok(value.map(str::to_owned)),
        }
    }

    fn for_our_pages(&self, name: &str) -> Option<String> {
        self.get(name)
            .filter(|value| value.len() <= LONGEST_HINT && !value.contains(char::is_control))
            .map(str::to_owned)
    }
}

/// Whether a value comes out of that answer as it went in: browsers rewrite line breaks in forms.
fn survives(text: &str, mode: ResponseMode) -> bool {
    match mode {
        ResponseMode::Query => true,
        ResponseMode::FormPost => !text.contains(['\r', '\n']),
    }
}

/// 256 bits in base64url without padding (RFC 7636 section 4.2).
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
