//! An authorization request after it was checked: what a relying party asks of a person.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::ids::AccountId;
use crate::base::vocabulary::words;
use crate::base::{Language, Life};
use crate::relying_party::{Claims, Scopes};
use crate::session::Acr;

words! {
    /// What the relying party wishes the person to be asked (OpenID Connect Core section 3.1.2.1).
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Prompt, "prompt" {
        /// No page at all: answer at once or say why not.
        None = "none",
        /// To sign in, even where a session runs.
        Login = "login",
        /// To consent, even where a consent is remembered.
        Consent = "consent",
        /// To say who they are: here the same as signing in, since a browser holds one account.
        SelectAccount = "select_account",
    }
}

words! {
    /// How the answer travels (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1, Form Post Response
    /// Mode).
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    ResponseMode, "response mode" {
        /// In the query of a redirect.
        Query = "query",
        /// In a form that the browser posts.
        FormPost = "form_post",
    }
}

/// What is asked. Client and redirect URI were proven before this came to exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub client: String,
    /// Where the answer goes, exactly as it was given.
    pub redirect_uri: String,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// What is asked for, out of what the relying party may ask for.
    pub scope: Scopes,
    /// What is asked for claim by claim, out of what the relying party may ask for.
    pub claims: Claims,
    /// One of these `acr` is a must; none where nothing is.
    pub essential_acr: BTreeSet<String>,
    /// These `acr` are wished for, the best first; where the person can't have any, the answer tells what there is.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// Whether the ID token is to tell when the person signed in.
    pub wants_auth_time: bool,
    /// Handed back with the answer, unread.
    pub state: Option<String>,
    /// Echoed in the ID token, unread.
    pub nonce: Option<String>,
    /// The PKCE challenge, S256 (RFC 7636).
    pub challenge: Option<String>,
    /// What the person is to be asked.
    pub prompt: BTreeSet<Prompt>,
    /// The sign-in may be this many seconds old.
    pub max_age: Option<i64>,
    /// The name to propose at sign-in, as it came: to be shown escaped and never trusted.
    pub login_hint: Option<String>,
    /// The languages the relying party proposes, in order.
    pub ui_locales: Option<String>,
    /// The person expected (`id_token_hint`, or `sub` with a value in `claims`).
    pub expected: Option<AccountId>,
}

impl Request {
    /// Whether that prompt is asked for.
    pub fn prompts(&self, prompt: Prompt) -> bool {
        self.prompt.contains(&prompt)
    }

    /// Whether a sign-in of that strength will do. A stronger one than asked for does.
    pub fn is_met_by(&self, acr: Acr) -> bool {
        self.essential_acr.is_empty() || known(&self.essential_acr).any(|asked| asked <= acr)
    }

    /// Whether a sign-in of that strength is all that is wished for. What we don't know of can't be had.
    pub fn is_content_with(&self, acr: Acr) -> bool {
        self.wished() <= acr
    }

    /// The weakest sign-in that will do.
    pub fn weakest(&self) -> Acr {
        known(&self.essential_acr).min().unwrap_or(Acr::OneFactor)
    }

    /// The weakest sign-in that is all that is wished for.
    pub fn wished(&self) -> Acr {
        known(&self.acr_values).min().unwrap_or(Acr::OneFactor)
    }

    /// What is told of a sign-in of that strength: the strongest of the `acr` asked for that it satisfies
    /// (OpenID Connect Core section 5.5.1.1 wants one of them), else its own.
    pub fn tells(&self, acr: Acr) -> Acr {
        let strongest = |asked: &mut dyn Iterator<Item = Acr>| asked.filter(|asked| *asked <= acr).max();
        strongest(&mut known(&self.essential_acr)).or_else(|| strongest(&mut known(&self.acr_values))).unwrap_or(acr)
    }

    /// What the person must have consented to: a claim takes the consent of its scope.
    pub fn sights(&self) -> Scopes {
        self.scope.with(&self.claims.scopes())
    }

    /// How old the sign-in may be.
    pub fn oldest_sign_in(&self) -> Option<Life> {
        self.max_age.map(Life::seconds)
    }

    /// The language the relying party proposes.
    pub fn language(&self) -> Option<Language> {
        self.ui_locales.as_deref().and_then(Language::from_ui_locales)
    }
}

/// Those `acr` that people can have here.
fn known<'a>(asked: impl IntoIterator<Item = &'a String>) -> impl Iterator<Item = Acr> {
    asked.into_iter().filter_map(|acr| acr.parse().ok())
}
